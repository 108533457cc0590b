"""Alert sign of evidence that is behind: what boards show of streets and routes is then old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from data.model import AlertKind
from data.store.database.engine import Tx
from data.store.tracking.positions import find_oldest_unseen_at
from fleet.alerts.alert_conditions import Sign

LAG = timedelta(minutes=5)
"""Positions that wait longer for matching are an alert, which counts the wait in these steps."""


def evidence_lag_signs(tx: Tx, now: datetime) -> Iterator[Sign]:
    """Yield that positions of trucks have waited long to become evidence."""
    oldest_at = find_oldest_unseen_at(tx)
    if oldest_at is None or now - oldest_at < LAG:
        return
    minutes = (now - oldest_at) // LAG * round(LAG / timedelta(minutes=1))
    yield Sign(AlertKind.EVIDENCE_BEHIND, None, oldest_at, facts={"behind_min": minutes})
