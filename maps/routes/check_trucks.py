"""Planned vs actual of a plan, a row for each truck."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from data.model import Plan, Route, VehicleId
from fleet.routes.plan_vs_actual import RouteCheck
from fleet.routes.route_progress import PlanCheck
from maps.pages.i18n import Translator
from maps.routes.check_map import RunOutcome, outcome_m
from maps.routes.end_window import EndsAhead, EndView
from maps.routes.plan_vs_actual import late_minutes, late_text
from maps.routes.run_words import said_length

MINUTE = timedelta(minutes=1)

BEHIND_MIN = 10
"""A truck that is said to be so late, or later, is marked."""


@dataclass(frozen=True, slots=True)
class TruckRow:
    """A truck as a row of a plan's table; `link` opens its runs.

    `done` is the percentage of its work in metres that nobody has to come for any more. `marks`
    are what filters ask for. `off` is the time that it was off its route.
    """

    shift_id: int
    truck: str
    link: str
    done: int
    done_words: str
    missed: str
    unproved: str
    left: str
    off: str
    late: str
    planned_end: str
    ends_at: str
    behind: bool
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TruckChoice:
    """A filter of trucks by what marks them ("" for all), and how many there are."""

    mark: str
    words: str
    count: str


def truck_rows(
    checked: PlanCheck,
    vehicles: Mapping[VehicleId, str],
    off: Mapping[VehicleId, timedelta],
    ends: EndsAhead,
    t: Translator,
) -> tuple[TruckRow, ...]:
    """Return a row for every truck with a route; `off` is the time that each was off it."""
    pairs = zip(checked.plan.routes, checked.routes, strict=True)
    rows = (
        _row(checked.plan, route, check, vehicles.get(route.vehicle_id, ""), off, ends, t)
        for route, check in pairs
        if route.legs
    )
    return tuple(sorted(rows, key=lambda row: row.truck))


def truck_choices(rows: Sequence[TruckRow], t: Translator) -> list[TruckChoice]:
    """Return the filters of trucks: all, then what marks some of them."""
    marks = (
        *(str(one) for one in (RunOutcome.MISSED, RunOutcome.UNPROVED, RunOutcome.LEFT)),
        "late",
    )
    counts = {mark: sum(mark in row.marks for row in rows) for mark in marks}
    some = (
        TruckChoice(mark, t(f"route_mark:{mark}"), t.number(counts[mark]))
        for mark in marks
        if counts[mark]
    )
    return [TruckChoice("", t("All trucks"), t.number(len(rows))), *some]


def _row(
    plan: Plan,
    route: Route,
    check: RouteCheck,
    truck: str,
    off: Mapping[VehicleId, timedelta],
    ends: EndsAhead,
    t: Translator,
) -> TruckRow:
    metres = outcome_m(route, check)
    work_m = sum(metres.values())
    done = int(metres[RunOutcome.DONE] / work_m * 100) if work_m else 100
    away = off.get(route.vehicle_id, timedelta(0))
    behind = late_minutes(check.late) >= BEHIND_MIN
    late = late_text(check.late, t)
    return TruckRow(
        shift_id=route.shift_id,
        truck=truck,
        link=f"/routes/{route.shift_id}?plan={plan.id}",
        done=done,
        done_words=t("{value} %", value=done),
        missed=_far(metres[RunOutcome.MISSED], t),
        unproved=_far(metres[RunOutcome.UNPROVED], t),
        left=_far(metres[RunOutcome.LEFT], t),
        off=t.plural("{count} min", round(away / MINUTE)) if away else "–",
        late=f"{t('over')} · {late}" if check.over else late,
        planned_end=t.time(check.planned_end) if check.planned_end else "–",
        ends_at=_end_text(check, ends.of(route, check), t),
        behind=behind,
        marks=tuple(_marks(metres, behind=behind)),
    )


def _end_text(check: RouteCheck, end: EndView | None, t: Translator) -> str:
    if end is not None:
        return t.times(end.earliest_at, end.latest_at)
    return t.time(check.ends_at) if check.ends_at else "–"


def _marks(metres: Mapping[RunOutcome, float], *, behind: bool) -> Iterator[str]:
    yield from (
        one for one in (RunOutcome.MISSED, RunOutcome.UNPROVED, RunOutcome.LEFT) if metres[one] > 0
    )
    if behind:
        yield "late"


def _far(metres: float, t: Translator) -> str:
    return said_length(metres, t) if metres > 0 else "–"
