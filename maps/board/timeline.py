"""The timeline of a plan: routes as rows of bars, and the actual state of each bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import (
    DirectedSegment,
    Leg,
    LegKind,
    LonLat,
    Plan,
    PlanId,
    PlanState,
    Route,
    VehicleId,
)
from data.streets.network import StreetNetwork
from fleet.routes.plan_vs_actual import LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from maps.board.section_colors import section_colors
from maps.board.section_marks import section_marks
from maps.pages.style import TRUCK_COLORS
from maps.routes.end_window import EndsAhead, EndView

SECOND = timedelta(seconds=1)

KIND_LETTERS: Mapping[LegKind, str] = {
    LegKind.DRIVE: "d",
    LegKind.WORK: "w",
    LegKind.RELOAD: "l",
    LegKind.REST: "r",
}
"""One letter per leg: a plan has tens of thousands of them."""

STATE_LETTERS: Mapping[LegState, str] = {
    LegState.DONE: "d",
    LegState.OUT_OF_ORDER: "o",
    LegState.BY_OTHER: "b",
    LegState.TOLD: "t",
    LegState.UNPROVED: "u",
    LegState.SKIPPED: "s",
    LegState.BEGUN: "g",
    LegState.PASSED: "p",
    LegState.AHEAD: "a",
}


@dataclass(frozen=True, slots=True)
class LaneView:
    """A truck's row. Leg `i` is `kinds[i]`, from `starts_s[i]` to `ends_s[i]` after `begins_at`.

    `streets[i]` are the streets that it works on, none where it only drives; `ways` has a letter
    for each of them in this order, `f` forward or `b` backward. `loads_kg[i]` is what the hopper
    holds after it. `marks` are places for the truck's name at its sections, the best first; `color`
    is the number of their color.
    """

    shift_id: int
    vehicle_id: int
    vehicle: str
    begins_at: datetime
    kinds: str
    starts_s: list[int]
    ends_s: list[int]
    streets: list[list[int]]
    ways: str
    marks: list[LonLat]
    color: int
    loads_kg: list[int]


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A plan as rows of bars, of trucks with work; `kinds` is the kind of leg by letter."""

    plan_id: int
    revision: int
    state: PlanState
    kinds: dict[str, str]
    lanes: list[LaneView]


@dataclass(frozen=True, slots=True)
class LaneDone:
    """Actual state of a row: a letter for each leg in `states`; `done` has `[leg, second]`.

    `end` is the expected end as a window, `None` where nobody knows how sure it is.
    """

    shift_id: int
    vehicle_id: int
    begins_at: datetime
    next_leg: int
    late_s: int
    ends_at: datetime | None
    end: EndView | None
    states: str
    done: list[list[int]]


@dataclass(frozen=True, slots=True)
class DoneView:
    """Actual state of every row of the driven plan; `states` is the state by letter."""

    plan_id: PlanId | None
    states: dict[str, str]
    lanes: list[LaneDone]


def timeline_view(
    plan: Plan, vehicles: Mapping[VehicleId, str], network: StreetNetwork
) -> TimelineView:
    """Return the timeline of a plan."""
    routes = [route for route in plan.routes if route.legs]
    works: dict[VehicleId, list[DirectedSegment]] = {}
    for route in routes:
        works.setdefault(route.vehicle_id, []).extend(_work(route))
    colors = section_colors(works, network, len(TRUCK_COLORS))
    return TimelineView(
        plan_id=plan.id,
        revision=plan.revision,
        state=plan.state,
        kinds={letter: str(kind) for kind, letter in KIND_LETTERS.items()},
        lanes=[_lane(route, vehicles, network, colors[route.vehicle_id]) for route in routes],
    )


def done_view(checked: PlanCheck | None, ends: EndsAhead) -> DoneView:
    """Return the actual state of the driven plan's bars; no rows while no plan is driven."""
    pairs = zip(checked.plan.routes, checked.routes, strict=True) if checked else ()
    return DoneView(
        plan_id=checked.plan.id if checked else None,
        states={letter: str(state) for state, letter in STATE_LETTERS.items()},
        lanes=[_done(route, check, ends) for route, check in pairs if route.legs],
    )


def _lane(
    route: Route, vehicles: Mapping[VehicleId, str], network: StreetNetwork, color: int
) -> LaneView:
    begins_at = route.legs[0].starts_at
    return LaneView(
        shift_id=route.shift_id,
        vehicle_id=route.vehicle_id,
        vehicle=vehicles.get(route.vehicle_id, ""),
        begins_at=begins_at,
        kinds="".join(KIND_LETTERS[leg.kind] for leg in route.legs),
        starts_s=[_seconds(begins_at, leg.starts_at) for leg in route.legs],
        ends_s=[_seconds(begins_at, leg.ends_at) for leg in route.legs],
        streets=[_streets(leg) for leg in route.legs],
        ways="".join("f" if step.forward else "b" for step in _work(route)),
        marks=section_marks(_work(route), network),
        color=color,
        loads_kg=[round(leg.load_kg) for leg in route.legs],
    )


def _done(route: Route, check: RouteCheck, ends: EndsAhead) -> LaneDone:
    begins_at = route.legs[0].starts_at
    return LaneDone(
        shift_id=route.shift_id,
        vehicle_id=route.vehicle_id,
        begins_at=begins_at,
        next_leg=check.next_leg,
        late_s=round(check.late / SECOND),
        ends_at=check.ends_at,
        end=ends.of(route, check),
        states="".join(STATE_LETTERS[leg.state] for leg in check.legs),
        done=[
            [i, _seconds(begins_at, leg.at)]
            for i, leg in enumerate(check.legs)
            if leg.at is not None
        ],
    )


def _work(route: Route) -> list[DirectedSegment]:
    return [step for leg in route.legs if leg.kind is LegKind.WORK for step in leg.path]


def _streets(leg: Leg) -> list[int]:
    return [step.segment_id for step in leg.path] if leg.kind is LegKind.WORK else []


def _seconds(since: datetime, moment: datetime) -> int:
    return round((moment - since) / SECOND)
