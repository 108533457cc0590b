"""Sweeps over all tasks of long routes, each brought beside a near one where that saves most.

They mend in seconds what first routes lack, and later what windows of routes are too small for.
"""

from typing import Final

import numpy as np

from routing.kernels.arrays.route_arrays import (
    DeadheadTable,
    ProblemArrays,
    RouteArrays,
    TaskPlaces,
    TaskStarts,
)
from routing.kernels.routes import relocation_sweep
from routing.problem.problem import NONE, Ints, Problem, Random
from routing.search.decomposition import fork
from routing.search.search_arrays import empty_routes

LOOKS = 2_000
"""Tasks looked at between two looks at the stop."""
WORTHWHILE = 0.1
"""Share of tasks that something must have changed about before sweeps begin again,"""
DONE = 0.01
"""and below which they end."""


class RelocationSweeps:
    """Which tasks are to be looked at, and how far the sweep over them has come."""

    def __init__(
        self,
        problem: Problem,
        gaps: DeadheadTable,
        facts: ProblemArrays,
        index: TaskStarts,
        routes: RouteArrays,
        at: TaskPlaces,
    ) -> None:
        """Begin with all tasks that somebody can do; none where routes depend on one another."""
        self._arrays: Final = (gaps, facts, routes, at)
        self._at: Final = at
        self._index: Final = index
        self._copies: Final = empty_routes(problem, routes.stop.shape[1] - 1, vehicles=2)
        alone = not (facts.terms.ordered or facts.terms.united)
        self._fit: Final = at.spot["fit"] & alone
        self._stale = self._fit.copy()
        self._order = np.empty(0, np.int32)
        self.due = alone
        """Whether a sweep is on its way, or enough has changed for one."""

    def note(self, tasks: Ints) -> None:
        """Note that something has changed about these tasks."""
        self._stale[tasks] = self._fit[tasks]
        self.due = self.due or self._share() > WORTHWHILE

    def note_ends(self, ends: Ints) -> None:
        """Note that something has changed about the tasks that begin at these ends."""
        start, task = self._index.at_start, self._index.at_task
        for i in np.unique(ends).tolist():
            self.note(task[start[i] : start[i + 1]])

    def _share(self) -> float:
        return float(np.count_nonzero(self._stale)) / len(self._stale)

    def run(self, random: Random) -> int:
        """Go on with the sweep; return how many tasks were looked at."""
        if not len(self._order):
            self._stale |= self._fit & (self._at.spot["route"] == NONE)
            stale = np.flatnonzero(self._stale).astype(np.int32)
            self._order = np.random.default_rng(fork(random)).permutation(stale)
        done, looked = relocation_sweep.improve(
            *self._arrays, self._copies, self._order, self._stale, LOOKS
        )
        self._order = self._order[done:]
        if not len(self._order):
            self.due = self._share() > DONE
        return max(int(looked), 1)
