"""Alert sign of evidence that is behind: what boards show of streets and routes is then old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from data.model import AlertKind
from data.store.database.engine import Tx
from data.store.tracking.positions import find_oldest_unseen_at
from fleet.alerts.alert_conditions import Sign

LAG = timedelta(minutes=5)
"""Positions that wait longer for matching are an alert, which counts the wait in these steps."""


def evidence_lag(tx: Tx, now: datetime) -> timedelta:
    """Return for how long positions of trucks have waited to become evidence."""
    oldest_at = find_oldest_unseen_at(tx)
    return timedelta(0) if oldest_at is None else now - oldest_at


def evidence_lag_signs(tx: Tx, now: datetime) -> Iterator[Sign]:
    """Yield that positions of trucks have waited long to become evidence."""
    behind = evidence_lag(tx, now)
    if behind < LAG:
        return
    minutes = behind // LAG * round(LAG / timedelta(minutes=1))
    yield Sign(AlertKind.EVIDENCE_BEHIND, None, now - behind, facts={"behind_min": minutes})
