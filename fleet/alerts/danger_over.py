"""That nobody's life is in danger any more for which a request came: said by whoever knows it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, Alert, Danger, RequestId, ServiceRequest
from data.model.requests.requests import LIFE_DANGERS
from data.store.alerts import list_open_alerts
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.duplicates import list_duplicates
from data.store.requests.requests import get_request, save_request
from fleet.alerts.alert_register import closed
from fleet.requests.closing import STILL_OPEN
from fleet.requests.intake import subject_of, wrong_state


@dataclass(frozen=True, slots=True)
class DangerOver:
    """A request without a danger to life, and its alerts, which are over."""

    request: ServiceRequest
    alerts: tuple[Alert, ...]


def end_danger(
    tx: Tx, actor: Actor, request_id: RequestId, seen: Collection[Danger], now: datetime
) -> DangerOver:
    """Take the dangers to life from a request and from those that were merged into it.

    What else makes it urgent stays. Raises `ConflictError` where it is closed, has none, or has
    others than were `seen` by who says that they are over.
    """
    asked = get_request(tx, request_id)
    if asked.state not in STILL_OPEN:
        raise wrong_state(asked)
    merged = [one for one in list_duplicates(tx, asked.id) if LIFE_DANGERS & set(one.dangers)]
    told = LIFE_DANGERS & {danger for one in (asked, *merged) for danger in one.dangers}
    if not told:
        raise ConflictError("this request has no danger to life", reason="no_danger")
    if not told <= set(seen):
        raise ConflictError("another danger to life was told meanwhile", reason="other_danger")
    for one in (asked, *merged):
        left = tuple(danger for danger in one.dangers if danger not in LIFE_DANGERS)
        save_request(tx, replace(one, dangers=left))
        before, after = {"dangers": list(one.dangers)}, {"dangers": list(left)}
        add_event(tx, now, actor, "request.danger_over", subject_of(one), before, after)
    alerts = [one for one in list_open_alerts(tx) if one.request_id == request_id]
    over = tuple(closed(tx, actor, one, now) for one in alerts)
    return DangerOver(get_request(tx, request_id), over)
