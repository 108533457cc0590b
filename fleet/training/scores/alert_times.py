"""How soon a dispatcher saw to alerts, pure: by how grave they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from data.model import Alert
from fleet.alerts.severity import Severity, severity

SEEN_WITHIN: Mapping[Severity, timedelta] = {
    Severity.DANGER: timedelta(minutes=2),
    Severity.STREETS: timedelta(minutes=10),
    Severity.TRUCK: timedelta(minutes=20),
}
"""How soon somebody is to acknowledge an alert; notes wait."""


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


def alert_times(alerts: Iterable[Alert], now: datetime) -> tuple[AlertTimes, ...]:
    """Return how soon alerts were seen to, the gravest first.

    What ended by itself before its time was up needed nobody, and what has time left is not
    decided: neither counts.
    """
    listed = [one for one in alerts if _counts(one, now)]
    by = [(grave, [one for one in listed if severity(one) is grave]) for grave in SEEN_WITHIN]
    return tuple(_times(grave, those) for grave, those in by if those)


def _counts(one: Alert, now: datetime) -> bool:
    within = SEEN_WITHIN.get(severity(one))
    if within is None:
        return False
    if one.acknowledged_at is not None:
        return True
    return min(one.until or now, now) - one.since > within


def _times(grave: Severity, alerts: Sequence[Alert]) -> AlertTimes:
    within = SEEN_WITHIN[grave]
    seen = [one.acknowledged_at - one.since for one in alerts if one.acknowledged_at is not None]
    ended = [one.until - one.since for one in alerts if one.until is not None]
    return AlertTimes(
        grave, len(alerts), sum(took <= within for took in seen), _half_s(seen), _half_s(ended)
    )


def _half_s(took: Sequence[timedelta]) -> float | None:
    return median(each.total_seconds() for each in took) if took else None
