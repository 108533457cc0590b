"""Import of requests from a file of another system; importing a file again adds nothing."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import Actor, QueueChangeId, RequestId, RequestState, ServiceRequest, Snap
from data.requests.request_csv import RequestLine
from data.store.database.engine import Tx
from data.store.requests.requests import find_request_by_key, get_request
from fleet.context import CityContext
from fleet.followup.bulk_changes import note_taken_in
from fleet.requests.intake import Report, receive
from fleet.requests.placing import place_by_hand
from fleet.routes.published_plan import PublishedPlanCache

CHANNEL = "file"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Result of an import: the new requests, and how many were known."""

    new: tuple[ServiceRequest, ...]
    known: int
    change_id: QueueChangeId | None


def count_known(tx: Tx, lines: Iterable[RequestLine]) -> int:
    """Return how many lines of a file were imported before."""
    return sum(find_request_by_key(tx, _key(line)) is not None for line in lines)


def take_in(tx: Tx, actor: Actor, lines: Iterable[RequestLine], now: datetime) -> ImportResult:
    """Store the requests of a file; they are placed next, a few at a time."""
    new: list[ServiceRequest] = []
    known = 0
    for line in lines:
        if find_request_by_key(tx, _key(line)) is not None:
            known += 1
            continue
        new.append(receive(tx, actor, _report(line), now))
    change_id = note_taken_in(tx, actor, new, now) if new else None
    return ImportResult(tuple(new), known, change_id)


def place_taken(
    city: CityContext,
    actor: Actor,
    asked: Iterable[ServiceRequest],
    places: Mapping[RequestId, Snap],
    plans: PublishedPlanCache,
) -> list[ServiceRequest]:
    """Place and promise requests of a file where their `places` are known; the others wait.

    One that somebody has placed or closed meanwhile stays as it is.
    """
    placed = []
    for each in asked:
        now = get_request(city.tx, each.id)
        if each.id in places and now.state is RequestState.NEW and now.snap is None:
            placed.append(place_by_hand(city, actor, each.id, places[each.id], plans))
    return placed


def _report(line: RequestLine) -> Report:
    return Report(
        channel=CHANNEL,
        kind=line.kind,
        text=line.text,
        address=line.address,
        location=line.location,
        caller_name=line.name,
        caller_phone=line.phone,
        language=line.language,
        idempotency_key=_key(line),
    )


def _key(line: RequestLine) -> str:
    """Return the idempotency key of a line: its number there, else a digest of its fields."""
    said = line.number or "\n".join(
        (line.text, line.address, line.kind, line.name, line.phone, str(line.location))
    )
    return f"file:{hashlib.sha256(said.encode()).hexdigest()}"
