"""Quarantine: positions that make the pipeline fail are set aside, so that the others go on."""

from datetime import datetime

from data.model import Actor, Position
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.database.vehicle_parts import ALL_PARTS, Parts
from data.store.tracking.positions import list_unseen, set_fault


def set_aside(
    tx: Tx, actor: Actor, fault: str, now: datetime, parts: Parts = ALL_PARTS
) -> Position | None:
    """Set the oldest unprocessed fix of vehicles in some parts aside and return it.

    `None` where none waits. It stays in the database with its fault, and the audit log says so.
    """
    waiting, place = list_unseen(tx, 1, parts)
    if not waiting:
        return None
    fix = waiting[0]
    set_fault(tx, place, fault)
    after = {"vehicle": fix.vehicle_id, "fixed_at": fix.fixed_at.isoformat(), "fault": fault}
    add_event(tx, now, actor, "position.set_aside", f"position:{place}", after=after)
    return fix
