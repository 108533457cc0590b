"""Route checks of planned and actual work, for the board and the auditor's tables."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from data.files.csv_sheet import guarded_row
from data.model import Leg, LegKind, Plan, Route, Segment, ShiftState, VehicleId
from data.streets.network import StreetNetwork
from fleet.routes.off_route import Detour
from fleet.routes.plan_vs_actual import LegCheck, LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from fleet.routes.truck_states import TruckState, TruckStatus, done_m
from maps.pages.i18n import Translator
from maps.pages.tables import BYTE_ORDER_MARK, span_text
from maps.routes.end_window import EndsAhead, EndView
from maps.streets.street import called, street_name

CHECK_COLUMNS = (
    "truck",
    "leg",
    "street",
    "leg_kind",
    "planned_start",
    "planned_end",
    "leg_state",
    "done_at",
    "done_by",
    "skip_reason",
    "late_min",
)
"""Columns of the table of legs; their headings are texts of the catalog."""

MINUTE = timedelta(minutes=1)

SHOWN = (
    LegState.DONE,
    LegState.OUT_OF_ORDER,
    LegState.BY_OTHER,
    LegState.TOLD,
    LegState.UNPROVED,
    LegState.SKIPPED,
    LegState.AHEAD,
)
"""States with their own column; work begun or passed counts as ahead."""


@dataclass(frozen=True, slots=True)
class CheckView:
    """The route check of a truck for the board; `id` is the vehicle's, times are whole minutes.

    `done_m` of `work_m` are metres of work that nobody has to come for any more, by evidence. `end`
    is the expected end as a window, `None` where nobody knows how sure it is.
    """

    id: int
    shift_id: int
    plan_id: int
    next_leg: int
    legs: int
    counts: dict[str, int]
    done_m: int
    work_m: int
    late_min: int
    planned_end: datetime | None
    ends_at: datetime | None
    end: EndView | None


@dataclass(frozen=True, slots=True)
class TruckStateView:
    """What a truck does now, and its current shift with its state by evidence; `id` is its own.

    With rests that its driver told, or that are due, and whether it was called back to the yard.
    """

    id: int
    state: TruckState
    shift_id: int | None
    shift: ShiftState | None
    resting_until: datetime | None
    rest_due_at: datetime | None
    called_back: bool


@dataclass(frozen=True, slots=True)
class LegRow:
    """A leg as a row of a truck's table."""

    number: str
    what: str
    planned: str
    state: LegState
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class LegChoice:
    """A filter of legs by state (`None` for all): the number of legs, and a link to them."""

    state: LegState | None
    words: str
    count: str
    link: str


@dataclass(frozen=True, slots=True)
class DetourRow:
    """A time off the route, as a row of a table."""

    when: str
    minutes: str
    length: str
    street: str


def check_view(plan: Plan, route: Route, check: RouteCheck, ends: EndsAhead) -> CheckView:
    """Return the check of a route for the board."""
    ends_at = check.ends_at
    return CheckView(
        id=check.vehicle_id,
        shift_id=check.shift_id,
        plan_id=plan.id,
        next_leg=check.next_leg,
        legs=len(check.legs),
        counts=_counts(route, check),
        done_m=round(done_m(route, check)),
        work_m=round(sum(leg.length_m for leg in route.legs if leg.kind is LegKind.WORK)),
        late_min=round(check.late / MINUTE),
        planned_end=check.planned_end,
        ends_at=ends_at.replace(second=0, microsecond=0) if ends_at else None,
        end=ends.of(route, check),
    )


def check_views(
    checked: PlanCheck, trucks: Iterable[TruckStatus], ends: EndsAhead
) -> list[CheckView]:
    """Return the check of the route of each truck's current shift, where the plan has one."""
    current = {truck.shift_id for truck in trucks}
    pairs = zip(checked.plan.routes, checked.routes, strict=True)
    return [
        check_view(checked.plan, route, one, ends)
        for route, one in pairs
        if one.shift_id in current
    ]


def truck_state_views(trucks: Iterable[TruckStatus]) -> list[TruckStateView]:
    """Return the state of each truck for the board."""
    return [
        TruckStateView(
            one.vehicle_id,
            one.state,
            one.shift_id,
            one.shift,
            one.resting_until,
            one.rest_due_at,
            one.called_back,
        )
        for one in trucks
    ]


def leg_choices(plan: Plan, route: Route, check: RouteCheck, t: Translator) -> list[LegChoice]:
    """Return the filters of a route's work legs: all, then each state that occurs."""
    counts = {state: count for state, count in check.counts(route).items() if count}
    base = f"/routes/{route.shift_id}?plan={plan.id}"
    everything = LegChoice(None, t("All legs"), t.number(sum(counts.values())), base)
    some = (
        LegChoice(state, t(f"leg:{state}"), t.number(counts[state]), f"{base}&only={state}")
        for state in LegState
        if state in counts
    )
    return [everything, *some]


