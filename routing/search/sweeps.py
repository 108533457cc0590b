"""Sweeps over all tasks of long routes, each brought beside a near one where that saves most.

They mend in seconds what first routes lack, and later what windows of routes are too small for.
"""

from typing import Final

import numpy as np

from routing.kernels.arrays.route_arrays import SearchArrays, TaskStarts
from routing.kernels.routes import relocation_sweep
from routing.problem.problem import NONE, Ints, Problem, Random
from routing.search.decomposition import forked_stream
from routing.search.search_arrays import empty_routes

LOOKS = 2_000
"""Tasks looked at between two looks at the stop."""
WORTHWHILE = 0.1
"""Share of tasks that something must have changed about before sweeps begin again,"""
DONE = 0.01
"""and below which they end."""


class RelocationSweeps:
    """Sweeps over tasks that bring each beside a near one: which are due, how far one has come."""

    def __init__(
        self,
        problem: Problem,
        arrays: SearchArrays,
        starts: TaskStarts,
    ) -> None:
        """Begin with all tasks that somebody can do; none where routes depend on one another."""
        self._arrays: Final = arrays
        self._places: Final = arrays.places
        self._starts: Final = starts
        self._copies: Final = empty_routes(problem, arrays.routes.stop.shape[1] - 1, vehicles=2)
        rules = arrays.problem.rules
        alone = not (rules.ordered or rules.fleet_priced)
        self._fit: Final = arrays.places.spot["fit"] & alone
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
        start, task = self._starts.at_start, self._starts.at_task
        for i in np.unique(ends).tolist():
            self.note(task[start[i] : start[i + 1]])

    def _share(self) -> float:
        return float(np.count_nonzero(self._stale)) / len(self._stale)

    def run(self, random: Random) -> int:
        """Go on with the sweep; return how many tasks were looked at."""
        if not len(self._order):
            self._stale |= self._fit & (self._places.spot["route"] == NONE)
            stale = np.flatnonzero(self._stale).astype(np.int32)
            self._order = np.random.default_rng(forked_stream(random)).permutation(stale)
        done, looked = relocation_sweep.sweep(
            self._arrays, self._copies, self._order, self._stale, LOOKS
        )
        self._order = self._order[done:]
        if not len(self._order):
            self.due = self._share() > DONE
        return max(int(looked), 1)
