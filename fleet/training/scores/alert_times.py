"""How soon a dispatcher saw to alerts, pure: by how grave they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from data.model import Alert, AlertKind, VehicleId
from data.training import MachineTrouble, PowerCut, Trouble
from fleet.alerts.alert_conditions import MANY
from fleet.alerts.severity import Severity, severity
from fleet.training.calls import LEAST_PATIENCE
from fleet.training.clock_speeds import ClockSpeeds
from fleet.training.timeline import Happening

SEEN_WITHIN: Mapping[Severity, timedelta] = {
    Severity.DANGER: timedelta(minutes=2),
    Severity.STREETS: timedelta(minutes=10),
    Severity.TRUCK: timedelta(minutes=20),
}
"""How soon somebody is to acknowledge an alert; notes wait."""

OF_THE_SERVER = frozenset({AlertKind.EVIDENCE_BEHIND})
"""What a fast clock brings about: nobody who plays can help it."""

SILENCES = frozenset({Trouble.SILENT, Trouble.ABSENT})
"""Troubles of a machine of which nothing is heard meanwhile."""

AS_THE_STORM = ClockSpeeds((), 1.0)
"""A clock that goes like any other."""


class Silence(NamedTuple):
    """A time in which a scenario lets nothing be heard of a truck; of none where it is `None`."""

    since: datetime
    until: datetime
    vehicle_id: VehicleId | None


def silences(comes: Iterable[Happening], trucks: Sequence[VehicleId]) -> list[Silence]:
    """Return when trackers are silent as a scenario wants it; `trucks` are in its order."""
    found = []
    for one in comes:
        until = one.ends_at or one.begins_at
        if isinstance(one.table, PowerCut):
            found.append(Silence(one.begins_at, until, None))
        if isinstance(one.table, MachineTrouble) and one.table.kind in SILENCES and trucks:
            truck = trucks[(one.table.machine - 1) % len(trucks)]
            found.append(Silence(one.begins_at, until, truck))
    return found


def of_the_storm(alerts: Iterable[Alert], quiet: Sequence[Silence]) -> list[Alert]:
    """Return the alerts that are not brought about by a fast clock.

    It leaves trucks behind of which a scenario lets everything be heard: they seem to be silent.
    """
    mine = (one for one in alerts if one.kind not in OF_THE_SERVER)
    return [one for one in mine if one.kind is not AlertKind.SILENT or _is_wanted(one, quiet)]


def _is_wanted(one: Alert, quiet: Sequence[Silence]) -> bool:
    then = [
        each
        for each in quiet
        if one.since < each.until and (one.until is None or each.since < one.until)
    ]
    if any(each.vehicle_id is None for each in then):
        return True
    if one.vehicle_id is None:
        return len({each.vehicle_id for each in then}) >= MANY
    return any(each.vehicle_id == one.vehicle_id for each in then)


@dataclass(frozen=True, slots=True)
class AlertTimes:
    """Alerts of one severity: how many, seen to in time, and half of all times in seconds.

    `seen_s` is until somebody acknowledged, `ended_s` until the trouble was over; `None` of none.
    """

    severity: Severity
    alerts: int
    in_time: int
    seen_s: float | None
    ended_s: float | None


@dataclass(frozen=True, slots=True)
class JudgedAlert:
    """An alert, and whether somebody saw to it in time; `None` where it does not count."""

    alert: Alert
    in_time: bool | None


def judged_alerts(
    alerts: Iterable[Alert], now: datetime, speeds: ClockSpeeds = AS_THE_STORM
) -> list[JudgedAlert]:
    """Return alerts with whether each was seen to in time, by a clock that went so fast.

    What ended by itself before its time was up, or before anybody could press, needed nobody, and
    what has time left is not decided: neither counts. What ended and came back as the same trouble
    of a truck is there once, by who saw to it first.
    """
    times = _Times(now, speeds)
    return [JudgedAlert(one, times.in_time(one)) for one in _each_trouble_once(alerts)]


def alert_times(judged: Iterable[JudgedAlert]) -> tuple[AlertTimes, ...]:
    """Return how soon the alerts that count were seen to, the gravest first."""
    listed = [one for one in judged if one.in_time is not None]
    by = [(grave, [one for one in listed if severity(one.alert) is grave]) for grave in SEEN_WITHIN]
    return tuple(_times_of(grave, those) for grave, those in by if those)


@dataclass(frozen=True, slots=True)
class _Times:
    now: datetime
    speeds: ClockSpeeds

    def in_time(self, one: Alert) -> bool | None:
        if severity(one) not in SEEN_WITHIN:
            return None
        if one.acknowledged_at is not None:
            return self._is_soon(one, one.acknowledged_at)
        over = not self._is_soon(one, min(one.until or self.now, self.now))
        return False if over else None

    def _is_soon(self, one: Alert, at: datetime) -> bool:
        """Whether a moment is within an alert's time, or what hands need however fast it goes."""
        if at - one.since <= SEEN_WITHIN[severity(one)]:
            return True
        return self.speeds.real(one.since, at) <= LEAST_PATIENCE


def _times_of(grave: Severity, judged: Sequence[JudgedAlert]) -> AlertTimes:
    alerts = [one.alert for one in judged]
    took = [one.acknowledged_at - one.since for one in alerts if one.acknowledged_at is not None]
    ended = [one.until - one.since for one in alerts if one.until is not None]
    in_time = sum(one.in_time is True for one in judged)
    return AlertTimes(grave, len(alerts), in_time, _half_s(took), _half_s(ended))


def _each_trouble_once(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts, those of one trouble as one.

    A truck that was silent is again, since the same position, where only old ones came meanwhile.
    """
    kept: list[Alert] = []
    of_trucks: dict[tuple[AlertKind, VehicleId, datetime], Alert] = {}
    for one in alerts:
        if one.vehicle_id is None:
            kept.append(one)
            continue
        trouble = (one.kind, one.vehicle_id, one.since)
        known = of_trucks.get(trouble)
        of_trucks[trouble] = one if known is None else _as_one(known, one)
    return [*kept, *of_trucks.values()]


def _as_one(first: Alert, again: Alert) -> Alert:
    seen = [at for at in (first.acknowledged_at, again.acknowledged_at) if at is not None]
    until = None
    if first.until is not None and again.until is not None:
        until = max(first.until, again.until)
    return replace(first, until=until, acknowledged_at=min(seen, default=None))


def _half_s(took: Sequence[timedelta]) -> float | None:
    return median(each.total_seconds() for each in took) if took else None
