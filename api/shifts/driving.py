"""The route of a shift for the phone of its driver, and what of it is proved by now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import AwareDatetime

from api.shifts.shifts import own_shift
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DriverContext
from api.web.page_context import translator_of
from data.errors import NotFoundError
from data.model import (
    Leg,
    LegOutcome,
    LegProgress,
    PlanId,
    RouteAnswer,
    Shift,
    ShiftId,
    Storm,
    Vehicle,
)
from data.model.roster import VehicleCheck
from data.store.database.engine import Tx
from data.store.shifts.route_answers import find_answer
from data.store.shifts.shifts import list_progress
from data.store.shifts.vehicle_checks import find_check
from fleet.learning.plan_pace import odds_of_ends
from fleet.logbook.log_store import PART, LogFilter, part_of
from fleet.logbook.service_hours import ServiceHours, service_hours
from fleet.logbook.shift_summary import shift_summary
from fleet.planning.plan_lifecycle import revision_of
from fleet.routes.plan_vs_actual import LegTimes
from fleet.routes.proved_legs import in_rows, proved_legs
from fleet.setup.machine_list import all_sites, known_machine
from fleet.shifts.fleet_orders import list_called_back
from fleet.shifts.shift_handover import find_current_shift_of_driver
from fleet.shifts.shift_progress import driven_route
from fleet.storms.storm_lookup import known_storm
from fleet.streets.closed_streets import closed_streets, revision_of_closed
from fleet.tracking.phone_trackers import own_track
from fleet.training.seats import taken_over_at
from maps.guidance.driver_runs import DriverRun, driver_runs
from maps.guidance.phrases import said_of
from maps.guidance.run_groups import run_groups
from maps.pages.i18n import Translator
from maps.routes.end_window import EndView, end_view
from maps.routes.route_steps import Surroundings
from maps.shifts.driver import (
    DriveView,
    PhoneDuty,
    PhoneRoute,
    ProvedRoute,
    TruckPlace,
    drive_view,
    hours_view,
)
from maps.shifts.shift_summary import ShiftSummaryView, summary_view
from maps.shifts.vehicle_check import check_view, point_views
from routing.problem.finish_odds import FinishOdds

router = APIRouter(route_class=CheckedRoute)

PARTS_OF_A_SHIFT = 120
"""Quarters of an hour read for a summary, at most."""


@router.get("/api/drive")
def get_driver_view(request: Request, context: DriverContext) -> DriveView:
    """Return the driver's shift with its whole route and the state of each run."""
    with context.reading() as tx:
        told = _told(tx, context, _current_shift(tx, context))
    return _drive(told, context, translator_of(request))


@router.get("/api/drive/proved")
def get_proved_route(context: DriverContext, since: AwareDatetime | None = None) -> ProvedRoute:
    """Return what of the driver's route is proved by now, and where his machine was `since`."""
    with context.reading() as tx:
        shift = _current_shift(tx, context)
        standing = _standing(tx, context, shift)
        track = _track(tx, context, shift, since)
        closed = closed_streets(tx, shift.storm_id, context.now)
    return ProvedRoute(
        now=context.now,
        plan_id=standing.plan_id,
        closed=revision_of_closed(closed),
        next_leg=standing.next_leg,
        proved=tuple(in_rows(standing.proved)),
        track=track,
    )


@router.get("/api/shifts/{shift_id}/summary")
def get_shift_summary(
    shift_id: ShiftId, request: Request, context: DriverContext
) -> ShiftSummaryView:
    """Return what a driver's shift came to, counted as the vehicle's day counts it.

    In a training it is counted from when the driver took the machine over from the simulation.
    """
    app, now, t = context.app, context.now, translator_of(request)
    with context.reading() as tx:
        shift = own_shift(tx, context, shift_id)
    app.logbook_task.read(
        LogFilter(part_of(shift.starts_at) - PART, now, (shift.vehicle_id,)), PARTS_OF_A_SHIFT
    )
    with context.reading() as tx:
        told = _told(tx, context, shift)
        since = taken_over_at(tx, shift) if app.settings.training else shift.starts_at
        found = shift_summary(tx, app.logbook_task.memory, shift, app.policy, since, now)
    return summary_view(found, _stages(told, t))


def said_on_route(context: Context, t: Translator) -> list[str]:
    """Return all that the driver's phone says of the streets of his route."""
    with context.reading() as tx:
        told = _told(tx, context, _current_shift(tx, context))
    runs = _stages(told, t)
    return said_of(runs, run_groups(runs, context.app.network, t))


@dataclass(frozen=True, slots=True)
class _Standing:
    """The driven route of a shift, with what of it is proved and expected by leg."""

    plan_id: PlanId | None
    legs: Sequence[Leg]
    next_leg: int
    proved: Mapping[int, datetime]
    expected: Mapping[int, LegTimes]


