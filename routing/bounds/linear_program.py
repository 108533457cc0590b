"""The relaxation with the cuts found so far, as a linear program for HiGHS."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from routing.bounds.cuts import CutInequality
from routing.bounds.relaxation import Relaxation
from routing.problem.problem import Floats


class LpSolution(NamedTuple):
    """A solution `x` of a linear program, and a lower bound on all solutions."""

    x: Floats
    bound: float


def solve_relaxation(relaxation: Relaxation, cuts: Sequence[CutInequality]) -> LpSolution | None:
    """Return the optimum of the linear program, `None` where HiGHS finds none."""
    rows, needed = _rows(relaxation, cuts)
    found = linprog(
        relaxation.prices,
        A_eq=relaxation.matrix,
        b_eq=relaxation.equal,
        A_ub=-rows,
        b_ub=-needed,
        bounds=np.column_stack((np.zeros(len(relaxation.upper)), relaxation.upper)),
        method="highs-ds",
    )
    return LpSolution(found.x, float(found.fun)) if found.status == 0 else None


def _rows(relaxation: Relaxation, cuts: Sequence[CutInequality]) -> tuple[csr_matrix, Floats]:
    starts = np.cumsum([0, *(len(cut.column) for cut in cuts)])
    columns = np.array([c for cut in cuts for c in cut.column], np.int64)
    shape = (len(cuts), relaxation.columns.count)
    rows = csr_matrix((np.ones(len(columns)), columns, starts), shape=shape)
    return rows, np.array([cut.least for cut in cuts])
