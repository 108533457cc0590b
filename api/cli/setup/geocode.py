"""`barfrub geocode`: the places that an address may mean, one JSON object per query."""

import json
import sys
from typing import Annotated

import typer

from data.geocode import Candidate, Geocoder

DIGITS = 7
"""Decimals of a degree: a centimetre."""


def geocode(
    text: Annotated[
        list[str] | None,
        typer.Argument(
            help="The caller's words; without them, queries are read from the input, one per line."
        ),
    ] = None,
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=50, help="Largest number of candidates per query.")
    ] = 5,
) -> None:
    """Print the places that an address may mean, best first, as JSON lines."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import reading
    from data.store.streets.network import load_network
    from data.store.streets.places import list_places

    engine = open_city_database(chosen_city(Settings(), city))
    with reading(engine) as tx:
        geocoder = Geocoder(load_network(tx), list_places(tx))
    if text:
        print(_line(geocoder, " ".join(text), limit))
        return
    for line in sys.stdin:
        print(_line(geocoder, line.rstrip("\r\n"), limit), flush=True)


def _line(geocoder: Geocoder, query: str, limit: int) -> str:
    found = [_shown(each) for each in geocoder.candidates(query, limit)]
    return json.dumps({"query": query, "candidates": found}, ensure_ascii=False)


def _shown(candidate: Candidate) -> dict[str, object]:
    return {
        "lon": round(candidate.point.lon, DIGITS),
        "lat": round(candidate.point.lat, DIGITS),
        "segment_id": candidate.segment_id,
        "side": candidate.side.value,
        "name": candidate.name,
        "kind": candidate.kind,
        "confidence": candidate.confidence,
        "confident": candidate.confident,
        "offset_m": round(candidate.offset_m, 1),
        "matched": candidate.matched,
        "reasons": [reason.value for reason in candidate.reasons],
        "uncertain_m": candidate.uncertain_m,
    }
