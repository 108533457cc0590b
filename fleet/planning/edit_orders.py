"""Standing orders and closures of a draft's edits; they hold once the draft is published."""

from collections.abc import Iterable
from datetime import datetime

from data.model import Actor, EditKind, EditState, OrderKind, Plan, StormId
from data.store.database.engine import Tx
from data.store.planning.plan_edits import EditHead, list_edit_heads
from data.store.storms.closures import list_closures
from fleet.planning.standing_orders import OrderIndex, OrderWish, find_order, give_order, lift_order
from fleet.storms.closures import ClosureWish, note_closure

_KINDS = {
    EditKind.LOCK: OrderKind.LOCK,
    EditKind.UNLOCK: OrderKind.LOCK,
    EditKind.FORBID: OrderKind.FORBID,
    EditKind.ALLOW: OrderKind.FORBID,
}
_LIFTING = frozenset({EditKind.UNLOCK, EditKind.ALLOW})


def orders_with(orders: OrderIndex, edits: Iterable[EditHead]) -> OrderIndex:
    """Return the orders of a storm with those of a draft's edits that hold."""
    for wish in (one.wish for one in edits if one.state is EditState.DONE):
        if wish.vehicle_id is None:
            continue
        if wish.kind is EditKind.LOCK:
            orders = orders.locked(wish.vehicle_id, wish.segment_id)
        elif wish.kind is EditKind.UNLOCK:
            orders = orders.unlocked(wish.vehicle_id, wish.segment_id)
        elif wish.kind is EditKind.FORBID and wish.segment_id is not None:
            orders = orders.forbidden(wish.vehicle_id, wish.segment_id)
        elif wish.kind is EditKind.ALLOW and wish.segment_id is not None:
            orders = orders.allowed(wish.vehicle_id, wish.segment_id)
    return orders


def take_orders(tx: Tx, actor: Actor, plan: Plan, now: datetime) -> None:
    """Put locks, bans and closures of a draft in force, in the order they were made.

    Raises `ConflictError` where somebody has ordered the contrary meanwhile.
    """
    for edit in list_edit_heads(tx, plan.id):
        if edit.state is not EditState.DONE:
            continue
        if edit.wish.kind is EditKind.CLOSE:
            _close(tx, actor, plan.storm_id, edit, now)
        elif edit.wish.kind in _KINDS:
            _order(tx, actor, plan.storm_id, edit, now)


def _order(tx: Tx, actor: Actor, storm_id: StormId, edit: EditHead, now: datetime) -> None:
    kind, vehicle_id = edit.wish.kind, edit.wish.vehicle_id
    if vehicle_id is None:
        return
    wish = OrderWish(storm_id, _KINDS[kind], vehicle_id, edit.wish.segment_id)
    if kind not in _LIFTING:
        give_order(tx, actor, wish, now)
        return
    order = find_order(tx, wish)
    if order is not None:
        lift_order(tx, actor, order.id, now)


def _close(tx: Tx, actor: Actor, storm_id: StormId, edit: EditHead, now: datetime) -> None:
    segment_id = edit.wish.segment_id
    closed = {one.segment_id for one in list_closures(tx, storm_id, now) if one.forward is None}
    if segment_id is not None and segment_id not in closed:
        wish = ClosureWish(segment_id, None, now, None, edit.wish.reason)
        note_closure(tx, actor, storm_id, wish, now)
