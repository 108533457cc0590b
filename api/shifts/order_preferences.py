"""Orders of streets that drivers prefer to those of plans: accepted, rejected or taken back."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request

from api.shifts.machine_limits import limit_context, order_rows
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from data.model import Actor
from data.model.ids import OrderPreferenceId
from data.model.planning.street_orders import OrderPreference
from data.store.database.engine import Tx
from fleet.shifts.order_preferences import accept_order, reject_order, take_back_order
from maps.shifts.order_preferences import OrderRow, order_row

router = APIRouter(route_class=CheckedRoute)

type Decision = Callable[[Tx, Actor, OrderPreferenceId, datetime], OrderPreference]


@router.get("/api/order-preferences")
def get_orders(request: Request, context: BoardContext) -> list[OrderRow]:
    """Return all orders that were ever proposed, the oldest first."""
    return order_rows(request, context)


@router.post("/api/order-preferences/{preference_id}/accept")
def accept_one_order(
    request: Request, preference_id: OrderPreferenceId, context: DispatcherContext
) -> OrderRow:
    """Let new plans keep to an order."""
    return _decided(request, context, preference_id, accept_order)


@router.post("/api/order-preferences/{preference_id}/reject")
def reject_one_order(
    request: Request, preference_id: OrderPreferenceId, context: DispatcherContext
) -> OrderRow:
    """Reject an order."""
    return _decided(request, context, preference_id, reject_order)


@router.post("/api/order-preferences/{preference_id}/take-back")
def take_one_order_back(
    request: Request, preference_id: OrderPreferenceId, context: DispatcherContext
) -> OrderRow:
    """Take back an order that plans keep to."""
    return _decided(request, context, preference_id, take_back_order)


def _decided(
    request: Request, context: Context, preference_id: OrderPreferenceId, decide: Decision
) -> OrderRow:
    with context.writing() as tx:
        decided = decide(tx, context.actor, preference_id, context.now)
        return order_row(decided, limit_context(request, tx, context))