def _current_shift(tx: Tx, context: Context) -> Shift:
    shift = find_current_shift_of_driver(tx, context.user.id, context.now)
    if shift is None:
        raise NotFoundError("shift", context.user.login)
    return shift


def _standing(tx: Tx, context: Context, shift: Shift) -> _Standing:
    driven = driven_route(tx, shift)
    if driven is None:
        return _Standing(None, (), 0, {}, {})
    plan_id, route = driven
    legs = route.legs
    arrivals = context.app.estimates.arrivals(tx, shift.storm_id, context.now)
    check = arrivals.check_of_shift(shift.id) if arrivals else None
    if arrivals is None or check is None:
        return _Standing(plan_id, legs, 0, {}, {})
    expected = arrivals.of_shift(shift.id)
    return _Standing(plan_id, legs, check.next_leg, proved_legs(legs, check), expected)


@dataclass(frozen=True, slots=True)
class _Told:
    """All that the store tells of a shift for its driver's phone."""

    shift: Shift
    storm: Storm
    vehicle: Vehicle
    around: Surroundings
    standing: _Standing
    over: Sequence[LegProgress]
    revision: int | None
    answer: RouteAnswer | None
    check: VehicleCheck | None
    hours: ServiceHours
    called_back: bool
    odds: FinishOdds | None


def _told(tx: Tx, context: Context, shift: Shift) -> _Told:
    vehicle = known_machine(tx, shift.vehicle_id)
    standing = _standing(tx, context, shift)
    plan_id = standing.plan_id
    sites, app = all_sites(tx), context.app
    return _Told(
        shift=shift,
        storm=known_storm(tx, shift.storm_id),
        vehicle=vehicle,
        around=Surroundings(context.app.network, sites.reload_sites, sites.depot_name(vehicle)),
        standing=standing,
        over=() if plan_id is None else _over(tx, plan_id, shift, standing.proved),
        revision=None if plan_id is None else revision_of(tx, plan_id),
        answer=None if plan_id is None else find_answer(tx, plan_id, shift.id),
        check=find_check(tx, shift.id),
        hours=service_hours(tx, app.logbook_task.memory, shift, app.policy.hours, context.now),
        called_back=bool(list_called_back(tx, [shift])),
        odds=odds_of_ends(tx, shift.storm_id),
    )


def _drive(told: _Told, context: Context, t: Translator) -> DriveView:
    standing, stages = told.standing, _stages(told, t)
    route = PhoneRoute(
        plan_id=standing.plan_id,
        revision=told.revision,
        answer=told.answer,
        next_leg=standing.next_leg,
        end=_end(told, context.now),
        stages=stages,
        groups=run_groups(stages, context.app.network, t),
    )
    policy = context.app.policy
    points = point_views(policy.vehicle_check.items_of(told.vehicle.type))
    hours = hours_view(told.hours, policy.hours)
    duty = PhoneDuty(points, check_view(told.check), hours, told.called_back)
    return drive_view(told.shift, told.storm, told.vehicle, route, duty, context.now)


def _end(told: _Told, now: datetime) -> EndView | None:
    """Return when the route will be over: by the truck's delay and pace, else as planned."""
    legs, expected = told.standing.legs, told.standing.expected
    if not legs:
        return None
    times = expected.get(len(legs) - 1)
    ends_at = legs[-1].ends_at if times is None else times.ends_at
    return end_view(ends_at, max(now, legs[0].starts_at), told.odds)


def _stages(told: _Told, t: Translator) -> tuple[DriverRun, ...]:
    standing = told.standing
    return driver_runs(standing.legs, told.around, t, told.over, standing.expected)


def _over(
    tx: Tx, plan_id: PlanId, shift: Shift, proved: Mapping[int, datetime]
) -> list[LegProgress]:
    """Return what was tapped, and what is proved without a tap."""
    tapped = list_progress(tx, plan_id, shift.id)
    known = {each.leg for each in tapped}
    return tapped + [
        LegProgress(plan_id, shift.id, leg, LegOutcome.DONE, ended_at=at, proved=True)
        for leg, at in proved.items()
        if leg not in known
    ]


def _track(
    tx: Tx, context: Context, shift: Shift, since: datetime | None
) -> tuple[TruckPlace, ...]:
    """Return where the machine's own tracker saw it since a moment, else where it saw it last."""
    speed = context.app.clock.speed
    return tuple(
        TruckPlace(
            lon=fix.location.lon,
            lat=fix.location.lat,
            heading_deg=fix.heading_deg,
            speed_mps=fix.speed_mps,
            fixed_at=fix.fixed_at,
        )
        for fix in own_track(tx, shift.vehicle_id, since, context.now, speed)
    )
