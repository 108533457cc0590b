"""Alerts as the board shows them, untranslated."""

from dataclasses import dataclass
from datetime import datetime

from data.model import Alert, AlertFacts, AlertKind, ByLanguage
from data.model.alerts import Snooze
from data.streets.network import StreetNetwork
from fleet.alerts.severity import severity
from maps.pages.wall import PrivateText, has_private_texts
from maps.streets.street import street_name

NEAR_M = 150.0
"""So near to a street one tells helpers that it is there."""


@has_private_texts
@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert, open or closed, the gravest with the highest `severity`.

    `street` is the street that it concerns, if any.
    """

    id: int
    kind: str
    severity: int
    vehicle_id: int | None
    segment_id: int | None
    street: ByLanguage | None
    since: datetime
    until: datetime | None
    lon: float | None
    lat: float | None
    facts: AlertFacts
    acknowledged_by: PrivateText
    acknowledged_at: datetime | None
    owner: PrivateText
    given_by: PrivateText


def alert_view(alert: Alert, network: StreetNetwork) -> AlertView:
    """Return an alert for the board."""
    street, place = alert.facts.get("segment_id"), alert.location
    segment = None if street is None else network.find(int(street))
    if alert.kind is AlertKind.SOS and place is not None:
        near = network.nearby(place, NEAR_M)
        segment = network.segment(near[0].segment_id) if near else None
    return AlertView(
        id=alert.id,
        kind=alert.kind,
        severity=severity(alert),
        vehicle_id=alert.vehicle_id,
        segment_id=segment.id if segment else None,
        street=street_name(segment) if segment else None,
        since=alert.since,
        until=alert.until,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        facts=alert.facts,
        acknowledged_by=alert.acknowledged_by,
        acknowledged_at=alert.acknowledged_at,
        owner=alert.owner,
        given_by=alert.given_by,
    )


@dataclass(frozen=True, slots=True)
class SnoozeView:
    """Alerts of a cause that were put off.

    They are shown again when `until` is past, or their weight or severity exceeds this one.
    """

    id: int
    cause: str
    weight: int
    severity: int
    until: datetime
    snoozed_by: str


def snooze_view(one: Snooze) -> SnoozeView:
    """Return a snooze for the board."""
    return SnoozeView(one.id, one.cause, one.weight, one.severity, one.until, one.snoozed_by)
