"""Tiny problems of every kind are solved to the optimum, which trying everything finds.

Drawn, but the same every time: no search of some iterations promises the optimum of each town.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.check.referee import violations
from routing.problem.problem import NONE, RouteRules
from routing.problem.stopping import MaxIterations
from routing.search.solver import solve
from tests.routing.storms import random_rules
from tests.routing.towns import a_random_town, a_town
from tests.routing.truth import least_total

SEEDS = st.integers(0, 100_000)
ENOUGH = MaxIterations(3000)


def a_tiny_town(seed, tasks, vehicles=2, **fields):
    """A random town without hoppers, deadlines, releases and shift ends, all streets one way."""
    town = a_random_town(seed, tasks, vehicles)
    one_way = town.mode_arc.copy()
    one_way[:, 1:] = -1
    nothing = np.zeros(tasks)
    plain = {
        **{"mode_arc": one_way, "material_kg": nothing, "release_s": nothing},
        **{"completion_price": nothing, "lateness_price": nothing},
        "shift_end_s": np.full(vehicles, np.inf),
    }
    return replace(town, **(plain | fields))


def is_solved(town, seed, stop=ENOUGH, **how):
    found = solve(town, stop, seed)
    assert violations(town, found) == []
    assert found.cost.total == pytest.approx(least_total(town, **how), rel=1e-6)


def rules_of(seed, town, *features):
    return random_rules(np.random.default_rng(seed), town, set(features))


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_machines_of_several_types_and_prices_share_streets_of_either_direction(seed, tasks):
    town = a_random_town(seed, tasks)
    is_solved(a_tiny_town(seed, tasks, mode_arc=town.mode_arc), seed, reloads=False)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_deadlines_and_early_ends_are_weighed_against_time(seed, tasks):
    town = a_random_town(seed, tasks)
    prices = {"completion_price": town.completion_price, "lateness_price": town.lateness_price}
    is_solved(a_tiny_town(seed, tasks, **prices), seed, reloads=False)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_shifts_end_in_time_and_the_cheapest_streets_are_left_out(seed, tasks):
    random = np.random.default_rng(seed)
    ends_s = random.integers(100, 600, 2).astype(float)
    price = random.integers(3000, 9000, tasks).astype(float)
    is_solved(a_tiny_town(seed, tasks, shift_end_s=ends_s, unserved_price=price), seed)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_vehicles_wait_for_the_release_of_streets(seed, tasks):
    release_s = np.random.default_rng(seed).integers(0, 600, tasks).astype(float)
    is_solved(a_tiny_town(seed, tasks, release_s=release_s), seed, reloads=False)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_vehicles_start_anywhere_and_end_elsewhere_or_anywhere(seed, tasks):
    random = np.random.default_rng(seed)
    town = a_tiny_town(seed, tasks)
    streets = int(town.place.argmax())
    places = {
        "start_arc": random.integers(0, streets, 2).astype(np.int32),
        "end_arc": np.array([-1, random.integers(0, town.arcs)], np.int32),
    }
    is_solved(replace(town, **places), seed, reloads=False)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_hoppers_without_a_site_limit_what_is_done(seed, tasks):
    town = a_random_town(seed, tasks)
    nowhere = {"reload_arc": np.zeros(0, np.int32), "fill_s": np.zeros(0)}
    salt = {"material_kg": town.material_kg, "load_kg": town.load_kg}
    is_solved(a_tiny_town(seed, tasks, **salt, **nowhere), seed, MaxIterations(8000))


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_hoppers_are_filled_where_that_takes_least_time(seed, tasks):
    town = a_random_town(seed, tasks)
    salt = {"material_kg": town.material_kg, "load_kg": town.load_kg}
    is_solved(a_tiny_town(seed, tasks, **salt), seed)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_gates_are_stops_between_streets(seed, tasks):
    town = a_tiny_town(seed, tasks)
    gates = np.where(np.random.default_rng(seed).random(tasks) < 0.5, town.reload_arc[0], NONE)
    arcs = np.where(gates == NONE, town.mode_arc[:, 0], gates)
    gated = {"mode_arc": np.column_stack((arcs, np.full(tasks, NONE))).astype(np.int32)}
    is_solved(replace(town, **gated), seed, reloads=False)


@settings(max_examples=12)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_forbidden_turns_and_u_turns_are_driven_around_at_the_least_cost(seed, tasks):
    random = np.random.default_rng(seed)
    streets = [(i, (i + 1) % 5, float(random.integers(5, 60))) for i in range(5)]
    streets += [(0, 2, float(random.integers(5, 60))), (1, 5, float(random.integers(5, 60)))]
    turns = random.integers(0, 2 * len(streets), (12, 2)).tolist()
    arcs = random.integers(0, 2 * len(streets), tasks).tolist()
    town = a_town(
        streets,
        [(arc, arc ^ 1 if random.random() < 0.5 else NONE) for arc in arcs],
        vehicles=2,
        u_turns=bool(random.integers(0, 2)),
        forbidden={(a, b) for a, b in turns},
        fixed_price=[0.0, 20.0],
    )
    is_solved(town, seed)


@settings(max_examples=15)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_urgent_classes_come_first_where_that_is_strict(seed, tasks):
    town = a_tiny_town(seed, tasks)
    is_solved(replace(town, rules=RouteRules(strict_classes=True)), seed, reloads=False)


@pytest.mark.parametrize(
    "feature", ["forbidden", "change", "rest", "metres", "home", "pinned", "order", "tandem"]
)
@settings(max_examples=15)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_rules_are_kept_at_the_least_cost(feature, seed, tasks):
    town = a_tiny_town(seed, tasks)
    is_solved(replace(town, rules=rules_of(seed, town, feature)), seed, reloads=False)


@settings(max_examples=20)
@given(seed=SEEDS, tasks=st.integers(1, 4))
def test_all_rules_together_are_kept_at_the_least_cost(seed, tasks):
    town = a_tiny_town(seed, tasks)
    some = np.random.default_rng(seed).choice(
        ["strict", "forbidden", "change", "rest", "metres", "home", "pinned", "order"], 4
    )
    is_solved(replace(town, rules=rules_of(seed, town, *some)), seed, reloads=False)
