"""The queue of requests as its page shows it: rows, counts by filter, points."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    Agency,
    ByLanguage,
    QueueChange,
    QueuedRequest,
    Referral,
    RequestFilter,
    RequestId,
    RequestPoint,
    RequestState,
    Tally,
)
from data.streets.network import StreetNetwork
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class QueueRowView:
    """A request of the queue with its street, without its caller."""

    id: int
    reference: str
    kind: str
    state: RequestState
    channel: str
    dangers: tuple[str, ...]
    closed_for: str | None
    received_at: datetime
    address: str
    text: str
    lon: float | None
    lat: float | None
    street: ByLanguage | None
    service_class: str
    district: str
    due_at: datetime | None
    agency: str


@dataclass(frozen=True, slots=True)
class BulkChangeView:
    """The reader's last bulk change, which may be undone."""

    id: int
    action: str
    requests: int
    at: datetime


@dataclass(frozen=True, slots=True)
class QueueView:
    """A page of the queue; the next page begins behind the mark `next`.

    `counts` has for each value of each filter the number of requests with it, the other filters
    unchanged. `numbered` is the request whose number was searched, whatever the filters say.
    """

    now: datetime
    rows: tuple[QueueRowView, ...]
    total: int
    next: str | None
    counts: dict[str, dict[str, int]]
    last_change: BulkChangeView | None
    numbered: QueueRowView | None


def queue_rows(
    found: Iterable[QueuedRequest],
    network: StreetNetwork,
    referrals: Mapping[RequestId, Referral],
    agencies: Iterable[Agency],
) -> tuple[QueueRowView, ...]:
    """Return the rows of a page, with the agency of each referred request."""
    names = {agency.id: agency.name for agency in agencies}
    with_whom = {request: names[each.agency_id] for request, each in referrals.items()}
    return tuple(_row(each, network, with_whom.get(each.request.id, "")) for each in found)


def cursor_of(last: QueuedRequest) -> str:
    """Return the cursor of a page's last request: its number, and its deadline where it has one."""
    due_at = last.due_at
    return f"{last.request.id}" + (f"@{int(due_at.timestamp())}" if due_at else "")


def change_view(change: QueueChange) -> BulkChangeView:
    """Return a bulk change for a page."""
    return BulkChangeView(change.id, change.action, len(change.steps), change.at)


def counts_of(tallies: Iterable[Tally], wanted: RequestFilter) -> dict[str, dict[str, int]]:
    """Return the number of requests for each value of each filter, other filters unchanged."""
    counts = {name: Counter[str]() for name in _chosen(wanted)}
    for tally in tallies:
        missed = _missed(tally, wanted)
        for name, counter in counts.items():
            if missed in ([], [name]):
                counter.update(dict.fromkeys(_values(tally)[name], tally.requests))
    return {name: dict(counter) for name, counter in counts.items()}


def total_of(tallies: Iterable[Tally], wanted: RequestFilter) -> int:
    """Return the number of requests that match all filters."""
    return sum(tally.requests for tally in tallies if not _missed(tally, wanted))


def spots_json(spots: Iterable[RequestPoint]) -> str:
    """Return points as compact JSON, since there may be ten thousand."""
    rows = [
        (s.id, round(s.lon, 6), round(s.lat, 6), s.kind, int(s.danger), s.received_s, s.due_s)
        for s in spots
    ]
    return json.dumps({"spots": rows}, separators=(",", ":"))


def _chosen(wanted: RequestFilter) -> dict[str, Collection[str]]:
    return {
        "stage": wanted.stages,
        "kind": wanted.kinds,
        "danger": wanted.dangers,
        "service_class": wanted.classes,
        "district": wanted.districts,
    }


def _values(tally: Tally) -> dict[str, Collection[str]]:
    return {
        "stage": (tally.stage,),
        "kind": (tally.kind,),
        "danger": tally.dangers,
        "service_class": (tally.service_class,),
        "district": (tally.district,),
    }


def _missed(tally: Tally, wanted: RequestFilter) -> list[str]:
    """Return the filters that these requests do not match."""
    values = _values(tally)
    chosen = _chosen(wanted)
    return [name for name in chosen if chosen[name] and not set(chosen[name]) & set(values[name])]


def _row(found: QueuedRequest, network: StreetNetwork, agency: str) -> QueueRowView:
    asked = found.request
    place = asked.location
    segment = network.find(asked.snap.segment_id) if asked.snap else None
    return QueueRowView(
        id=asked.id,
        reference=asked.reference,
        kind=asked.kind,
        state=asked.state,
        channel=asked.channel,
        dangers=asked.dangers,
        closed_for=asked.closed_for,
        received_at=asked.received_at,
        address=asked.address,
        text=asked.text,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        street=street_name(segment) if segment else None,
        service_class=found.service_class,
        district=found.district,
        due_at=found.due_at,
        agency=agency,
    )
