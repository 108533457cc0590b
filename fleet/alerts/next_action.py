"""The one thing that a dispatcher should do next: a list of rules, the most urgent first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import (
    Alert,
    AlertKind,
    PlanId,
    RunState,
    ServiceClass,
    Storm,
    StormId,
    StormPhase,
    VehicleId,
)
from data.store.alerts import list_open_alerts
from data.store.database.engine import Tx
from data.store.planning.plan_runs import list_recent_runs
from data.store.planning.standing_orders import list_orders
from data.store.setup.machines import list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_conditions import list_machines_out
from data.store.storms.storms import list_coming_storms
from data.store.work import OpenJob
from fleet.alerts.idle_trucks import IdleTrucks, helpers_by_class
from fleet.alerts.severity import Severity, severity
from fleet.context import CityContext
from fleet.planning.draft_finishes import DraftFinish, worst_class
from fleet.planning.draft_validity import find_waiting_draft
from fleet.planning.standing_orders import orders_from, with_limits
from fleet.replanning.cycles import is_cycle, is_overtaken, stale_cycle
from fleet.routes.arrivals import Arrivals
from fleet.routes.class_finish import ClassFinish
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.duty import SOON, DutyRoster, duty_of
from fleet.shifts.shift_handover import current_shift_by_vehicle
from fleet.streets.machine_limits import way_limits
from fleet.weather.forecast_storms import coming_storm, expected_snow

NEWEST_RUNS = 3
"""Searches that may still be under way are among the newest."""


class ActionKind(StrEnum):
    """What to do; `ROSTER` is to plan shifts where there are none, `SEARCHING` only to wait.

    `DANGER` is to see to requests in which life is in danger, `SNOW` to meet a storm on alert
    before it begins, `RENEW` to plan a next cycle again, `WORSE` to look at a draft that is worse
    than the plan in force.
    """

    SNOW = "snow"
    HELP = "help"
    DANGER = "danger"
    PLAN = "plan"
    ROSTER = "roster"
    EXTEND = "extend"
    PUBLISH = "publish"
    WORSE = "worse"
    RENEW = "renew"
    ALERTS = "alerts"
    SEARCHING = "searching"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do next; `count` is of the trucks, shifts or alerts that it is about.

    `service_class` is the most urgent class with streets left, or that in which a draft is worse by
    `later_s`, `None` where it does not finish it. `plan_id` is the draft to look at, to publish or
    to plan again, `next_cycle` whether it is of a next cycle. `storm_id` is the storm on alert,
    from `snow_at` on, with so much snow by the forecast, if any; `snow_at` is also the first flake
    of a storm that was begun before it, for which a plan is wanted.
    """

    kind: ActionKind
    count: int = 0
    vehicle_ids: tuple[VehicleId, ...] = ()
    service_class: ServiceClass | None = None
    plan_id: PlanId | None = None
    next_cycle: bool = False
    later_s: float | None = None
    storm_id: StormId | None = None
    snow_at: datetime | None = None
    snow_mm: float | None = None


NOTHING = NextAction(ActionKind.NONE)


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that can be published now; one of a next cycle also where it is too old for that.

    `worse` is the class in which it is worse than the plan in force, if it is.
    """

    plan_id: PlanId
    next_cycle: bool
    good: bool
    worse: DraftFinish | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at.

    `finishes` are of the classes with streets left, the most urgent first. `helpers` are by class
    the machines on duty without a route ahead that could clear streets which the plan in force
    leaves out or does late. `searching` is whether a plan is being made. Before the first flake, at
    `snow_at`, machines count that are on duty by then.
    """

    duty: DutyRoster
    finishes: Mapping[ServiceClass, ClassFinish]
    helpers: Mapping[ServiceClass, frozenset[VehicleId]]
    searching: bool
    draft: Draft | None
    alerts: Sequence[Alert]
    snow_at: datetime | None = None

    @property
    def first_class(self) -> ServiceClass | None:
        """The most urgent class with streets left."""
        return next(iter(self.finishes), None)


def _help(seen: Situation) -> NextAction | None:
    calls = [one for one in seen.alerts if one.kind is AlertKind.SOS and not one.acknowledged_at]
    trucks = tuple(one.vehicle_id for one in calls if one.vehicle_id is not None)
    return NextAction(ActionKind.HELP, len(calls), trucks) if calls else None


def _danger(seen: Situation) -> NextAction | None:
    """Somebody's life is in danger by a request, and nobody has acknowledged that."""
    mine = [
        one
        for one in seen.alerts
        if one.kind is AlertKind.REQUEST_DANGER and not one.acknowledged_at
    ]
    return NextAction(ActionKind.DANGER, len(mine)) if mine else None


def _plan(seen: Situation) -> NextAction | None:
    """Trucks stand idle though they could clear streets that are left out or late."""
    name = next((one for one in seen.finishes if one in seen.helpers), None)
    if name is None or seen.searching or (seen.draft and seen.draft.good):
        return None
    trucks = tuple(sorted(seen.helpers[name]))
    return NextAction(ActionKind.PLAN, len(trucks), trucks, name, snow_at=seen.snow_at)


def _extend(seen: Situation) -> NextAction | None:
    """Every shift is over, and streets are left."""
    if not seen.duty.all_over or seen.first_class is None:
        return None
    return NextAction(ActionKind.EXTEND, len(seen.duty.past), seen.duty.past, seen.first_class)


def _roster(seen: Situation) -> NextAction | None:
    """Nobody has a shift, now or before, and streets are left."""
    if seen.duty.on or seen.duty.past or seen.first_class is None:
        return None
    return NextAction(ActionKind.ROSTER, service_class=seen.first_class)


