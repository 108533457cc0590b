"""Where directions do not matter the bound is of links, and near what is best known at once."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from routing.bounds.cuts import junction_relaxation
from routing.bounds.junction_sets import nested_lacks
from routing.bounds.least_costs import least_prices
from routing.bounds.relaxation import relaxed
from routing.bounds.tree_sets import subtree_lacks, subtrees
from routing.bounds.undirected_bound import undirected_bounds
from routing.bounds.undirected_relaxation import set_cut, undirected_relaxation
from routing.formats.benchmarks.instance_problem import model_of
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from tests.routing.bounds.every_plan import least_cost_of_any_plan
from tests.routing.formats.public_files import best_known, public_file, read_file
from tests.routing.towns import a_town, random_streets


def of_links(problem):
    fit = feasibility_of_tasks(problem, line_graph(problem)).fit()
    return undirected_relaxation(junction_relaxation(relaxed(problem, least_prices(problem, fit))))


def two_way_town(seed, tasks, vehicles=2):
    """A random town where turns are free and every task may be driven either way."""
    random = np.random.default_rng(seed)
    nodes = max(4, tasks)
    streets = random_streets(random, nodes)
    served = random.choice(len(streets), tasks, replace=False)
    town = a_town(
        streets,
        [(2 * int(street), 2 * int(street) + 1) for street in served],
        vehicles=vehicles,
        site=int(random.integers(0, nodes)) if random.random() < 0.3 else None,
        material_kg=random.integers(20, 120, tasks),
        capacity_kg=np.full(vehicles, 200.0),
        load_kg=np.full(vehicles, 200.0),
        fixed_price=np.full(vehicles, float(random.choice([0.0, 50.0]))),
        unserved_price=random.choice([90.0, 300.0, 1e5], tasks),
    )
    return replace(town, turn_s=np.zeros_like(town.turn_s))


def light_town(seed, tasks):
    """A two-way town where all tasks must be done and none fills half a hopper."""
    town = two_way_town(seed, tasks)
    return replace(town, material_kg=town.material_kg / 2, unserved_price=np.full(tasks, 1e5))


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 4), vehicles=st.integers(1, 2))
def test_no_plan_of_a_two_way_town_costs_less_than_the_bound_of_links(seed, tasks, vehicles):
    problem = two_way_town(seed, tasks, vehicles)
    links = of_links(problem)
    if links:  # not where leaving a task out may cost less than doing it
        least = least_cost_of_any_plan(problem)
        assert max(undirected_bounds(links, 20)) <= least + 1e-6


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 12))
def test_nested_sets_fall_short_all_at_once_as_one_by_one(seed, tasks):
    links = of_links(light_town(seed, tasks))
    random = np.random.default_rng(seed)
    deadheads = random.random(len(links.price)) * 2.0
    order = random.permutation(np.flatnonzero(~links.stop))
    lacks = nested_lacks(links, deadheads, order)
    for count, lack in enumerate(lacks, 1):
        inside = np.isin(np.arange(len(links.stop)), order[:count])
        cut = set_cut(links, inside)
        assert cut.needed - deadheads[cut.across].sum() == pytest.approx(lack)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), tasks=st.integers(1, 12))
def test_subtrees_fall_short_all_at_once_as_one_by_one(seed, tasks):
    links = of_links(light_town(seed, tasks))
    random = np.random.default_rng(seed)
    deadheads = random.random(len(links.price)) * 2.0
    size = len(links.stop)
    one, other = links.ends
    root = int(np.flatnonzero(links.stop)[0])
    lengths = csr_matrix((random.random(len(one)) + 0.1, (one, other)), shape=(size, size))
    trees = subtrees(minimum_spanning_tree(lengths), root)
    lacks = subtree_lacks(links, deadheads, trees)
    assert (trees.end[0], lacks[0]) == (size, -np.inf)
    for first in range(1, size):
        inside = np.isin(np.arange(size), trees.order[first : trees.end[first]])
        below = trees.order[first]
        assert inside[below]
        assert not inside[trees.above[below]]
        cut = set_cut(links, inside)
        exact = cut.needed - deadheads[cut.across].sum()
        assert lacks[first] == pytest.approx(-np.inf if np.any(links.stop & inside) else exact)


def test_each_hopper_crosses_the_edge_of_a_set_twice():
    road = ((0, 1, 10.0), (1, 2, 10.0), (1, 3, 10.0), (1, 4, 10.0))
    laden = {"material_kg": [40] * 3, "capacity_kg": [100] * 3, "load_kg": [100] * 3}
    town = a_town(road, [(2, 3), (4, 5), (6, 7)], vehicles=3, **laden)
    links = of_links(replace(town, turn_s=np.zeros_like(town.turn_s)))
    far = set_cut(links, np.array([False, True, True, True, True]))
    assert (far.needed, len(far.across)) == (4.0, 1)  # 120 kg in hoppers of 100
    assert set_cut(links, ~far.inside).needed == 4.0
    assert max(undirected_bounds(links, 10)) == pytest.approx(3 * (20 + 10) + 40)


def test_directions_turns_and_other_ends_leave_the_bound_to_flows():
    road = ((0, 1, 10.0), (1, 2, 10.0))
    either = a_town(road, [(2, 3)])
    free = replace(either, turn_s=np.zeros_like(either.turn_s))
    assert of_links(free)
    assert not of_links(either)
    assert not of_links(replace(free, drive_s=np.array([10.0, 10.0, 10.0, 11.0, 0.0])))
    assert not of_links(replace(free, mode_arc=np.array([[2, -1]], np.int32)))
    assert not of_links(replace(free, end_arc=np.array([-1], np.int32)))
    assert not of_links(replace(free, unserved_price=np.array([19.0])))


@pytest.mark.parametrize(
    ("name", "turns", "share"),
    [
        ("egl-e4-C", 8, 0.98),
        ("egl-g1-C", 6, 0.94),
        ("Hefei-7", 5, 0.9),
        ("Beijing-7", 5, 0.88),
    ],
)
def test_a_few_turns_bring_the_bound_of_links_near_the_best_known(shared_data, name, turns, share):
    links = of_links(model_of(read_file(public_file(shared_data, name))).problem)
    best = best_known(shared_data, name)
    assert share * best <= max(undirected_bounds(links, turns)) <= best
