"""Shifts: progress, the driver's sign-in code, and the state of each leg."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request

from api.tracking.positions import MOST_BYTES, RejectedOut, entries_of
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import Context, DispatcherContext, DriverContext, WallContext
from api.web.idempotency import NO_TAP, TapBody, order_once
from api.web.page_context import shown_to
from api.web.schemas import CodeIn, DoneIn, LegsIn, SkipIn, TapIn
from data.errors import ForbiddenError
from data.model import Device, Leg, PlanId, Position, Role, Shift, ShiftId, ShiftState
from data.store.database.engine import Tx
from data.store.shifts.route_answers import find_answer, list_answers
from data.store.shifts.shifts import get_shift, list_progress, list_progress_of_plan, list_shifts
from data.store.shifts.vehicle_checks import find_check, list_checks
from fleet.accounts.people import all_people, known_person, login_names
from fleet.setup.machine_list import machine_names
from fleet.shifts.driver_codes import give_code, may_drive
from fleet.shifts.machine_limits import withdraw_proposals
from fleet.shifts.shift_progress import (
    Legs,
    complete_legs,
    driven_route,
    end_shift,
    next_leg,
    skip_legs,
    start_shift,
    undo_last,
)
from fleet.storms.storm_lookup import wanted_storm
from fleet.tracking.phone_trackers import (
    add_phone,
    find_phone,
    fixes_of_shift,
    from_phone,
    needed_fixes,
)
from fleet.tracking.position_formats import positions_from_batch
from maps.pages.geojson import Feature, leg_feature
from maps.pages.qr_code import QrCode, qr_code
from maps.shifts.driver import (
    BlockageView,
    DriverSaid,
    ProgressView,
    blockage_view,
    progress_view,
)

router = APIRouter(route_class=CheckedRoute)

DoneBody = Annotated[DoneIn, Body()]

NO_MORE_LEGS = DoneIn()


@dataclass(frozen=True, slots=True)
class ShiftOut:
    """A shift and its next leg as GeoJSON; `None` at the end of its route."""

    id: int
    vehicle_id: int
    state: ShiftState
    starts_at: datetime
    ends_at: datetime
    plan_id: int | None
    next_leg: Feature | None


@dataclass(frozen=True, slots=True)
class CodeOut:
    """A sign-in code, shown once, with its driver and expiry; `qr` opens `/drive` signed in."""

    code: str
    qr: QrCode
    login: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PhoneBatchOut:
    """The result of a phone's batch; not `needed` where the machine's tracker is live."""

    stored: int
    needed: bool
    rejected: list[RejectedOut]


@router.get("/api/shifts")
def get_shifts(context: WallContext) -> list[ProgressView]:
    """Return the progress of each shift of the active storm."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        if storm is None:
            return []
        driven = context.app.plans.driven(tx, storm.id)
        plan = driven.plan if driven else None
        legs = {route.shift_id: route.legs for route in plan.routes} if plan else {}
        progress = list_progress_of_plan(tx, plan.id) if plan else {}
        answers = list_answers(tx, plan.id) if plan else {}
        checks = list_checks(tx, storm.id)
        drivers = login_names(tx)
        views = [
            progress_view(
                shift,
                plan.id if plan else None,
                legs.get(shift.id, ()),
                progress.get(shift.id, ()),
                DriverSaid(answers.get(shift.id), checks.get(shift.id)),
                drivers,
                context.app.network,
            )
            for shift in list_shifts(tx, storm.id)
        ]
    return [shown_to(context)(view) for view in views]


@router.get("/api/drivers")
def list_drivers(context: DispatcherContext) -> list[str]:
    """Return the names of possible drivers by login."""
    with context.reading() as tx:
        return [user.login for user in all_people(tx) if may_drive(user)]


@router.get("/api/shifts/{shift_id}")
def get_shift_view(shift_id: ShiftId, context: DriverContext) -> ShiftOut:
    """Return a shift and its next leg."""
    with context.reading() as tx:
        return _shown(tx, context, own_shift(tx, context, shift_id))


@router.post("/api/shifts/{shift_id}/code")
def create_driver_code(
    request: Request, shift_id: ShiftId, wanted: CodeIn, context: DispatcherContext
) -> CodeOut:
    """Create a sign-in code for `/drive`, to type and to scan; older codes of the driver expire.

    The token that is scanned stands behind the `#` of the address, which browsers send to nobody.
    """
    app, language = context.app, context.app.city.language or context.language
    secret = app.settings.secret_key()
    with context.changing(f"shift:{shift_id}") as tx:
        given = give_code(tx, context.actor, shift_id, secret, language, context.now, wanted.login)
        view = progress_of(tx, context, shift_id)
    app.hub.publish("legs", [view])
    address = f"{str(request.base_url).rstrip('/')}/drive#link={given.token}"
    return CodeOut(given.digits, qr_code(address), given.driver.login, given.expires_at)


@router.post("/api/shifts/{shift_id}/start")
def start_one_shift(shift_id: ShiftId, context: DriverContext, tap: TapBody = NO_TAP) -> ShiftOut:
    """Start a shift."""

    def order(tx: Tx) -> ShiftOut:
        return _shown(tx, context, start_shift(tx, context.actor, shift_id, context.now))

    return answered_tap(context, shift_id, tap, order)


@router.post("/api/shifts/{shift_id}/end")
def end_one_shift(shift_id: ShiftId, context: DriverContext, tap: TapBody = NO_TAP) -> ShiftOut:
    """End a shift."""

    def order(tx: Tx) -> ShiftOut:
        return _shown(tx, context, end_shift(tx, context.actor, shift_id, context.now))

    return answered_tap(context, shift_id, tap, order)


