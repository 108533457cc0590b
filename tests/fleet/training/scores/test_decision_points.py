"""Moments at which a new plan would have been better, by real searches in the village."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.model import Plan, PlanId, Storm
from data.model.training.rehearsal import TrainingMarkId
from data.store.database.engine import Tx
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import Start, solve_until
from fleet.training.scores.decision_points import (
    CLEAR_MIN,
    SEEN_TO,
    DecisionPoint,
    MinutesSaved,
    lateness_min,
    missed_min,
    saved_minutes,
    used_at,
)
from fleet.training.scores.decision_search import DecisionMoment, continued_plan, decision_point
from routing.problem.stopping import MaxIterations
from tests import village as v
from tests.village_plan import add_published_plan, legs_along

MINUTE = timedelta(minutes=1)
LATER = v.NOW + 2 * MINUTE
MARK = TrainingMarkId(1)
LONG_WAY = (v.ORCHARD, v.TULIP, v.RING, v.SCHOOL, v.MILL, v.MAIN_WEST, v.MAIN_EAST)
"""A route that comes to the main street last."""


def searched(prepared: Prepared, seed: int, start: Start | None) -> Plan:
    """Search a little."""
    return solve_until(prepared, MaxIterations(200), seed, lambda *_: None, start=start)


def driven(tx: Tx, storm: Storm, streets=LONG_WAY) -> Prepared:
    """Return the storm while one truck drives these streets and the other stands idle.

    All work is due twelve minutes after the plan began.
    """
    add_published_plan(tx, *legs_along(tx, streets, v.NOW, 4 * MINUTE))
    prepared = prepare(tx, storm.id, v.village(), LATER)
    due_at = v.NOW + 12 * MINUTE
    return replace(prepared, jobs=tuple(replace(job, due_at=due_at) for job in prepared.jobs))


def test_the_driven_plan_goes_on_with_its_streets_in_their_order(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    plan = continued_plan(prepared)
    first, second = plan.routes
    known = {(leg.path[0].segment_id, leg.path[0].forward) for leg in first.legs if leg.works}
    assert {(street, True) for street in LONG_WAY} <= known
    order = [leg.path[0].segment_id for leg in first.legs if leg.works and leg.path[0].forward]
    assert [street for street in order if street in LONG_WAY][: len(LONG_WAY)] == [*LONG_WAY]
    assert not [one for one in plan.unserved if one.reason == "time"]  # what is new comes behind
    assert second.shift_id != first.shift_id


def test_a_new_plan_saves_what_every_search_finds(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    point = decision_point(DecisionMoment(MARK, prepared), searched)
    assert point is not None
    late, saved = point.late_min["P1"], point.saved["P1"]
    assert 0.0 < saved.low <= saved.middle <= saved.high <= late
    assert (point.at, point.mark_id) == (LATER, MARK)
    assert point.moved > 0  # the idle truck takes over


def test_where_the_driven_plan_is_as_good_there_is_no_point(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    relaxed = replace(
        prepared,
        jobs=tuple(replace(job, due_at=LATER + 10 * 60 * MINUTE) for job in prepared.jobs),
    )
    point = decision_point(DecisionMoment(MARK, relaxed), searched)
    assert point is not None
    assert not point.clear
    assert point.most == 0.0


def test_a_search_that_had_to_end_early_says_nothing(tx: Tx, storm: Storm) -> None:
    found = iter([True, False, True])

    def search(prepared: Prepared, seed: int, start: Start) -> Plan | None:
        return start.plan if next(found) else None

    assert decision_point(DecisionMoment(MARK, driven(tx, storm)), search) is None


def test_without_a_driven_plan_there_is_nothing_to_compare_with(tx: Tx, storm: Storm) -> None:
    prepared = prepare(tx, storm.id, v.village(), LATER)
    with pytest.raises(ConflictError, match="no plan is driven"):
        continued_plan(prepared)


def test_a_street_that_is_never_done_is_late_until_the_last_shift_ends(
    tx: Tx, storm: Storm
) -> None:
    prepared = driven(tx, storm)
    plan = continued_plan(prepared)
    nobody = replace(plan, routes=(), unserved=())
    last = max(shift.ends_at for shift in prepared.shifts)
    each = (last - prepared.jobs[0].due_at) / MINUTE
    assert lateness_min(nobody, prepared)["P1"] == pytest.approx(each)


def a_point(low: float, middle: float, **changes) -> DecisionPoint:
    saved = {"P1": MinutesSaved(low, middle, middle + 5.0)}
    point = DecisionPoint(MARK, LATER, PlanId(1), {"P1": 60.0}, saved, moved=3)
    return replace(point, **changes)


def test_only_what_the_worst_search_saves_is_clear() -> None:
    assert a_point(CLEAR_MIN, 40.0).missed
    assert not a_point(CLEAR_MIN - 1.0, 40.0).clear
    assert not a_point(-5.0, 40.0).clear
    some, more = MinutesSaved(20.0, 30.0, 40.0), MinutesSaved(-40.0, -15.0, 0.0)
    little = MinutesSaved(-0.8, -0.3, 1.0)
    assert a_point(20.0, 30.0, saved={"P1": some, "P2": little}).clear
    assert not a_point(20.0, 30.0, saved={"P1": some, "P2": more}).clear
    assert not a_point(20.0, 30.0, saved={"P1": little, "P2": some}).clear


def test_only_a_class_that_every_search_makes_better_counts() -> None:
    sure, lucky = MinutesSaved(2.0, 3.0, 4.0), MinutesSaved(-0.1, 30.0, 40.0)
    for saved in ({"P1": sure, "P2": lucky}, {"P1": lucky, "P2": sure}):
        point = a_point(0.0, 0.0, saved=saved)
        assert point.clear
        assert missed_min([point]) == point.most == 3.0
    paid = {"P1": MinutesSaved(2.0, 30.0, 40.0), "P2": MinutesSaved(-1.5, 0.0, 1.0)}
    assert a_point(0.0, 0.0, saved=paid).most == 0.0  # what P2 loses is too much for it


def test_whoever_made_a_plan_soon_after_missed_nothing() -> None:
    used = used_at([LATER - MINUTE, LATER + 5 * MINUTE, LATER + 9 * MINUTE], LATER)
    assert used == LATER + 5 * MINUTE
    assert used_at([LATER + SEEN_TO + MINUTE], LATER) is None
    points = [a_point(30.0, 40.0, published_at=used), a_point(12.0, 20.0), a_point(15.0, 25.0)]
    assert missed_min(points) == 25.0
    assert missed_min([]) == 0.0


def test_minutes_saved_are_the_least_the_middle_and_the_most() -> None:
    driven_min = {"P1": 60.0, "P3": 100.0}
    found = saved_minutes(driven_min, [{"P1": 20.0}, {"P1": 30.0}, {}], ["P1", "P2"])
    assert found == {"P1": MinutesSaved(30.0, 40.0, 60.0)}
