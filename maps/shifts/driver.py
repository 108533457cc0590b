"""Views for drivers' phones, and of drivers for the board; only maneuvers are in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from data.model import (
    AnswerState,
    Blockage,
    ByLanguage,
    Leg,
    LegOutcome,
    LegProgress,
    PlanId,
    RouteAnswer,
    Shift,
    ShiftState,
    Storm,
    UserId,
    Vehicle,
    VehicleId,
)
from data.model.roster import VehicleCheck
from data.model.work import SkipReason
from data.policy.hours_rules import HoursRules
from data.streets.network import StreetNetwork
from fleet.logbook.service_hours import ServiceHours
from fleet.routes.proved_legs import ProvedLegs
from fleet.shifts.route_answers import RouteAnswerState, answer_state_of
from maps.guidance.driver_runs import DriverRun
from maps.guidance.run_groups import RunGroup
from maps.pages.wall import PrivateText, has_private_texts
from maps.routes.end_window import EndView
from maps.shifts.vehicle_check import CheckPointView, VehicleCheckView, check_view
from maps.streets.street import street_name


@has_private_texts
@dataclass(frozen=True, slots=True)
class ProgressView:
    """Progress of a shift in legs, as its driver tapped them; `id` is the shift's.

    `street` is where the next leg begins, `reason` why the last one was left out, if it was.
    `answer` is how the route stands with its driver, with his reason and words where he declined,
    `check` what he found before the shift.
    """

    id: int
    vehicle_id: int
    state: ShiftState
    driver: PrivateText
    plan_id: int | None
    done: int
    skipped: int
    total: int
    kind: str
    street: ByLanguage | None
    reason: str
    at: datetime | None
    starts_at: datetime
    ends_at: datetime
    answer: RouteAnswerState
    declined: str
    words: PrivateText
    answered_at: datetime | None
    check: VehicleCheckView | None


@dataclass(frozen=True, slots=True)
class RouteAnswerView:
    """A driver's answer to a route, for the phone."""

    plan_id: int
    state: AnswerState
    reason: str
    text: str
    at: datetime
    by: str


@has_private_texts
@dataclass(frozen=True, slots=True)
class BlockageView:
    """What a driver reported of a street, for the board; a place is known to `accuracy_m`."""

    id: int
    reason: SkipReason
    segment_id: int
    names: ByLanguage
    shift_id: int
    vehicle_id: int
    vehicle: str
    reported_at: datetime
    lon: float
    lat: float
    accuracy_m: float | None
    text: PrivateText
    photo: bool
    voice: bool
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoursView:
    """When a rest is due if the truck goes on, and since when its driver rests, if he does.

    A rest takes `rest_s`, and after it one may work `without_rest_s`.
    """

    rest_due_at: datetime
    resting_since: datetime | None
    rest_s: float
    without_rest_s: float


@dataclass(frozen=True, slots=True)
class DriveView:
    """A shift with its whole route, as the driver's phone stores it.

    `next_leg` is the first one ahead by what is proved and tapped; the phone begins there.
    `points` are to be checked before the shift, `check` is what was found. `end` is when the route
    will be over, where that is known. `groups` are the stages
    as one speaks of them, a quarter being one. Who is `called_back` to the yard is asked nothing of
    a route any more.
    """

    now: datetime
    shift_id: int
    state: ShiftState
    starts_at: datetime
    ends_at: datetime
    storm: str
    vehicle: str
    machine: str
    plan_id: int | None
    revision: int | None
    answer: RouteAnswerView | None
    next_leg: int
    end: EndView | None
    stages: tuple[DriverRun, ...]
    points: tuple[CheckPointView, ...]
    check: VehicleCheckView | None
    hours: HoursView
    called_back: bool
    groups: tuple[RunGroup, ...]


@dataclass(frozen=True, slots=True)
class TruckPlace:
    """Where the machine's own tracker saw it, and when."""

    lon: float
    lat: float
    heading_deg: float | None
    speed_mps: float | None
    fixed_at: datetime


@dataclass(frozen=True, slots=True)
class ProvedRoute:
    """What of a route is proved by now, and where its machine is, for a phone that leads.

    `track` is where the machine's own tracker saw it since the phone was told, the oldest first. It
    is empty where only the phone itself tells its place. `plan_id` shows whether the route is
    still the one that the phone has, and `closed` whether its closed streets are.
    """

    now: datetime
    plan_id: int | None
    closed: str
    next_leg: int
    proved: tuple[ProvedLegs, ...]
    track: tuple[TruckPlace, ...]


