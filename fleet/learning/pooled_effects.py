"""Robust regression with partial pooling, pure: few effects of conditions, many of streets.

Every observation is a sum of effects and noise,

    y_i = sum_c X_ic b_c + s_street(i) + e_i,   b_c ~ N(0, g(c)^2),   s ~ N(0, t^2),

with noise from a Student distribution of `FREEDOM` degrees and scale `noise / sqrt(precision_i)`,
so that a stand or a wrong match moves nothing. An effect of which little was seen stays near 0,
which is the mean of those above it: that is how a street borrows from its class. The spreads `g`
and `t` are estimated from the effects themselves (empirical Bayes, by expectation and
maximization), with two effects' worth of a first guess, so that a group of one does not vanish.

Streets are eliminated first, so that one step costs as much as there are observations, and what
comes out is exact for the weights in hand, its uncertainty too. Gelman and Hill (2007), Data
analysis using regression and multilevel models, chapters 12 and 18; Lange, Little and Taylor
(1989), Robust statistical modeling using the t distribution, JASA 84.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

FREEDOM = 4.0
"""Degrees of freedom of the noise: one drive in a hundred is off by four times its scale."""

WORTH = (FREEDOM + 1.0) / (FREEDOM + 3.0)
"""Information of an observation with such noise against one with normal noise of the same scale."""

GUESSES = 2.0
"""So many effects is the first guess of a spread worth."""

ROUNDS, CLOSE = 60, 1e-5
"""Steps at most, and the change of effects at which they end."""

type Floats = NDArray[np.float64]
type Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """N observations of P effects and S streets.

    Attributes
    ----------
    y : float64[N]
    precision : float64[N]
        How much each is worth, 1 for a good one.
    street : int64[N]
    columns : sparse float64[N, P]
    group : int64[P]
        The group that each effect is in.
    spread : float64[G]
        First guess of the spread of each group.
    fixed : bool[G]
        Whether that guess is kept.
    street_spread : float
        First guess of the streets' spread.
    """

    y: Floats
    precision: Floats
    street: Longs
    columns: csr_matrix
    group: Longs
    spread: Floats
    fixed: NDArray[np.bool_]
    street_spread: float


@dataclass(frozen=True, slots=True, eq=False)
class PooledEffects:
    """The effects with their covariance, the streets' with their standard deviations.

    Attributes
    ----------
    effect : float64[P]
    covariance : float64[P, P]
    street, street_sd : float64[S]
    spread : float64[G]
    fitted : float64[N]
    noise : float
        Scale of the noise of an observation of precision 1.
    """

    effect: Floats
    covariance: Floats
    street: Floats
    street_sd: Floats
    spread: Floats
    street_spread: float
    fitted: Floats
    noise: float

    def log_of(self, weights: Floats) -> tuple[float, float]:
        """Return a weighted sum of the effects, and its standard deviation."""
        variance = float(weights @ self.covariance @ weights)
        return float(weights @ self.effect), float(np.sqrt(max(variance, 0.0)))


def pooled_effects(seen: Observations) -> PooledEffects:
    """Return the effects behind observations; at least one of them is needed."""
    streets = int(seen.street.max()) + 1
    spread, street_spread = seen.spread.astype(np.float64), seen.street_spread
    noise = max(1.4826 * float(np.median(np.abs(seen.y - np.median(seen.y)))), 0.02)
    trust, before = np.ones(len(seen.y)), np.full(seen.columns.shape[1], np.inf)
    found = _solved(seen, trust, spread, street_spread, noise, streets)
    for _ in range(ROUNDS):
        off = seen.y - found.fitted
        trust = (FREEDOM + 1.0) / (FREEDOM + seen.precision * off**2 / noise**2)
        noise = _noise(seen, found, off, trust)
        spread = _spreads(seen, found)
        street_spread = _spread(found.street, found.street_sd, seen.street_spread)
        found = _solved(seen, trust, spread, street_spread, noise, streets)
        if float(np.abs(found.effect - before).max(initial=0.0)) < CLOSE:
            break
        before = found.effect
    return found


def _solved(
    seen: Observations,
    trust: Floats,
    spread: Floats,
    street_spread: float,
    noise: float,
    streets: int,
) -> PooledEffects:
    """Return the effects of greatest likelihood for these weights, by the streets' elimination."""
    weight = WORTH * seen.precision * trust / noise**2
    own = np.bincount(seen.street, weight, streets) + street_spread**-2
    pull = np.bincount(seen.street, weight * seen.y, streets)
    weighted = diags(weight) @ seen.columns
    rows = csr_matrix(
        (np.ones(len(seen.y)), (seen.street, np.arange(len(seen.y)))), (streets, len(seen.y))
    )
    shared = np.asarray((rows @ weighted).todense())
    normal = np.asarray((seen.columns.T @ weighted).todense())
    normal += np.diag(spread[seen.group] ** -2.0) - shared.T @ (shared / own[:, None])
    covariance = np.linalg.inv(normal)
    effect = covariance @ (weighted.T @ seen.y - shared.T @ (pull / own))
    street = (pull - shared @ effect) / own
    carried = shared / own[:, None]
    street_sd = np.sqrt(1.0 / own + np.einsum("sp,pq,sq->s", carried, covariance, carried))
    fitted = seen.columns @ effect + street[seen.street]
    return PooledEffects(
        effect, covariance, street, street_sd, spread, street_spread, fitted, noise
    )


def _noise(seen: Observations, found: PooledEffects, off: Floats, trust: Floats) -> float:
    """Return the scale of the noise, with what the effects themselves are unsure of."""
    unsure = found.street_sd[seen.street] ** 2
    mean = float(np.mean(trust * (seen.precision * off**2 + np.minimum(unsure, off**2))))
    return max(float(np.sqrt(mean)), 0.01)


def _spreads(seen: Observations, found: PooledEffects) -> Floats:
    sd = np.sqrt(np.diag(found.covariance))
    spreads = [
        guess if kept else _spread(found.effect[seen.group == g], sd[seen.group == g], guess)
        for g, (guess, kept) in enumerate(zip(seen.spread.tolist(), seen.fixed, strict=True))
    ]
    return np.array(spreads, np.float64)


def _spread(effects: Floats, sd: Floats, guess: float) -> float:
    total = float(np.sum(effects**2 + sd**2)) + GUESSES * guess**2
    return float(np.sqrt(total / (len(effects) + GUESSES)))
