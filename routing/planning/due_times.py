"""Deadlines of passes, and by when they are to be planned so that these are kept surely enough."""

from collections.abc import Sequence

import numpy as np

from routing.planning.directed_passes import DirectedPass
from routing.planning.situation import PlanningSituation
from routing.problem.finish_odds import FinishOdds
from routing.problem.problem import Floats


def due_s(situation: PlanningSituation, passes: Sequence[DirectedPass]) -> Floats:
    """Return float64[T], the deadlines of passes."""
    seconds = [(one.job.due_at - situation.now).total_seconds() for one in passes]
    return np.array(seconds, np.float64)


def planned_by_s(
    situation: PlanningSituation, passes: Sequence[DirectedPass], start_s: Floats
) -> Floats:
    """Return float64[T], by when passes are to end so that deadlines are kept as surely as wanted.

    It is the deadline itself where nobody knows how far ends are off. `start_s` are the begins of
    shifts: what is uncertain adds up from the first one on.
    """
    wanted_s, scatter = due_s(situation, passes), situation.pace.scatter
    if scatter is None or not len(start_s):
        return wanted_s
    odds = FinishOdds(*scatter, situation.policy.punctuality.probability)
    return odds.planned_by_s(wanted_s, float(start_s.min()))