class PhoneRoute(NamedTuple):
    """The route of a shift, its plan, the plan's number in the storm, and the driver's answer."""

    plan_id: PlanId | None
    revision: int | None
    answer: RouteAnswer | None
    next_leg: int
    end: EndView | None
    stages: tuple[DriverRun, ...]
    groups: tuple[RunGroup, ...]


class DriverSaid(NamedTuple):
    """What the driver of a shift said of its route and of its machine, if anything."""

    answer: RouteAnswer | None = None
    check: VehicleCheck | None = None


class PhoneDuty(NamedTuple):
    """What is checked before the shift and was found, when to rest, and whether to come back."""

    points: tuple[CheckPointView, ...]
    check: VehicleCheckView | None
    hours: HoursView
    called_back: bool


def drive_view(
    shift: Shift,
    storm: Storm,
    vehicle: Vehicle,
    route: PhoneRoute,
    duty: PhoneDuty,
    now: datetime,
) -> DriveView:
    """Return a shift for the driver's phone."""
    return DriveView(
        now=now,
        shift_id=shift.id,
        state=shift.state,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        storm=storm.name,
        vehicle=vehicle.name,
        machine=vehicle.type,
        plan_id=route.plan_id,
        revision=route.revision,
        answer=answer_view(route.answer) if route.answer else None,
        next_leg=route.next_leg,
        end=route.end,
        stages=route.stages,
        points=duty.points,
        check=duty.check,
        hours=duty.hours,
        called_back=duty.called_back,
        groups=route.groups,
    )


def hours_view(hours: ServiceHours, rules: HoursRules) -> HoursView:
    """Return a driver's hours of service for the phone."""
    return HoursView(
        rest_due_at=hours.rest_due_at,
        resting_since=hours.resting_since,
        rest_s=rules.rest.total_seconds(),
        without_rest_s=rules.without_rest.total_seconds(),
    )


def answer_view(answer: RouteAnswer) -> RouteAnswerView:
    """Return the driver's answer to a route, for the phone."""
    return RouteAnswerView(
        plan_id=answer.plan_id,
        state=answer.state,
        reason=answer.reason or "",
        text=answer.text,
        at=answer.at,
        by=answer.by,
    )


def progress_view(
    shift: Shift,
    plan_id: PlanId | None,
    legs: Sequence[Leg],
    progress: Iterable[LegProgress],
    said: DriverSaid,
    drivers: Mapping[UserId, str],
    network: StreetNetwork,
) -> ProgressView:
    """Return the progress of a shift; `legs` are those of its published route."""
    answer = said.answer
    over = {each.leg: each for each in progress}
    done = [i for i, each in over.items() if each.state is LegOutcome.DONE and i < len(legs)]
    ahead = next((leg for i, leg in enumerate(legs) if i not in over), None)
    ended = [(each.ended_at, each.leg, each) for each in over.values() if each.ended_at]
    last = max(ended, key=lambda each: each[:2])[2] if ended else None
    segment = network.segment(ahead.path[0].segment_id) if ahead and ahead.path else None
    return ProgressView(
        id=shift.id,
        vehicle_id=shift.vehicle_id,
        state=shift.state,
        driver=drivers.get(shift.driver_id, "") if shift.driver_id is not None else "",
        plan_id=plan_id,
        done=len(done),
        skipped=sum(each.state is LegOutcome.SKIPPED for each in over.values()),
        total=len(legs),
        kind=ahead.kind if ahead else "",
        street=street_name(segment) if segment else None,
        reason=last.reason if last else "",
        at=last.ended_at if last else None,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        answer=answer_state_of(shift, legs, answer),
        declined=(answer.reason or "") if answer else "",
        words=answer.text if answer else "",
        answered_at=answer.at if answer else None,
        check=check_view(said.check),
    )


def blockage_view(
    found: Blockage, network: StreetNetwork, vehicles: Mapping[VehicleId, str]
) -> BlockageView:
    """Return a report for the board, without the driver's name."""
    segment = network.find(found.segment_id)
    name = street_name(segment) if segment else {}
    return BlockageView(
        id=found.id,
        reason=found.reason,
        segment_id=found.segment_id,
        names=name,
        shift_id=found.shift_id,
        vehicle_id=found.vehicle_id,
        vehicle=vehicles.get(found.vehicle_id, ""),
        reported_at=found.reported_at,
        lon=found.location.lon,
        lat=found.location.lat,
        accuracy_m=found.accuracy_m,
        text=found.text,
        photo=bool(found.photo),
        voice=bool(found.voice),
        cleared_at=found.cleared_at,
    )
