"""A driver's shift: where it goes next, and what became of each leg."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from api.context import Context, DriverContext
from api.schemas import SkipIn
from data.errors import ForbiddenError
from data.model import LegProgress, PlanId, Role, Shift, ShiftId
from data.store.engine import Tx
from data.store.shifts import get_shift
from fleet.driving import complete_leg, end_shift, next_leg, skip_leg, start_shift
from maps.geojson import Feature, leg_feature

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ShiftOut:
    """A shift and the leg it drives next, as GeoJSON; `None` at the end of its route."""

    id: int
    vehicle_id: int
    state: str
    starts_at: datetime
    ends_at: datetime
    plan_id: int | None
    next_leg: Feature | None


@router.get("/api/shifts/{shift_id}")
def show_shift(shift_id: ShiftId, context: DriverContext) -> ShiftOut:
    """Return a shift and its next leg."""
    with context.reading() as tx:
        return _shown(tx, context, _own(tx, context, shift_id))


@router.post("/api/shifts/{shift_id}/start")
def start(shift_id: ShiftId, context: DriverContext) -> ShiftOut:
    """Put a shift on the road."""
    with context.writing() as tx:
        _own(tx, context, shift_id)
        return _shown(tx, context, start_shift(tx, context.actor, shift_id, context.now))


@router.post("/api/shifts/{shift_id}/end")
def end(shift_id: ShiftId, context: DriverContext) -> ShiftOut:
    """Bring a shift home."""
    with context.writing() as tx:
        _own(tx, context, shift_id)
        return _shown(tx, context, end_shift(tx, context.actor, shift_id, context.now))


@router.post("/api/plans/{plan_id}/routes/{shift_id}/legs/{leg}/complete")
def complete(plan_id: PlanId, shift_id: ShiftId, leg: int, context: DriverContext) -> LegProgress:
    """Mark a leg done; the same tap again changes nothing."""
    with context.writing() as tx:
        _own(tx, context, shift_id)
        return complete_leg(tx, context.actor, plan_id, shift_id, leg, context.now)


@router.post("/api/plans/{plan_id}/routes/{shift_id}/legs/{leg}/skip")
def skip(
    plan_id: PlanId, shift_id: ShiftId, leg: int, why: SkipIn, context: DriverContext
) -> LegProgress:
    """Mark a leg skipped, and why."""
    with context.writing() as tx:
        _own(tx, context, shift_id)
        return skip_leg(tx, context.actor, plan_id, shift_id, leg, why.reason, context.now)


def _own(tx: Tx, context: Context, shift_id: ShiftId) -> Shift:
    """Return the shift; a driver may ask for his own only."""
    shift = get_shift(tx, shift_id)
    dispatches = context.has(Role.ADMINISTRATOR, Role.DISPATCHER)
    if not dispatches and shift.driver_id != context.user.id:
        raise ForbiddenError("this is the shift of somebody else")
    return shift


def _shown(tx: Tx, context: Context, shift: Shift) -> ShiftOut:
    ahead = next_leg(tx, shift.id)
    feature = None
    if ahead is not None:
        _, order, leg = ahead
        feature = leg_feature(shift.id, shift.vehicle_id, order, leg, context.app.network)
    return ShiftOut(
        id=shift.id,
        vehicle_id=shift.vehicle_id,
        state=shift.state,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        plan_id=ahead[0] if ahead else None,
        next_leg=feature,
    )