def leg_rows(
    route: Route,
    check: RouteCheck,
    network: StreetNetwork,
    vehicles: Mapping[VehicleId, str],
    t: Translator,
) -> dict[int, LegRow]:
    """Return a row for every leg that is no mere drive, by its number from 0."""
    return {
        number: LegRow(
            number=t.number(number + 1),
            what=_what(leg, network, t),
            planned=t.time(leg.ends_at),
            state=one.state,
            words=t(f"leg:{one.state}"),
            note=_note(leg, one, vehicles, t),
        )
        for number, (leg, one) in enumerate(zip(route.legs, check.legs, strict=True))
        if leg.kind is not LegKind.DRIVE
    }


def detour_rows(
    detours: Iterable[Detour], network: StreetNetwork, t: Translator
) -> tuple[DetourRow, ...]:
    """Return a row for every time that a truck was off its route."""
    return tuple(
        DetourRow(
            when=t("{since} to {until}", since=t.time(one.since), until=t.time(one.until)),
            minutes=t.plural("{count} min", round((one.until - one.since) / MINUTE)),
            length=t("{value} km", value=round(one.length_m / 1000, 1)),
            street=_street_at(one, network, t),
        )
        for one in detours
    )


def late_minutes(late: timedelta) -> int:
    """Return how late something is in whole minutes, as pages say it and mark it by."""
    return round(late / MINUTE)


def late_text(late: timedelta, t: Translator) -> str:
    """Return how late something is, in hours and whole minutes, or how early."""
    minutes = late_minutes(late)
    if minutes == 0:
        return t("on time")
    span = span_text(abs(late.total_seconds()), t)
    return t("{span} early", span=span) if minutes < 0 else t("{span} late", span=span)


def check_csv(
    checked: PlanCheck, network: StreetNetwork, vehicles: Mapping[VehicleId, str], t: Translator
) -> str:
    """Return every leg of a plan with its actual state, as CSV."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow([t(f"column:{name}") for name in CHECK_COLUMNS])
    for route, check in zip(checked.plan.routes, checked.routes, strict=True):
        table.writerows(map(guarded_row, _csv_rows(route, check, network, vehicles, t)))
    return BYTE_ORDER_MARK + text.getvalue()


def _csv_rows(
    route: Route,
    check: RouteCheck,
    network: StreetNetwork,
    vehicles: Mapping[VehicleId, str],
    t: Translator,
) -> Iterator[Sequence[object]]:
    for number, (leg, one) in enumerate(zip(route.legs, check.legs, strict=True)):
        late = "" if one.at is None else round((one.at - leg.ends_at) / MINUTE, 1)
        yield (
            vehicles.get(route.vehicle_id, ""),
            number + 1,
            _what(leg, network, t),
            t(f"leg_kind:{leg.kind}"),
            t.stamp(leg.starts_at),
            t.stamp(leg.ends_at),
            t(f"leg:{one.state}"),
            "" if one.at is None else t.stamp(one.at),
            vehicles.get(one.vehicle_id, "") if one.vehicle_id is not None else "",
            t(f"skip:{one.reason}") if one.reason else "",
            late,
        )


def _counts(route: Route, check: RouteCheck) -> dict[str, int]:
    found = check.counts(route)
    counts = {str(state): found[state] for state in SHOWN}
    counts[LegState.AHEAD] += found[LegState.BEGUN] + found[LegState.PASSED]
    return counts


def _what(leg: Leg, network: StreetNetwork, t: Translator) -> str:
    if leg.kind in (LegKind.RELOAD, LegKind.REST):
        return t(f"leg_kind:{leg.kind}")
    names = [_name(network.find(step.segment_id), t) for step in leg.path]
    return t(", ").join(dict.fromkeys(names))


def _name(segment: Segment | None, t: Translator) -> str:
    return called(street_name(segment) if segment else {}, t)


def _note(leg: Leg, one: LegCheck, vehicles: Mapping[VehicleId, str], t: Translator) -> str:
    """Return when and by which truck a leg was done, or the reason why not."""
    if one.reason:
        return t(f"skip:{one.reason}")
    if one.at is None:
        return ""
    if one.state is LegState.BY_OTHER and one.vehicle_id is not None:
        truck = vehicles.get(one.vehicle_id, "")
        return t("at {time} by {truck}", time=t.time(one.at), truck=truck)
    return t("at {time}", time=t.time(one.at))


def _street_at(one: Detour, network: StreetNetwork, t: Translator) -> str:
    near = network.nearest(one.place, 50.0)
    return _name(network.segment(near.segment_id) if near else None, t)
