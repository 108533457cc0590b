"""Moments at which a new plan would have been better, by real searches in the village."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.model import Plan, PlanId, Route, SegmentId, ShiftId, Storm, Unserved, VehicleId
from data.model.training.rehearsal import TrainingMarkId
from data.store.database.engine import Tx
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import Start, solve_until
from fleet.training.scores.decision_points import (
    CLEAR_MIN,
    USED_SHARE,
    DecisionPoint,
    MinutesSaved,
    lateness_min,
    missed_min,
    saved_minutes,
)
from fleet.training.scores.decision_search import (
    Continuation,
    DecisionMoment,
    continued_plan,
    decision_point,
)
from fleet.training.scores.driven_plans import PublishedPlan, plans_driven, published_between
from routing.problem.stopping import MaxIterations
from tests import village as v
from tests.village_plan import a_plan, add_published_plan, legs_along

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


def streets_of(route: Route) -> list[SegmentId]:
    """Return the streets that a route works on along their geometry, in its order."""
    return [leg.path[0].segment_id for leg in route.legs if leg.works and leg.path[0].forward]


def test_the_driven_plan_goes_on_with_its_streets_in_their_order(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    plan = continued_plan(prepared)
    first, second = plan.routes
    known = {(leg.path[0].segment_id, leg.path[0].forward) for leg in first.legs if leg.works}
    assert {(street, True) for street in LONG_WAY} <= known
    assert [street for street in streets_of(first) if street in LONG_WAY][: len(LONG_WAY)] == [
        *LONG_WAY
    ]
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


def test_only_a_plan_that_brings_about_what_every_search_does_uses_a_moment() -> None:
    soon = LATER + 5 * MINUTE
    enough, little = USED_SHARE * 30.0, USED_SHARE * 30.0 - 1.0
    used = a_point(30.0, 40.0, published_at=soon, brought={"P1": enough, "P2": -1.0})
    assert (used.missed, missed_min([used])) == (False, 0.0)
    some = a_point(30.0, 40.0, published_at=soon, brought={"P1": little})
    assert (some.missed, missed_min([some])) == (True, 40.0 - little)
    for nothing in ({}, {"P1": -20.0}, {"P1": 0.0}, {"P1": enough, "P2": -enough}):
        assert a_point(30.0, 40.0, published_at=soon, brought=nothing).most == 40.0
    points = [used, a_point(12.0, 20.0), a_point(15.0, 25.0)]
    assert missed_min(points) == 25.0
    assert missed_min([]) == 0.0


def test_a_publication_that_changes_nothing_does_not_use_the_moment(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    soon = LATER + 5 * MINUTE
    same = PublishedPlan(soon, continued_plan(prepared))
    point = decision_point(DecisionMoment(MARK, prepared, (same,)), searched)
    assert point is not None
    assert (point.published_at, point.missed) == (soon, True)
    assert point.brought["P1"] == pytest.approx(0.0, abs=0.1)
    better = PublishedPlan(soon + MINUTE, searched(prepared, 9, None))
    used = decision_point(DecisionMoment(MARK, prepared, (same, better)), searched)
    assert used is not None
    assert used.clear
    assert (used.published_at, used.missed) == (soon + MINUTE, False)
    assert used.brought["P1"] >= USED_SHARE * used.saved["P1"].low


def test_where_searches_find_nothing_a_draft_that_waits_is_known_to_be_better(
    tx: Tx, storm: Storm
) -> None:
    prepared = driven(tx, storm)
    same, draft = continued_plan(prepared), searched(prepared, 9, None)

    def finds_nothing(prepared: Prepared, seed: int, start: Start) -> Plan:
        return start.plan

    alone = decision_point(DecisionMoment(MARK, prepared, drafts=(same,)), finds_nothing)
    assert alone is not None
    assert not alone.clear
    waited = decision_point(DecisionMoment(MARK, prepared, drafts=(same, draft)), finds_nothing)
    assert waited is not None
    assert waited.missed
    low, middle, high = waited.saved["P1"]
    assert 0.0 < low == middle == high <= waited.late_min["P1"]


def test_who_stops_waits_for_no_published_plan_to_be_timed(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    moment = DecisionMoment(MARK, prepared, (PublishedPlan(LATER, a_plan()),))
    assert decision_point(moment, searched, hurried=lambda: True) is None


def test_until_a_later_plan_takes_over_the_driven_one_is_followed(tx: Tx, storm: Storm) -> None:
    prepared = driven(tx, storm)
    goes_on = Continuation(prepared)
    main = legs_along(tx, (v.MAIN_WEST, v.MAIN_EAST), LATER)
    (mill,) = legs_along(tx, (v.MILL,))
    own = (Route(ShiftId(1), VehicleId(1), (mill,)), Route(ShiftId(2), VehicleId(2), (*main,)))
    (school,) = legs_along(tx, (v.SCHOOL,))
    undone = tuple(Unserved(job, "time") for job in school.job_ids)
    later = a_plan(routes=own, unserved=undone)
    first, second = goes_on.plan(goes_on.followed_by(goes_on.stops, later)).routes
    assert streets_of(first)[:4] == [v.ORCHARD, v.TULIP, v.RING, v.MILL]
    assert streets_of(second)[:2] == [v.MAIN_WEST, v.MAIN_EAST]


def test_plans_of_the_half_hour_after_a_moment_may_have_used_it(tx: Tx, storm: Storm) -> None:
    plan = add_published_plan(tx, *legs_along(tx, LONG_WAY, v.NOW, 4 * MINUTE))
    ((at, found),) = published_between(tx, storm, (), v.NOW - MINUTE, v.NOW)
    assert (at, found.id) == (v.NOW, plan.id)
    assert published_between(tx, storm, (), v.NOW + MINUTE, v.NOW + 2 * MINUTE) == []


def test_what_was_published_while_the_clock_stood_at_a_mark_answers_it(
    tx: Tx, storm: Storm
) -> None:
    known = plans_driven(tx, storm)
    plan = add_published_plan(tx, *legs_along(tx, LONG_WAY, v.NOW, 4 * MINUTE))
    ((at, found),) = published_between(tx, storm, known, v.NOW, v.NOW + MINUTE)
    assert (at, found.id) == (v.NOW, plan.id)
    # published at that very time too, but before the mark was set
    known = plans_driven(tx, storm)
    assert published_between(tx, storm, known, v.NOW, v.NOW + MINUTE) == []


def test_minutes_saved_are_the_least_the_middle_and_the_most() -> None:
    driven_min = {"P1": 60.0, "P3": 100.0}
    found = saved_minutes(driven_min, [{"P1": 20.0}, {"P1": 30.0}, {}], ["P1", "P2"])
    assert found == {"P1": MinutesSaved(30.0, 40.0, 60.0)}
