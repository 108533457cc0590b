"""The place that a report means, read back before it is sent, and what is reported there.

Anybody may ask of any place: of other reports only kind, street, state and time are told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import LonLat, RequestKind, ServiceRequest
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator
from maps.requests.citizen import KIND_ICONS
from maps.streets.street import called, street_name


@dataclass(frozen=True, slots=True)
class NearbyReport:
    """A report near a place; `what` names its street too.

    A caller `may_follow` it by its `id` where theirs is of the same kind.
    """

    id: int
    may_follow: bool
    icon: str
    what: str
    state: str
    when: str


@dataclass(frozen=True, slots=True)
class UnderstoodPlace:
    """A place in words: `said` is empty and `point` is `None` where it is not clear yet."""

    point: LonLat | None
    said: str
    nearby: tuple[NearbyReport, ...]


def understood_place(
    point: LonLat | None,
    said: str,
    kind: RequestKind,
    nearby: Iterable[ServiceRequest],
    network: StreetNetwork,
    t: Translator,
    now: datetime,
) -> UnderstoodPlace:
    """Return what the form says of a place before it is sent."""
    reports = tuple(nearby_report(each, kind, network, t, now) for each in nearby)
    return UnderstoodPlace(point, said, reports)


def nearby_report(
    asked: ServiceRequest,
    kind: RequestKind | None,
    network: StreetNetwork,
    t: Translator,
    now: datetime,
) -> NearbyReport:
    """Return what anybody may know of a report; who reports a `kind` may follow one of it."""
    segment = network.find(asked.snap.segment_id) if asked.snap else None
    street = [called(street_name(segment), t)] if segment else []
    return NearbyReport(
        id=asked.id,
        may_follow=asked.kind is kind,
        icon=KIND_ICONS[asked.kind],
        what=t.listed([t(f"kind:{asked.kind}"), *street]),
        state=t(f"request:{asked.state}"),
        when=t.moment_as_said(asked.received_at, now),
    )
