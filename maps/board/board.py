"""Records of the dispatch board, computed and untranslated, that are sent to browsers as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.model import (
    BoardRequest,
    City,
    CurvePoint,
    Leg,
    LegKind,
    Plan,
    PlanOptions,
    PlanRun,
    PlanState,
    RequestId,
    Route,
    RunState,
    SegmentId,
    ServiceClass,
    ServiceRequest,
    Storm,
    Vehicle,
    VehicleId,
)
from data.streets.network import StreetNetwork
from fleet.alerts.next_action import NextAction
from fleet.planning.draft_validity import WaitingDraft
from fleet.routes.class_finish import ClassFinish
from fleet.tracking.live_fleet import VehicleLive, VehicleState
from maps.requests.requests import RequestView, request_view
from maps.routes.end_window import EndView, end_of_route
from routing.problem.finish_odds import FinishOdds

LISTED = 300
"""Rows that a list of the board draws at once."""

States = Mapping[SegmentId, tuple[int, int]]
"""Coverage state of every segment, (forward, backward), as `coverage_states.painted` returns it."""


@dataclass(frozen=True, slots=True)
class VehicleView:
    """A machine and its last position; place and time are `None` before its first fix."""

    id: int
    name: str
    type: str
    state: VehicleState
    lon: float | None
    lat: float | None
    heading_deg: float | None
    speed_mps: float | None
    fixed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A plan run in the queue, and its progress.

    `ahead` counts the runs that are ended before it begins; `starting` where it waits and no
    planner that could begin it has come up yet. `fault` is the msgid of why it failed.
    `draft` is its plan as long as somebody may still publish it.
    """

    id: int
    kind: str
    state: RunState
    ahead: int
    starting: bool
    asked_by: str
    asked_at: datetime
    seconds: float
    elapsed_s: float
    best: float | None
    bound: float | None
    unserved: int | None
    stop_requested: bool
    plan_id: int | None
    draft: WaitingDraft | None
    error: str
    fault: str
    fault_values: Mapping[str, Any]
    options: Mapping[str, Any]
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class RouteView:
    """Sums of one vehicle's route in a plan; `end` is how sure its end is, where that is known."""

    shift_id: int
    vehicle_id: int
    vehicle: str
    starts_at: datetime
    ends_at: datetime
    end: EndView | None
    work_m: float
    drive_m: float
    reloads: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """Sums of a plan; `unserved` counts the jobs that it leaves undone.

    `options` say what it is for, and `aside` counts the open jobs by class that it is not for.
    """

    id: int
    revision: int
    made_at: datetime
    state: PlanState
    cost: float
    bound: float
    unserved: int
    options: PlanOptions
    aside: Mapping[ServiceClass, int]
    routes: tuple[RouteView, ...]


@dataclass(frozen=True, slots=True)
class ClassView:
    """Progress of a class of service: metres of its streets in all, clear and late.

    A direction counts half of a two-way street's length. `finish` is when its open work will be
    done by the present routes, `None` where none is open. `idle` is whether nothing is open or late
    of which a share could be clear, `on_request` whether its streets are never due by themselves.
    """

    service_class: str
    length_m: float
    done_m: float
    late_m: float
    finish: ClassFinish | None
    idle: bool
    on_request: bool


@dataclass(frozen=True, slots=True)
class StripFigures:
    """Two counts of the top strip, the one thing that should be done next, the longest search.

    `longest_search_s` is for how long a plan may be looked for now; `None` without a storm,
    and while the clock stands.
    """

    open_requests: int
    vehicles_working: int
    next_action: NextAction
    longest_search_s: int | None


@dataclass(frozen=True, slots=True)
class SnowPoint:
    """Total snowfall by a time, from the snowfall entries."""

    at: datetime
    fallen_cm: float


@dataclass(frozen=True, slots=True)
class StormView:
    """The running storm; `snowfall` is empty where there are no entries.

    `snow_at` is the first flake of one that was begun before its snow.
    """

    id: int
    name: str
    phase: str
    started_at: datetime
    snowfall: tuple[SnowPoint, ...] = ()
    snow_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CityView:
    """The state of the city that a page was made from; `id` is the city's revision."""

    id: int
    network_version: str


@dataclass(frozen=True, slots=True)
class DispatchBoard:
    """All data with which the dispatch board opens.

    `coverage` has a row per street: id, state forward, state backward. `waiting` has a row per
    request that is not done: id, longitude, latitude, kind, when it came and when it is due in
    seconds since 1970; `requests` tells those in full that lists begin with.
    """

    now: datetime
    storm: StormView | None
    figures: StripFigures
    classes: tuple[ClassView, ...]
    coverage: list[tuple[int, int, int]]
    vehicles: tuple[VehicleView, ...]
    waiting: list[BoardRequest]
    requests: tuple[RequestView, ...]
    plan: PlanView | None
    runs: tuple[RunView, ...]


