"""The least value of each row of a table with many rows and few columns."""

import numpy as np

from routing.problem.problem import Floats


def row_minima(table: Floats) -> Floats:
    """Return float64[N], the least of each row of a float64[N, few], infinite without columns.

    Column after column takes a fifth of what numpy's own minimum along so short an axis takes.
    """
    least: Floats = np.full(len(table), np.inf)
    for column in table.T:
        np.minimum(least, column, out=least)
    return least
