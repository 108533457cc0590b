"""Which street of a layer is decoded, when the likeliest path is not the only one."""

from math import exp, inf

import pytest

from fleet.matching.driven_paths import DrivenPaths
from fleet.matching.hmm_parameters import HMM
from fleet.matching.kernels.arrays import LAYERS, OFF, Trellis
from fleet.matching.kernels.posterior_decoding import decode, fill_costs_to_go
from fleet.matching.map_matching import STREETS, empty_trellis
from tests import village as v

ALMOST = 0.8
"""Cost of both directions of a street, where a single one of another street costs nothing."""


def trellis_of(*costs: tuple[float, float, float, float]) -> Trellis:
    """Layers of two streets, both directions of each, with what candidates cost; none is off."""
    trellis = empty_trellis(HMM, STREETS)
    trellis.ring[LAYERS] = len(costs)
    for at, row in enumerate(costs):
        trellis.size[at] = 5
        trellis.arc[at, :5] = [0, 1, 2, 3, OFF]
        trellis.cost[at, :5] = [*row, inf]
        trellis.emission[at, :5] = [*row, inf]
        trellis.transition[at, :5, :5] = 0.0
    return trellis


def decoded(trellis: Trellis, path_weight: float = HMM.path_weight) -> list[tuple[int, float]]:
    """Street and confidence of every layer."""
    hmm, count = HMM._replace(path_weight=path_weight), int(trellis.ring[LAYERS])
    fill_costs_to_go(trellis)
    decode(DrivenPaths(v.village(), hmm).model, trellis, count)
    chosen = [int(trellis.arc[at, trellis.decoded[at]]) >> 1 for at in range(count)]
    return list(zip(chosen, trellis.confidence[:count].tolist(), strict=True))


def test_the_likeliest_street_is_decoded_by_both_its_directions_together() -> None:
    both = 2.0 * exp(-ALMOST / HMM.temperature)
    (street, confidence), *_ = decoded(trellis_of((0.0, inf, ALMOST, ALMOST)))
    assert (street, confidence) == (1, pytest.approx(both / (1.0 + both)))


def test_the_likeliest_path_is_decoded_where_only_that_counts() -> None:
    (street, confidence), *_ = decoded(trellis_of((0.0, inf, ALMOST, ALMOST)), path_weight=1e6)
    assert street == 0
    assert confidence < 0.5


def test_what_is_decoded_hangs_together() -> None:
    trellis = trellis_of((0.0, inf, ALMOST, ALMOST), (0.0, inf, 5.0, inf))
    trellis.transition[1, 2:4, 0] = HMM.most_transition
    trellis.transition[1, 0, 2] = HMM.most_transition
    assert [street for street, _ in decoded(trellis)] == [0, 0]
