"""Requests in which somebody's life is in danger and whose work is not done, as alert signs."""

from collections.abc import Iterator
from datetime import datetime

from data.model import (
    AlertKind,
    Danger,
    RequestClock,
    ServiceRequest,
    Storm,
)
from data.model.requests.requests import LIFE_DANGERS
from data.store.database.engine import Tx
from data.store.requests.dangers import waiting_in_danger
from data.store.requests.requests import list_requests_by_id
from data.store.requests.sla_clocks import list_clocks
from fleet.alerts.alert_conditions import Sign


def danger_signs(tx: Tx, storm: Storm) -> Iterator[Sign]:
    """Yield a sign of each request that waits with a danger to life, its own or a merged one's."""
    found = waiting_in_danger(tx, LIFE_DANGERS)
    if not found:
        return
    asked, clocks = list_requests_by_id(tx, list(found)), list_clocks(tx, list(found))
    for request_id, dangers in sorted(found.items()):
        since = max(_since(asked[request_id], clocks[request_id]), storm.started_at)
        yield danger_sign(asked[request_id], dangers, since)


def danger_sign(asked: ServiceRequest, dangers: frozenset[Danger], since: datetime) -> Sign:
    """Return the sign of one request; it has none of its caller's words nor place, for walls."""
    facts: dict[str, int | float | str] = {
        "request": asked.id,
        "reference": asked.reference,
        "dangers": ",".join(one for one in Danger if one in dangers),
    }
    if asked.snap is not None:
        facts["segment_id"] = asked.snap.segment_id
    return Sign(AlertKind.REQUEST_DANGER, None, since, None, facts)


def _since(asked: ServiceRequest, clock: RequestClock) -> datetime:
    return clock.reopened_at or asked.received_at
