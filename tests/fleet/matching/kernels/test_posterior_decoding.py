"""Of which street a layer is told, when the likeliest course is not the only one."""

from math import exp, inf

import pytest

from fleet.matching.driven_paths import DrivenPaths
from fleet.matching.hmm_parameters import PRICES
from fleet.matching.kernels.arrays import OFF, Trellis
from fleet.matching.kernels.posterior_decoding import look_back, tell
from fleet.matching.map_matching import no_layers
from tests import village as v

ALMOST = 0.8
"""So much costs a street in both directions where the likeliest course, of one, costs nothing."""


def layers_of(*costs: tuple[float, float, float, float]) -> Trellis:
    """Layers of two streets, both directions of each, with what candidates cost; nobody is off."""
    layers = no_layers(PRICES)
    layers.head[1] = len(costs)
    for at, row in enumerate(costs):
        layers.size[at] = 5
        layers.arc[at, :5] = [0, 1, 2, 3, OFF]
        layers.cost[at, :5] = [*row, inf]
        layers.unlike[at, :5] = [*row, inf]
        layers.link[at, :5, :5] = 0.0
    return layers


def told(layers: Trellis, joint: float = PRICES.joint) -> list[tuple[int, float]]:
    """Street and how sure it is, of every layer."""
    ways, count = DrivenPaths(v.village()), int(layers.head[1])
    look_back(layers)
    tell(ways.streets, ways.reach, PRICES._replace(joint=joint), layers, count)
    return [(int(layers.arc[at, layers.told[at]]) >> 1, layers.sure[at]) for at in range(count)]


def test_the_surest_street_is_told_by_both_its_directions_together() -> None:
    both = 2.0 * exp(-ALMOST / PRICES.temperature)
    (street, sure), *_ = told(layers_of((0.0, inf, ALMOST, ALMOST)))
    assert (street, sure) == (1, pytest.approx(both / (1.0 + both)))


def test_the_likeliest_course_is_told_where_only_that_counts() -> None:
    (street, sure), *_ = told(layers_of((0.0, inf, ALMOST, ALMOST)), joint=1e6)
    assert street == 0
    assert sure < 0.5


def test_what_is_told_hangs_together() -> None:
    layers = layers_of((0.0, inf, ALMOST, ALMOST), (0.0, inf, 5.0, inf))
    layers.link[1, 2:4, 0] = PRICES.jump
    layers.link[1, 0, 2] = PRICES.jump
    assert [street for street, _ in told(layers)] == [0, 0]
