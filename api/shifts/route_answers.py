"""Drivers' answers to published routes: accepted, or declined with a reason."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.shifts.shifts import answered_tap, progress_of
from api.web.checked_route import CheckedRoute
from api.web.context import DriverContext
from api.web.schemas import TapIn
from data.model import AnswerState, DeclineReason, PlanId, ShiftId
from data.store.database.engine import Tx
from fleet.shifts.route_answers import TEXT_LETTERS, RouteAnswerWish, answer_route
from maps.shifts.driver import ProgressView

router = APIRouter(route_class=CheckedRoute)


class RouteAnswerIn(TapIn):
    """A driver's answer to a route; a decline needs a reason."""

    state: AnswerState
    reason: DeclineReason | None = None
    text: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""


@router.post("/api/plans/{plan_id}/routes/{shift_id}/answer")
def create_route_answer(
    plan_id: PlanId, shift_id: ShiftId, wanted: RouteAnswerIn, context: DriverContext
) -> ProgressView:
    """Accept or decline a published route; dispatchers may answer for drivers on the radio."""
    wish = RouteAnswerWish(wanted.state, wanted.reason, wanted.text)

    def order(tx: Tx) -> ProgressView:
        answer_route(tx, context.actor, plan_id, shift_id, wish, context.now)
        return progress_of(tx, context, shift_id)

    return answered_tap(context, shift_id, wanted, order)