@router.post("/api/plans/{plan_id}/routes/{shift_id}/legs/{leg}/complete")
def complete_leg(
    plan_id: PlanId,
    shift_id: ShiftId,
    leg: int,
    context: DriverContext,
    tap: DoneBody = NO_MORE_LEGS,
) -> ProgressView:
    """Mark a leg done, or all up to `last`; a repeated tap changes nothing."""
    legs = legs_of(plan_id, shift_id, leg, tap)

    def order(tx: Tx) -> ProgressView:
        complete_legs(tx, context.actor, legs, context.now, tap.tapped_at, at_end=tap.at_end)
        return progress_of(tx, context, shift_id)

    return answered_tap(context, shift_id, tap, order)


@router.post("/api/plans/{plan_id}/routes/{shift_id}/legs/{leg}/skip")
def skip_leg(
    plan_id: PlanId, shift_id: ShiftId, leg: int, tap: SkipIn, context: DriverContext
) -> ProgressView:
    """Mark a leg skipped with a reason, or all up to `last`."""
    legs = legs_of(plan_id, shift_id, leg, tap)

    def order(tx: Tx) -> ProgressView:
        skip_legs(tx, context.actor, legs, tap.reason, context.now, tap.tapped_at)
        return progress_of(tx, context, shift_id)

    return answered_tap(context, shift_id, tap, order)


@router.post("/api/shifts/{shift_id}/undo")
def undo_last_leg(shift_id: ShiftId, context: DriverContext, tap: TapBody = NO_TAP) -> ProgressView:
    """Undo the last tap on a leg, with the blockage that it reported."""
    withdrawn: list[BlockageView] = []

    def order(tx: Tx) -> ProgressView:
        undone = undo_last(tx, context.actor, shift_id, context.now)
        for each in undone.blockages:
            withdraw_proposals(tx, context.actor, each, context.now)
        names, network = machine_names(tx), context.app.network
        withdrawn.extend(blockage_view(each, network, names) for each in undone.blockages)
        return progress_of(tx, context, shift_id)

    answer = answered_tap(context, shift_id, tap, order)
    context.app.hub.publish("blockages", withdrawn)
    return answer


@router.post("/api/shifts/{shift_id}/positions", dependencies=[takes_up_to(MOST_BYTES)])
async def create_positions(
    shift_id: ShiftId, request: Request, context: DriverContext
) -> PhoneBatchOut:
    """Store a batch of the phone's fixes, as those of trackers are stored."""
    entries = await entries_of(request)
    device = await asyncio.to_thread(_phone, context, shift_id, entries)
    batch = positions_from_batch(entries, device, context.now)
    fixes = from_phone(batch.positions)
    kept = await asyncio.to_thread(_needed, context, shift_id, fixes)
    stored = await context.app.position_ingest.store(kept)
    needed = not fixes or fixes[-1] in kept
    for one in batch.rejected:
        context.app.position_ingest.reject(device.id, one.reason)
    rejected = [RejectedOut(index=one.index, reason=one.reason) for one in batch.rejected]
    return PhoneBatchOut(stored, needed, rejected)


def answered_tap[View](
    context: Context, shift_id: ShiftId, tap: TapIn, order: Callable[[Tx], View]
) -> View:
    """Carry out a tap once, notify boards, and return the answer."""
    with context.writing() as tx:
        own_shift(tx, context, shift_id)
        answer = order_once(tx, context, tap, order)
        view = progress_of(tx, context, shift_id)
    context.app.hub.publish("legs", [view])
    return answer


def legs_of(plan_id: PlanId, shift_id: ShiftId, leg: int, tap: LegsIn) -> Legs:
    """Return the range of legs of a tap."""
    return Legs(plan_id, shift_id, leg, leg if tap.last is None else tap.last)


def own_shift(tx: Tx, context: Context, shift_id: ShiftId) -> Shift:
    """Return a shift; drivers may read their own only."""
    shift = get_shift(tx, shift_id)
    dispatches = context.has(Role.ADMINISTRATOR, Role.DISPATCHER)
    if not dispatches and shift.driver_id != context.user.id:
        raise ForbiddenError("this is the shift of somebody else")
    return shift


def progress_of(tx: Tx, context: Context, shift_id: ShiftId) -> ProgressView:
    """Return the progress of a shift."""
    shift = get_shift(tx, shift_id)
    plan_id, legs = None, tuple[Leg, ...]()
    driven = driven_route(tx, shift)
    if driven is not None:
        plan_id, legs = driven[0], driven[1].legs
    return progress_view(
        shift,
        plan_id,
        legs,
        list_progress(tx, plan_id, shift_id) if plan_id is not None else (),
        DriverSaid(
            find_answer(tx, plan_id, shift_id) if plan_id is not None else None,
            find_check(tx, shift_id),
        ),
        {}
        if shift.driver_id is None
        else {shift.driver_id: known_person(tx, shift.driver_id).login},
        context.app.network,
    )


def _phone(context: Context, shift_id: ShiftId, entries: Sequence[object]) -> Device:
    """Return the device of a phone, made at first use; not for a batch that would be refused."""
    with context.reading() as tx:
        shift = own_shift(tx, context, shift_id)
        known = find_phone(tx, shift)
    if known is not None:
        return known
    with context.writing() as tx:
        device = add_phone(tx, context.actor, shift, context.now)
        fixes_of_shift(tx, shift, positions_from_batch(entries, device, context.now).positions)
        return device


def _needed(context: Context, shift_id: ShiftId, fixes: list[Position]) -> list[Position]:
    with context.reading() as tx:
        return needed_fixes(tx, fixes_of_shift(tx, get_shift(tx, shift_id), fixes))


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
