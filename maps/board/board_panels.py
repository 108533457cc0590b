"""Panels of the dispatch board: a truck's legs and work, a street's visits and requests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    ByLanguage,
    EvidenceTotal,
    LegKind,
    RequestState,
    Route,
    SegmentId,
    ServiceRequest,
    Shift,
    Storm,
    StreetStorm,
    User,
    Vehicle,
    VehicleId,
)
from data.streets.network import StreetNetwork
from fleet.routes.plan_vs_actual import SERVED, LegState, LegTimes, RouteCheck, expected_times
from fleet.routes.route_progress import PlanCheck
from maps.routes.route_runs import RouteRunView, run_view, runs
from maps.streets.street import street_name

NEXT_RUNS = 5
"""Runs after the present one that a truck's panel tells."""


@dataclass(frozen=True, slots=True)
class WorkedView:
    """Observed work of a truck, by kind of evidence."""

    evidence: str
    passes: int
    length_m: float
    last_at: datetime


@dataclass(frozen=True, slots=True)
class TruckPanel:
    """Data of a truck's panel, beside its live state.

    `load_kg` is what its hopper should hold now, by the plan; `None` without a route. `runs` begin
    with the present one, `more` follow them, and `left_m` of work are ahead in all. The hours of
    service end at `shift_ends_at`.
    """

    vehicle_id: int
    hopper_kg: float
    load_kg: float | None
    shift_id: int | None
    shift_starts_at: datetime | None
    shift_ends_at: datetime | None
    driver: str
    phone: str
    runs: tuple[RouteRunView, ...]
    more: int
    left_m: float
    worked: tuple[WorkedView, ...]
    last_street: ByLanguage | None


@dataclass(frozen=True, slots=True)
class VisitView:
    """A leg that serves a street: truck, planned time, and expected or actual time."""

    vehicle_id: int
    vehicle: str
    leg: int
    forward: bool
    state: LegState
    starts_at: datetime
    ends_at: datetime
    expected_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class StreetRequestView:
    """A request about a street."""

    id: int
    reference: str
    kind: str
    state: RequestState
    received_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class StreetStormView:
    """Observed work on a street in one storm."""

    storm_id: int
    name: str
    started_at: datetime
    passes: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class StreetPanel:
    """Data of a street's panel, beside its color: visits, requests and earlier storms."""

    segment_id: int
    visits: tuple[VisitView, ...]
    requests: tuple[StreetRequestView, ...]
    storms: tuple[StreetStormView, ...]


def truck_panel(
    vehicle: Vehicle,
    shift: Shift | None,
    driver: User | None,
    driven: tuple[Route, RouteCheck] | None,
    worked: Iterable[EvidenceTotal],
    last_street: SegmentId | None,
    network: StreetNetwork,
) -> TruckPanel:
    """Return a truck's panel; `driven` is its route of the published plan."""
    segment = None if last_street is None else network.find(last_street)
    ahead = _ahead(*driven, network) if driven else _Ahead()
    return TruckPanel(
        vehicle_id=vehicle.id,
        hopper_kg=vehicle.hopper_kg,
        load_kg=_load_kg(vehicle, *driven) if driven else None,
        shift_id=shift.id if shift else None,
        shift_starts_at=shift.starts_at if shift else None,
        shift_ends_at=shift.ends_at if shift else None,
        driver=driver.login if driver else "",
        phone=driver.phone if driver else "",
        runs=ahead.runs,
        more=ahead.more,
        left_m=ahead.work_m,
        worked=tuple(WorkedView(*one) for one in worked),
        last_street=street_name(segment) if segment else None,
    )


def street_desk(
    segment_id: SegmentId,
    checked: PlanCheck | None,
    asked: Iterable[ServiceRequest],
    storms: Sequence[Storm],
    seen: Iterable[StreetStorm],
    vehicles: Mapping[VehicleId, str],
) -> StreetPanel:
    """Return a street's panel."""
    named = {storm.id: storm for storm in storms}
    return StreetPanel(
        segment_id=segment_id,
        visits=_visits(segment_id, checked, vehicles) if checked else (),
        requests=tuple(
            StreetRequestView(one.id, one.reference, one.kind, one.state, one.received_at, one.text)
            for one in asked
        ),
        storms=tuple(
            StreetStormView(
                one.storm_id,
                named[one.storm_id].name,
                named[one.storm_id].started_at,
                one.passes,
                one.last_at,
            )
            for one in seen
        ),
    )


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What is ahead of a truck: the next runs, how many follow those, and metres of work in all."""

    runs: tuple[RouteRunView, ...] = ()
    more: int = 0
    work_m: float = 0.0


def _ahead(route: Route, check: RouteCheck, network: StreetNetwork) -> _Ahead:
    times = expected_times(route, check)
    numbers = [
        number
        for number in range(check.next_leg, len(route.legs))
        if check.legs[number].state not in SERVED
    ]
    found = runs(route.legs, numbers, network)
    work = (route.legs[number] for number in numbers)
    return _Ahead(
        tuple(
            run_view(route.legs, one, network, lambda leg: _end_of(times.get(leg)))
            for one in found[: NEXT_RUNS + 1]
        ),
        max(len(found) - NEXT_RUNS - 1, 0),
        sum(leg.length_m for leg in work if leg.kind is LegKind.WORK),
    )


def _end_of(times: LegTimes | None) -> datetime | None:
    return None if times is None else times.ends_at


def _load_kg(vehicle: Vehicle, route: Route, check: RouteCheck) -> float:
    """Return the planned load of the hopper in kg; full before the first leg."""
    if check.next_leg == 0 or not route.legs:
        return vehicle.hopper_kg
    return route.legs[check.next_leg - 1].load_kg


def _visits(
    segment_id: SegmentId, checked: PlanCheck, vehicles: Mapping[VehicleId, str]
) -> tuple[VisitView, ...]:
    found = [
        _visit(route, check, i, segment_id, vehicles)
        for route, check in zip(checked.plan.routes, checked.routes, strict=True)
        for i, leg in enumerate(route.legs)
        if leg.kind is LegKind.WORK and any(step.segment_id == segment_id for step in leg.path)
    ]
    return tuple(sorted(found, key=lambda visit: visit.starts_at))


def _visit(
    route: Route,
    check: RouteCheck,
    number: int,
    segment_id: SegmentId,
    vehicles: Mapping[VehicleId, str],
) -> VisitView:
    leg, became = route.legs[number], check.legs[number]
    step = next(step for step in leg.path if step.segment_id == segment_id)
    return VisitView(
        vehicle_id=route.vehicle_id,
        vehicle=vehicles.get(route.vehicle_id, ""),
        leg=number,
        forward=step.forward,
        state=became.state,
        starts_at=leg.starts_at,
        ends_at=leg.ends_at,
        expected_at=_end_of(expected_times(route, check).get(number)),
        done_at=became.at,
    )
