"""`barfrub match`: match a GPS log to the streets, as CSV."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from data.errors import InvalidError

NAMED = 10
"""Mistakes that are listed one by one."""


def match(
    file: Annotated[Path, typer.Argument(help="Log with vehicle,time,lat,lon (.csv, .csv.gz).")],
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
) -> None:
    """Match a GPS log to the streets and print street, direction and place as CSV.

    Lines come in the order of the file. Off every street, or where a fix cannot be believed, the
    fields of the street are empty; on a service way that is no street `segment_id` alone is. They
    are empty too where a line cannot be read, which is told on the standard error output.
    """
    from api.config.garbage import uncollected

    with uncollected():  # a fifth of the time of a short log
        mistakes = list(_matched(file, city))
    for mistake in mistakes[:NAMED]:
        typer.echo(mistake, err=True)
    if len(mistakes) > NAMED:
        typer.echo(f"and {len(mistakes) - NAMED:,} more lines that cannot be read", err=True)


def _matched(file: Path, city: str | None) -> Iterator[InvalidError]:
    """Print the street of every line; return the mistakes."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city, prepare_numba
    from data.store.database.engine import reading
    from data.store.streets.network import load_network

    settings = Settings()
    prepare_numba(settings)
    from fleet.tracking.gps_table import matched_table, read_gps_log

    lines = read_gps_log(file)
    with reading(open_city_database(chosen_city(settings, city))) as tx:
        network = load_network(tx)
    sys.stdout.writelines(matched_table(network, lines))
    return (line.mistake for line in lines if line.mistake is not None)