@dataclass(frozen=True, slots=True)
class BoardFiguresView:
    """The parts of a board that change with every pass and with time: figures and classes."""

    now: datetime
    figures: StripFigures
    classes: tuple[ClassView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRecords:
    """The records from which a board is made.

    `requests` are those of the waiting ones that are told in full, `due_at` says when their
    work is due; `classes` are empty without a storm.
    """

    now: datetime
    storm: Storm | None
    states: States
    classes: Sequence[ClassView]
    due_at: Mapping[RequestId, datetime]
    next_action: NextAction
    longest_search_s: int | None
    vehicles: Sequence[VehicleView]
    waiting: Sequence[BoardRequest]
    requests: Iterable[ServiceRequest]
    network: StreetNetwork
    plan: PlanView | None
    runs: Iterable[RunView]


def dispatch_board(of: BoardRecords) -> DispatchBoard:
    """Return all data with which the dispatch board opens."""
    at_work = sum(vehicle.state is VehicleState.WORKING for vehicle in of.vehicles)
    return DispatchBoard(
        now=of.now,
        storm=storm_view(of.storm) if of.storm else None,
        figures=StripFigures(len(of.waiting), at_work, of.next_action, of.longest_search_s),
        classes=tuple(of.classes),
        coverage=coverage_rows(of.states),
        vehicles=tuple(of.vehicles),
        waiting=list(of.waiting),
        requests=tuple(request_view(each, of.due_at, of.network) for each in of.requests),
        plan=of.plan,
        runs=tuple(of.runs),
    )


def ids_sent_in_full(waiting: Sequence[BoardRequest], now: datetime) -> list[RequestId]:
    """Return the ids of waiting requests that a board is sent in full, for the tops of its lists.

    The oldest of all, of those without a place, and of those past their deadline.
    """
    now_s = now.timestamp()
    unplaced = [each for each in waiting if each.lon is None]
    late = [each for each in waiting if each.due_s is not None and each.due_s < now_s]
    first = {each.id for several in (waiting, unplaced, late) for each in several[:LISTED]}
    return [RequestId(each) for each in sorted(first)]


def storm_view(storm: Storm) -> StormView:
    """Return a storm for the top strip."""
    return StormView(
        storm.id,
        storm.name,
        storm.phase,
        storm.started_at,
        snow_points(storm),
        storm.snow_at if storm.snow_at > storm.started_at else None,
    )


def snow_points(storm: Storm) -> tuple[SnowPoint, ...]:
    """Return the total snowfall over time, from a storm's entries."""
    return tuple(SnowPoint(at, round(mm / 10, 2)) for at, mm in storm.snowfall)


def city_view(city: City) -> CityView:
    """Return the state of the city, by which an open page knows that the city has changed."""
    return CityView(city.revision, city.network_version)


def coverage_rows(states: States) -> list[tuple[int, int, int]]:
    """Return a row per street: id, state forward, state backward."""
    return [(street, forward, backward) for street, (forward, backward) in states.items()]


def vehicle_views(
    vehicles: Iterable[Vehicle], live: Mapping[VehicleId, VehicleLive]
) -> list[VehicleView]:
    """Return all machines, also those without positions, by id."""
    return [
        live_view(live[vehicle.id])
        if vehicle.id in live
        else VehicleView(
            vehicle.id,
            vehicle.name,
            vehicle.type,
            VehicleState.SILENT,
            None,
            None,
            None,
            None,
            None,
        )
        for vehicle in vehicles
    ]


def live_view(seen: VehicleLive) -> VehicleView:
    """Return a machine with its last position."""
    return VehicleView(
        id=seen.vehicle_id,
        name=seen.name,
        type=seen.type,
        state=seen.state,
        lon=seen.location.lon,
        lat=seen.location.lat,
        heading_deg=seen.heading_deg,
        speed_mps=seen.speed_mps,
        fixed_at=seen.fixed_at,
    )


def run_view(
    run: PlanRun, ahead: int = 0, draft: WaitingDraft | None = None, *, starting: bool = False
) -> RunView:
    """Return a plan run with its progress, the number of runs before it and its draft."""
    return RunView(
        id=run.id,
        kind=run.kind,
        state=run.state,
        ahead=ahead,
        starting=starting,
        asked_by=run.asked_by,
        asked_at=run.asked_at,
        seconds=run.seconds,
        elapsed_s=run.elapsed_s,
        best=run.best,
        bound=run.bound,
        unserved=run.unserved,
        stop_requested=run.stop_requested,
        plan_id=run.plan_id,
        draft=draft,
        error=run.error,
        fault=run.fault.text if run.fault else "",
        fault_values=run.fault.values if run.fault else {},
        options=run.options,
        curve=run.curve,
    )


def plan_view(plan: Plan, vehicles: Mapping[VehicleId, str], odds: FinishOdds | None) -> PlanView:
    """Return the sums of a plan; empty routes are left out."""
    return PlanView(
        id=plan.id,
        revision=plan.revision,
        made_at=plan.made_at,
        state=plan.state,
        cost=plan.cost.total,
        bound=plan.bound,
        unserved=len({left.job_id for left in plan.unserved}),
        options=plan.options,
        aside=plan.aside,
        routes=tuple(route_view(route, vehicles, odds) for route in plan.routes if route.legs),
    )


def route_view(
    route: Route, vehicles: Mapping[VehicleId, str], odds: FinishOdds | None
) -> RouteView:
    """Return the sums of one vehicle's route, which has at least one leg."""
    return RouteView(
        shift_id=route.shift_id,
        vehicle_id=route.vehicle_id,
        vehicle=vehicles.get(route.vehicle_id, ""),
        starts_at=route.legs[0].starts_at,
        ends_at=route.legs[-1].ends_at,
        end=end_of_route(route, odds),
        work_m=_length_m(route.legs, LegKind.WORK),
        drive_m=_length_m(route.legs, LegKind.DRIVE),
        reloads=sum(leg.kind is LegKind.RELOAD for leg in route.legs),
    )


def _length_m(legs: Iterable[Leg], kind: LegKind) -> float:
    return sum(leg.length_m for leg in legs if leg.kind is kind)
