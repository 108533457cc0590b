"""How sure ends are, and the sooner moments that leave time for what nobody can foresee.

An end that is planned `t` seconds after everything begins is off by a normal error of standard
deviation `sd_s(t)`. So it keeps a deadline with some probability where it is planned by a moment
that depends on the deadline alone, and the search needs to know no more than that moment.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from routing.problem.problem import Floats


@dataclass(frozen=True, slots=True)
class FinishOdds:
    """How far ends are off, and the probability with which they are to be in time.

    All machines of a storm are off together, by a share of the time with standard deviation
    `storm_sd`; each by itself with a variance of `own_s` seconds squared for each second.
    """

    storm_sd: float
    own_s: float
    kept: float

    def sd_s(self, ahead_s: float) -> float:
        """Return the standard deviation of an end that is so far ahead."""
        return sqrt((self.storm_sd * ahead_s) ** 2 + self.own_s * ahead_s)

    def off_s(self, ahead_s: float) -> float:
        """Return by how much an end so far ahead is exceeded no oftener than wanted."""
        return self._deviations * self.sd_s(max(ahead_s, 0.0))

    def planned_by_s(self, due_s: Floats, begins_s: float) -> Floats:
        """Return by when ends are to be planned so that deadlines are kept with that probability.

        The moment `x` after the begin with `x + off_s(x) = due_s`; deadlines that are past stay.
        """
        ahead_s = np.maximum(due_s - begins_s, 0.0)
        z2 = self._deviations**2
        b = 2.0 * ahead_s + z2 * self.own_s
        a = 1.0 - z2 * self.storm_sd**2
        root = b + np.sqrt(np.maximum(b**2 - 4.0 * a * ahead_s**2, 0.0))
        sooner_s = 2.0 * ahead_s**2 / np.maximum(root, 1e-9)
        found: Floats = np.where(ahead_s > 0.0, begins_s + sooner_s, due_s)
        return found

    @property
    def _deviations(self) -> float:
        return NormalDist().inv_cdf(self.kept)