def _publish(seen: Situation) -> NextAction | None:
    """Publish a draft, or plan a next cycle again whose draft nobody can publish any more."""
    draft = seen.draft
    if draft is None or draft.worse or (seen.searching and not draft.good):
        return None
    kind = ActionKind.PUBLISH if draft.good else ActionKind.RENEW
    return NextAction(kind, plan_id=draft.plan_id, next_cycle=draft.next_cycle)


def _alerts(seen: Situation) -> NextAction | None:
    """Alerts of streets or whole trucks that nobody has acknowledged."""
    mine = [
        one for one in seen.alerts if severity(one) is Severity.STREETS and not one.acknowledged_at
    ]
    return NextAction(ActionKind.ALERTS, len(mine)) if mine else None


def _worse(seen: Situation) -> NextAction | None:
    """Look at a draft that is worse than the plan in force; nothing is lost while it waits."""
    draft = seen.draft
    if draft is None or draft.worse is None:
        return None
    one, later_s = draft.worse, None
    if one.now_at is not None and one.then_at is not None:
        later_s = (one.then_at - one.now_at).total_seconds()
    name = one.service_class
    return NextAction(ActionKind.WORSE, service_class=name, plan_id=draft.plan_id, later_s=later_s)


def _searching(seen: Situation) -> NextAction | None:
    return NextAction(ActionKind.SEARCHING) if seen.searching else None


RULES: tuple[Callable[[Situation], NextAction | None], ...] = (
    _help,
    _danger,
    _plan,
    _extend,
    _roster,
    _publish,
    _alerts,
    _worse,
    _searching,
)
"""The most urgent first."""


def next_action(seen: Situation) -> NextAction:
    """Return what the first rule says that fits."""
    found = (rule(seen) for rule in RULES)
    return next((one for one in found if one is not None), NOTHING)


def snow_action(city: CityContext) -> NextAction:
    """Return what to do while no storm is on: meet the one that is on alert, if any."""
    ahead = expected_snow(city)
    storm = coming_storm(city.tx, ahead) or next(iter(list_coming_storms(city.tx)), None)
    if storm is None or storm.phase is not StormPhase.ALERT:
        return NOTHING
    snow_mm = None if ahead is None else ahead.depth_mm
    return NextAction(ActionKind.SNOW, storm_id=storm.id, snow_at=storm.started_at, snow_mm=snow_mm)


@dataclass(frozen=True, slots=True)
class Progress:
    """Open jobs, when each class with streets left is done, and how the plan in force is driven.

    `finishes` are in the order of classes; `check` and `arrivals` are `None` without a plan.
    """

    work: Sequence[OpenJob]
    finishes: Mapping[ServiceClass, ClassFinish]
    check: PlanCheck | None
    arrivals: Arrivals | None


def situation_of(city: CityContext, storm: Storm, progress: Progress) -> Situation:
    """Return what the rules look at."""
    tx, now = city.tx, city.now
    at = max(now, storm.snow_at)
    shifts = current_shift_by_vehicle(list_shifts(tx, storm.id), at).values()
    duty = duty_of(shifts, list_machines_out(tx, storm.id), at)
    runs = list_recent_runs(tx, storm.id, NEWEST_RUNS)
    return Situation(
        duty=duty,
        finishes=progress.finishes,
        helpers=_helpers(city, storm, duty, progress),
        searching=any(run.state in (RunState.QUEUED, RunState.RUNNING) for run in runs),
        draft=_draft(tx, storm, now),
        alerts=list_open_alerts(tx),
        snow_at=at if at > now else None,
    )


def _helpers(
    city: CityContext, storm: Storm, duty: DutyRoster, progress: Progress
) -> Mapping[ServiceClass, frozenset[VehicleId]]:
    idle = _idle(duty, progress.check, max(city.now, storm.snow_at))
    if not idle:
        return {}
    trucks = [one for one in list_vehicles(city.tx) if one.id in idle]
    orders, limits = orders_from(list_orders(city.tx, storm.id)), way_limits(city.tx, city.now)
    helpers = IdleTrucks(
        trucks=trucks,
        orders=with_limits(orders, limits, trucks),
        risk_late=city.policy.alerts.risk_late,
    )
    return helpers_by_class(progress.work, progress.arrivals, helpers, city.network)


def _idle(duty: DutyRoster, check: PlanCheck | None, now: datetime) -> frozenset[VehicleId]:
    """Return the machines with time left that have nothing ahead in the published plan."""
    routes = zip(check.plan.routes, check.routes, strict=True) if check else ()
    busy = {route.vehicle_id for route, one in routes if route.legs and not one.over}
    free = (one.vehicle_id for one in duty.on if one.ends_at >= now + SOON)
    return frozenset(free) - busy


def _draft(tx: Tx, storm: Storm, now: datetime) -> Draft | None:
    """Return the newest draft that can still be published, else that of a next cycle.

    The latter only where something is left of it to plan.
    """
    for run in list_recent_runs(tx, storm.id, 0):
        draft = find_waiting_draft(tx, run)
        if draft is not None and draft.is_good(now):
            cycle = is_cycle(run)
            worse = None if cycle else worst_class(draft.finishes)
            return Draft(draft.plan_id, cycle, good=True, worse=worse)
    stale = stale_cycle(tx, storm, now)
    if stale is None or is_overtaken(tx, storm, stale, now):
        return None
    return Draft(stale.plan_id, next_cycle=True, good=False)
