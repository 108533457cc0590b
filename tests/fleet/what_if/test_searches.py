from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import Plan, Storm
from data.store.database.engine import Tx
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.planning.plan_solving import Start, solve_prepared, solve_until
from fleet.what_if import searches
from fleet.what_if.answer import no_worse, outcome_json, spread_min
from fleet.what_if.question import HOLDS, machines_of
from fleet.what_if.searches import (
    FIRST_SEED,
    FROM_NOTHING,
    KNOWN_SHARE,
    LARGE,
    KnownBase,
    base_of,
    known_share,
    with_change,
)
from routing.check.referee import violations
from routing.planning.problem_mapping import problem_from
from routing.planning.warm_start import no_later_than, start_from
from routing.problem.stopping import MaxIterations
from routing.replanning.path_cache import cached_line_graph
from routing.replanning.rearrangement import scheduled
from tests import village as v
from tests.fleet.what_if.conftest import LATER
from tests.village_plan import add_published_plan, legs_along

TYPE = v.a_vehicle(1).type


def first_routes(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
    """Search as little as there is."""
    return solve_prepared(prepared, 1.0, seed, lambda *_: None, lambda: True, start=start)


def an_hour_late(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
    """Find what nobody wants: everything an hour later, at no cost."""
    plan, late = first_routes(prepared, seed, None, share), timedelta(hours=1)
    routes = tuple(
        replace(
            route,
            legs=tuple(replace(leg, ends_at=leg.ends_at + late) for leg in route.legs),
        )
        for route in plan.routes
    )
    return replace(plan, routes=routes, cost=replace(plan.cost, total=0.0))


@pytest.mark.parametrize("more", [1, 2, 5])
@pytest.mark.parametrize("solve", [first_routes, an_hour_late])
def test_more_machines_are_never_answered_worse_in_any_class(prepared, more, solve) -> None:
    base = base_of(prepared, first_routes)
    result = with_change(base, {TYPE: more}, solve)
    assert no_worse(result.found, result.base)
    machines = (result.found["machines"], result.base["machines"])
    assert (*machines, result.without) == (2 + more, 2, [])


def test_a_search_that_finds_less_leaves_the_times_of_the_smaller_fleet(prepared) -> None:
    base = base_of(prepared, first_routes)
    result = with_change(base, {TYPE: 1}, an_hour_late)
    assert result.found["finish"] == base.outcome["finish"]


def test_fewer_machines_are_never_answered_better_in_any_class(prepared) -> None:
    base = base_of(prepared, an_hour_late)
    result = with_change(base, {TYPE: -1}, first_routes)
    assert all(result.base["finish"][name] <= at for name, at in result.found["finish"].items())
    assert result.base["finish"] != base.outcome["finish"]


def test_the_fleet_as_it_is_stays_what_it_was_whatever_is_asked(prepared) -> None:
    base = base_of(prepared, first_routes)
    before = deepcopy(base.outcome)
    for change in ({TYPE: 2}, {TYPE: -1}):
        with_change(base, change, first_routes)
    assert base.outcome == before
    assert machines_of(base.prepared)[TYPE] == 2


def test_of_fewer_machines_the_work_of_those_that_go_is_given_away(prepared) -> None:
    base = base_of(prepared, first_routes)
    result = with_change(base, {TYPE: -1}, first_routes)
    assert (result.without, result.found["machines"]) == (["Truck 2"], 1)
    assert result.found["unserved"] == base.outcome["unserved"]


def test_both_fleets_are_searched_on_from_the_same_plan(prepared) -> None:
    begun: list[Start | None] = []
    shares: list[float] = []

    def heard(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
        begun.append(start)
        shares.append(share)
        return first_routes(prepared, seed, start, share)

    base = base_of(prepared, heard)
    with_change(base, {TYPE: 1}, heard)
    assert begun[0] is None
    assert [start.plan for start in begun[1:] if start] == [base.first, base.first]
    assert shares == [*FROM_NOTHING, 1.0]
    assert known_share(prepared, {TYPE: -1}) == 1.0
    assert known_share(prepared, {TYPE: 1}) == (1.0 - FROM_NOTHING.first) * FROM_NOTHING.second


def test_a_large_city_has_time_for_one_search_of_each_fleet(prepared, monkeypatch) -> None:
    monkeypatch.setattr(searches, "MANY_JOBS", len(prepared.jobs) - 1)
    shares: list[float] = []

    def heard(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
        shares.append(share)
        return first_routes(prepared, seed, start, share)

    base = base_of(prepared, heard)
    with_change(base, {TYPE: 1}, heard, known_share(prepared, {TYPE: 1}))
    assert base.plan is base.first
    assert set(base.outcome["spread_min"].values()) == {0.0}
    assert shares == [LARGE.first, KNOWN_SHARE]


def test_fewer_machines_cost_more_once_both_fleets_are_searched(prepared) -> None:
    """First routes alone, without a search, are no better with two trucks than with one."""

    def searched(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
        return solve_until(prepared, MaxIterations(2_000), seed, lambda *_: None, start=start)

    result = with_change(base_of(prepared, searched), {TYPE: -1}, searched)
    assert result.found["cost"] > result.base["cost"]
    assert all(at <= result.found["finish"][name] for name, at in result.base["finish"].items())


def test_a_search_begins_from_the_published_plan(tx: Tx, storm: Storm) -> None:
    published = add_published_plan(tx, *legs_along(tx, ((v.MAIN_WEST, True),)))
    begun: list[Start | None] = []

    def heard(prepared: Prepared, seed: int, start: Start | None, share: float) -> Plan:
        begun.append(start)
        return first_routes(prepared, seed, start, share)

    base_of(prepare(tx, storm.id, v.village(), LATER), heard)
    assert begun[0] is not None
    assert begun[0].plan.id == published.id


def test_a_plan_keeps_what_it_is_held_to(prepared) -> None:
    plan = first_routes(prepared, FIRST_SEED, None, 1.0)
    mapped = problem_from(prepared)
    problem = no_later_than(mapped, plan)
    start = start_from(mapped, plan)
    streets = cached_line_graph(problem)
    found = scheduled(problem, streets, start.unserved, start.routes).solution
    assert violations(problem, found) == []
    assert found.cost.total == pytest.approx(plan.cost.total)
    ends = [leg.ends_at for route in plan.routes for leg in route.legs if leg.works]
    last_s = (max(ends) - prepared.now).total_seconds()
    assert problem.rules.begin_by_s.max() <= last_s


def test_the_fleet_as_it_is_is_known_while_it_counts(prepared) -> None:
    bases, base = KnownBase(), base_of(prepared, first_routes)
    assert bases.find("streets", LATER) is None
    bases.keep("streets", base)
    assert bases.find("streets", LATER) is base
    assert bases.find("others", LATER) is None
    assert bases.find("streets", LATER + HOLDS) is None


@pytest.mark.parametrize(
    "change",
    [
        {"unserved": 1},
        {"cost": 11.0},
        {"in_time": {"P1": 0.5}},
        {"finish": {"P1": "2026-12-21T05:00:02Z"}},
        {"finish": {"P1": None}},
    ],
)
def test_one_class_that_is_worse_makes_the_plan_worse(change) -> None:
    known = {
        "unserved": 0,
        "cost": 10.0,
        "in_time": {"P1": 1.0},
        "finish": {"P1": "2026-12-21T05:00:00Z"},
    }
    assert no_worse(known, known)
    assert not no_worse(known | change, known)
    assert no_worse(known, known | {"finish": {"P1": None}})


def test_how_far_apart_searches_are_is_told_in_minutes(prepared) -> None:
    plan = first_routes(prepared, FIRST_SEED, None, 1.0)
    early = outcome_json(plan, prepared)
    late = outcome_json(an_hour_late(prepared, FIRST_SEED, None, 1.0), prepared)
    assert spread_min([early, late], "P1") == 60.0
    assert spread_min([{"finish": {"P1": None}}], "P1") == 0.0
