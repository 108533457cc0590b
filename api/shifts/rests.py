"""Rests of drivers, begun and ended with a tap."""

from fastapi import APIRouter

from api.shifts.shifts import answered_tap, progress_of
from api.web.checked_route import CheckedRoute
from api.web.context import DriverContext
from api.web.idempotency import NO_TAP, TapBody
from data.model import ShiftId
from data.store.database.engine import Tx
from fleet.shifts.driver_rests import begin_rest, end_rest
from maps.shifts.driver import ProgressView

router = APIRouter(route_class=CheckedRoute)


@router.post("/api/shifts/{shift_id}/rest")
def create_rest(shift_id: ShiftId, context: DriverContext, tap: TapBody = NO_TAP) -> ProgressView:
    """Begin a rest: what is planned after it moves on."""

    def order(tx: Tx) -> ProgressView:
        begin_rest(tx, context.actor, shift_id, context.now, tap.tapped_at)
        return progress_of(tx, context, shift_id)

    return answered_tap(context, shift_id, tap, order)


@router.post("/api/shifts/{shift_id}/rest/end")
def finish_rest(shift_id: ShiftId, context: DriverContext, tap: TapBody = NO_TAP) -> ProgressView:
    """End the rest that goes on."""

    def order(tx: Tx) -> ProgressView:
        end_rest(tx, context.actor, shift_id, context.now, tap.tapped_at)
        return progress_of(tx, context, shift_id)

    return answered_tap(context, shift_id, tap, order)
