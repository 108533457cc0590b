"""Effects found again in numbers drawn by hand, and streets that borrow from their class."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fleet.learning.pooled_effects import Observations, pooled_effects


def observed(y, street, columns=None, spread=0.7):
    """Observations of one effect, or of those whose columns are given, and of some streets."""
    shares = np.ones((len(y), 1)) if columns is None else np.array(columns, np.float64)
    groups = np.arange(shares.shape[1])
    return Observations(
        y=np.array(y, np.float64),
        precision=np.ones(len(y)),
        street=np.array(street, np.int64),
        columns=csr_matrix(shares),
        group=groups,
        spread=np.full(len(groups), spread),
        fixed=groups == 0,
        street_spread=0.2,
    )


def test_many_drives_of_one_street_are_their_mean():
    y = 0.4 + np.random.default_rng(1).normal(0.0, 0.1, 400)
    found = pooled_effects(observed(y, np.zeros(400)))
    assert found.effect[0] + found.street[0] == pytest.approx(0.4, abs=0.02)


def test_a_street_with_two_drives_borrows_from_the_others():
    chance = np.random.default_rng(2)
    usual = np.repeat(np.arange(40), 10)
    own = chance.normal(0.0, 0.1, 40)
    y = [*(0.3 + own[usual] + chance.normal(0.0, 0.2, 400)), 0.9, 0.9]
    found = pooled_effects(observed(y, [*usual, 40, 40]))
    assert 0.02 < found.street[40] < 0.5  # slower than its class, by less than its drives say
    assert found.street_sd[40] > 1.2 * np.median(found.street_sd[:40])


def test_one_drive_that_took_ten_times_as_long_moves_nothing():
    y = 0.2 + np.random.default_rng(3).normal(0.0, 0.1, 50)
    without = pooled_effects(observed(y, np.zeros(50)))
    with_it = pooled_effects(observed([*y, 2.5], np.zeros(51)))
    moved = with_it.effect + with_it.street - without.effect - without.street
    assert abs(float(moved[0])) < 0.02


def test_what_differs_by_a_condition_is_not_laid_to_the_street():
    chance = np.random.default_rng(4)
    deep = chance.integers(0, 2, 600)
    street = chance.integers(0, 20, 600)
    own = chance.normal(0.0, 0.2, 20)
    y = 0.1 + 0.5 * deep + own[street] + chance.normal(0.0, 0.1, 600)
    found = pooled_effects(observed(y, street, np.column_stack((np.ones(600), deep))))
    assert found.effect[1] == pytest.approx(0.5, abs=0.03)
    assert np.corrcoef(found.street, own)[0, 1] > 0.98
    value, sd = found.log_of(np.array([0.0, 1.0]))
    assert abs(value - 0.5) < 3 * sd < 0.1


def test_the_uncertainty_of_streets_covers_what_they_are():
    chance = np.random.default_rng(5)
    street = np.repeat(np.arange(200), 4)
    own = chance.normal(0.0, 0.2, 200)
    y = own[street] + chance.standard_t(4.0, 800) * 0.15
    found = pooled_effects(observed(y, street))
    off = np.abs(found.street + found.effect[0] - own) / found.street_sd
    assert 0.9 < np.mean(off < 2.0) < 1.0
