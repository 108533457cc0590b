"""Comparison of two plans: a row for each figure, with a mark and words for the better one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import Plan, PlanId, PlanState
from fleet.planning.plan_comparison import Comparison, PlanMeasures
from fleet.planning.plan_summary import ClassOutcome
from maps.pages.i18n import Translator
from maps.planning.plan_words import gap_of, gap_words, moment_words, share_words


@dataclass(frozen=True, slots=True)
class CellView:
    """A figure of one plan, as a number or time (if it is one) and in words."""

    value: float | None
    at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class ComparisonRowView:
    """A figure of both plans; `better` is `first`, `second`, or empty."""

    key: str
    label: str
    first: CellView
    second: CellView
    better: str


@dataclass(frozen=True, slots=True)
class SideView:
    """One of two plans; `good_until` is a sentence, empty unless it is a draft."""

    plan_id: PlanId
    revision: int
    made_at: datetime
    state: PlanState
    name: str
    scope: str
    good_until: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """Two plans of a storm; `basis` and `changes` are sentences."""

    first: SideView
    second: SideView
    since: datetime
    basis: str
    changes: tuple[str, ...]
    rows: tuple[ComparisonRowView, ...]


def comparison_view(
    plans: tuple[Plan, Plan],
    scopes: tuple[str, str],
    good_until: tuple[datetime | None, datetime | None],
    found: Comparison,
    t: Translator,
) -> ComparisonView:
    """Return the comparison of two plans.

    `scopes` are the scopes of each, `good_until` says until when each can be published.
    """
    first, second = plans
    moment = moment_words(found.since, first.made_at, t)
    return ComparisonView(
        first=_side(first, scopes[0], good_until[0], t),
        second=_side(second, scopes[1], good_until[1], t),
        since=found.since,
        basis=t("Both are measured from {time} on, over the work that is in both.", time=moment),
        changes=tuple(_changes(found, t)),
        rows=(*_class_rows(found, t), *_rows(plans, found, t)),
    )


def plan_name(revision: int, made_at: datetime, state: PlanState, t: Translator) -> str:
    """Return the name of a plan in a list of choices."""
    shown = {"revision": revision, "time": t.time(made_at), "state": t(f"plan:{state}")}
    return t("Plan {revision}, {time}, {state}", **shown)


def _side(plan: Plan, scope: str, good_until: datetime | None, t: Translator) -> SideView:
    name = plan_name(plan.revision, plan.made_at, plan.state, t)
    until = ""
    if good_until is not None:
        until = t("Good until {time}", time=moment_words(good_until, plan.made_at, t))
    return SideView(plan.id, plan.revision, plan.made_at, plan.state, name, scope, until)


def _changes(found: Comparison, t: Translator) -> Iterator[str]:
    changes = found.changes
    if not (changes.moved or changes.trucks):
        yield t("No truck drives another way than in the first plan.")
    else:
        yield t.plural("{count} trucks clear other streets or in another order.", changes.trucks)
        yield t.plural("{count} streets go to another truck.", changes.moved)
    if changes.only_first:
        yield t.plural("{count} jobs are in the first plan only.", changes.only_first)
    if changes.only_second:
        yield t.plural("{count} jobs are in the second plan only.", changes.only_second)


def _class_rows(found: Comparison, t: Translator) -> Iterator[ComparisonRowView]:
    for each in t.classes_in_order(found.first.classes.keys() | found.second.classes.keys()):
        outcomes = found.first.classes.get(each), found.second.classes.get(each)
        name = t.named("short", each)
        shares = [_share(one.in_time_share if one else None, t) for one in outcomes]
        yield _row(f"in_time_{each}", t("{name} in time", name=name), shares, more=True)
        ends = [_finish(one, found.since, t) for one in outcomes]
        yield _row(f"finish_{each}", t("{name} finished", name=name), ends, more=False)


def _rows(
    plans: tuple[Plan, Plan], found: Comparison, t: Translator
) -> Iterator[ComparisonRowView]:
    both = found.first, found.second
    for reason in sorted(found.first.unserved.keys() | found.second.unserved.keys()):
        counts = [_count(one.unserved.get(reason, 0), t) for one in both]
        yield _row(f"unserved_{reason}", t(f"unserved:{reason}"), counts, more=False)
    for key, label, cell, more in FIGURES:
        yield _row(key, t(label), [cell(one, t) for one in both], more=more)
    homes = [_time(one.last_home_at, found.since, t) for one in both]
    yield _row("last_home", t("Last machine back at yard"), homes, more=False)
    gaps = [gap_of(plan.cost.total, plan.bound) for plan in plans]
    cells = [CellView(gap, None, gap_words(gap, t)) for gap in gaps]
    yield _row("gap", t("Distance from optimum"), cells, more=None)


def _row(
    key: str, label: str, cells: Sequence[CellView], *, more: bool | None
) -> ComparisonRowView:
    """Return a row; `more` is whether more is better, `None` where neither is."""
    first, second = cells
    return ComparisonRowView(key, label, first, second, _better(first, second, more=more))


def _better(first: CellView, second: CellView, *, more: bool | None) -> str:
    """Return which cell is better, by the values as shown; equal texts are equally good."""
    if more is None or first.words == second.words:
        return ""
    values = [each.at.timestamp() if each.at else each.value for each in (first, second)]
    one, other = values
    if one is None or other is None:
        return "" if one is other else "first" if other is None else "second"
    return "first" if (one > other) is more else "second"


def _share(share: float | None, t: Translator) -> CellView:
    if share is None:
        return CellView(None, None, t("not in it"))
    return CellView(share, None, share_words(share, t))


def _finish(outcome: ClassOutcome | None, since: datetime, t: Translator) -> CellView:
    if outcome is None:
        return CellView(None, None, t("not in it"))
    if outcome.finish_at is None:
        return CellView(None, None, t("not completely"))
    return _time(outcome.finish_at, since, t)


def _time(at: datetime | None, since: datetime, t: Translator) -> CellView:
    return CellView(None, at, "–" if at is None else moment_words(at, since, t))


def _count(count: int, t: Translator) -> CellView:
    return CellView(float(count), None, t.number(count))


type _Cell = Callable[[PlanMeasures, Translator], CellView]


def _km(measure: Callable[[PlanMeasures], float]) -> _Cell:
    return lambda one, t: CellView(
        measure(one), None, t("{value} km", value=t.number(measure(one), 1))
    )


def _hours(measure: Callable[[PlanMeasures], float]) -> _Cell:
    return lambda one, t: CellView(
        measure(one), None, t("{value} h", value=t.number(measure(one), 1))
    )


def _number(measure: Callable[[PlanMeasures], float]) -> _Cell:
    return lambda one, t: CellView(measure(one), None, t.number(measure(one)))


def _kilograms(measure: Callable[[PlanMeasures], float]) -> _Cell:
    return lambda one, t: CellView(measure(one), None, t("{value} kg", value=measure(one)))


FIGURES: tuple[tuple[str, str, _Cell, bool | None], ...] = (
    ("jobs", "Streets to clear", _number(lambda one: one.jobs), None),
    ("work", "Cleared on the way", _km(lambda one: one.work_km), None),
    ("deadhead", "Driven without clearing", _km(lambda one: one.deadhead_km), False),
    (
        "deadhead_share",
        "Deadhead share",
        lambda one, t: _share(one.deadhead_share, t),
        False,
    ),
    ("hours", "Machine hours", _hours(lambda one: one.hours), False),
    ("longest", "Longest route", _hours(lambda one: one.longest_h), False),
    ("spread", "Between the longest and the shortest", _hours(lambda one: one.spread_h), False),
    ("machines", "Machines that go out", _number(lambda one: one.machines), None),
    ("reloads", "Reloads", _number(lambda one: one.reloads), False),
    ("salt", "Salt", _kilograms(lambda one: one.salt_kg), None),
)
"""Rows of numbers: key, text, cell, and whether more is better."""
