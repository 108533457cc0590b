"""What drivers find when they check their machines before a shift."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.shifts.shifts import answered_tap, progress_of
from api.web.checked_route import CheckedRoute
from api.web.context import DriverContext
from api.web.schemas import TapIn, Wire
from data.model import ShiftId
from data.policy.check_rules import MOST_ITEMS
from data.store.database.engine import Tx
from fleet.shifts.vehicle_checks import TEXT_LETTERS, check_vehicle
from maps.shifts.driver import ProgressView

router = APIRouter(route_class=CheckedRoute)


class FaultIn(Wire):
    """A fault: the code of the point, and perhaps the driver's words."""

    code: Annotated[str, Field(min_length=1, max_length=32)]
    text: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""


class CheckIn(TapIn):
    """A check of the machine; without faults all is fine."""

    faults: Annotated[tuple[FaultIn, ...], Field(max_length=MOST_ITEMS)] = ()


@router.post("/api/shifts/{shift_id}/vehicle-check")
def create_vehicle_check(
    shift_id: ShiftId, wanted: CheckIn, context: DriverContext
) -> ProgressView:
    """Keep what the driver found; dispatchers may say it for drivers on the radio."""
    faults = {one.code: one.text for one in wanted.faults}

    def order(tx: Tx) -> ProgressView:
        rules = context.app.policy.vehicle_check
        check_vehicle(tx, context.actor, shift_id, faults, rules, context.now, wanted.tapped_at)
        return progress_of(tx, context, shift_id)

    return answered_tap(context, shift_id, wanted, order)
