"""What is known of streets is used again for the same streets, and for no others."""

from dataclasses import replace

import numpy as np
import pytest

from routing.check.referee import violations
from routing.check.referee_paths import DeadheadPath, StreetGraph, deadheads_of, legs_of
from routing.problem.stopping import MaxIterations
from routing.replanning.path_cache import LineGraphCache, cached_line_graph
from routing.search.solver import solve
from tests.routing.towns import a_random_town


@pytest.fixture(scope="module")
def town():
    return a_random_town(3, 12)


def test_the_same_streets_are_known_with_their_paths(town):
    known = LineGraphCache()
    first = known.get(town)
    first.paths.path(0, 1)
    later = replace(town, release_s=town.release_s + 5.0)
    assert known.get(later) is first
    assert len(known.get(later).paths) == 1


def test_other_streets_are_not_mistaken_for_them(town):
    known = LineGraphCache()
    first = known.get(town)
    slower = replace(town, turn_s=town.turn_s + 20.0)
    other = known.get(slower)
    assert other is not first
    assert other.paths.path(0, 1) == cached_line_graph(slower).paths.path(0, 1)
    assert known.get(town) is first  # a closure that ends


@pytest.mark.parametrize("dear_s", [0.0, 500.0])
def test_the_referee_takes_no_turn_for_the_shortest_way_that_is_none(town, dear_s):
    turn_s = town.turn_s + dear_s * (np.arange(len(town.turn_s)) % 3 == 0)
    town = replace(town, turn_s=turn_s)
    source = np.repeat(np.arange(town.arcs), np.diff(town.turn_start))
    legs = {(int(a), int(b)) for a, b in zip(source, town.turn_to, strict=True)}
    found = deadheads_of(town, legs)
    away_s = StreetGraph(town, np.arange(town.arcs)).from_s(np.arange(town.arcs))
    assert {leg: way.seconds for leg, way in found.items()} == pytest.approx(
        {leg: float(away_s[leg]) for leg in legs}
    )


def test_the_referee_finds_each_way_between_arcs_places_and_around(town):
    everywhere = np.arange(town.arcs)
    legs = {(a, b) for a in range(town.arcs) for b in range(town.arcs)}
    found = deadheads_of(town, legs)
    away_s = StreetGraph(town, everywhere).from_s(everywhere)
    assert {leg: way.seconds for leg, way in found.items()} == pytest.approx(
        {leg: float(away_s[leg]) for leg in legs}
    )
    toward_s = StreetGraph(town, everywhere).to_s(everywhere)
    assert pytest.approx(away_s) == toward_s.T


@pytest.mark.parametrize("metre_price", [0.0, 1.0])
def test_what_is_claimed_of_a_way_changes_nothing_that_the_referee_finds(town, metre_price):
    rules = replace(town.rules, price_per_m=np.full(town.vehicles, metre_price))
    town = replace(town, rules=rules)
    legs = {(a, b) for a in range(town.arcs) for b in range(town.arcs)}
    true = deadheads_of(town, legs)
    for share in (0.0, 0.5, 1.0, 3.0, np.inf):
        claimed = {leg: share * way.seconds for leg, way in true.items() if way.seconds > 0.0}
        found = deadheads_of(town, legs, claimed=claimed)
        assert {leg: way.seconds for leg, way in found.items()} == pytest.approx(
            {leg: way.seconds for leg, way in true.items()}
        )


def test_the_referee_looks_only_for_ways_that_it_has_not_looked_for_before():
    town = a_random_town(3, 12)
    found = solve(town, MaxIterations(200), 1)
    known = {}
    assert violations(town, found, known) == []
    legs = legs_of(town, found.routes)
    assert known == deadheads_of(town, legs)
    before = dict(known)
    fewer = (found.routes[0], *((),) * (town.vehicles - 1))
    assert deadheads_of(town, legs_of(town, fewer), known) == before
    source, target = next(iter(legs))
    known[source, target] = DeadheadPath(np.inf, 0.0)  # only to see that it is taken from there
    assert violations(town, found, known) != []
