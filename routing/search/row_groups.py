"""Groups of rows of one subproblem that are annealed apart for a while, on all threads."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.subproblem_arrays import (
    ABSENT,
    COST,
    EXCESS,
    OVER,
    ROUTE,
    ROWS,
    SLOT,
    WEIGHT,
    BestRows,
    InsertionCache,
    Rows,
    RowSearch,
    UndoLog,
)
from routing.kernels.rows.undo import save_best
from routing.kernels.search.annealing import anneal
from routing.problem.problem import NONE, Flags, Ints, Longs, Random
from routing.search.decomposition import forked_stream

GROUP_TASKS = 150
"""Least tasks of a group on average: between two of them nothing is exchanged for a while."""
SOME = 1e-9
"""Pull of a row that has none, so that groups come to be large enough."""
PULL_TASKS = 20
"""Nearest tasks of each that say which rows are neighbors."""
TASK_ITERATIONS = 2
"""Iterations for each task before the rows are grouped anew."""


class RowGroups:
    """The rows of a search, each time in other groups of neighbors that share none.

    A group for each thread changes its own rows, by random numbers of its own, and looks at no
    others: what it finds does not depend on which runs when.
    """

    def __init__(self, search: RowSearch, threads: int) -> None:
        self._search = search
        count = min(threads, len(search.rows.spot) // GROUP_TASKS)
        bound = len(search.sub.ruled) > 0
        self._parts = [_apart(search) for _ in range(count if count > 1 and not bound else 0)]

    def run(self, temperature: float, rng: Random) -> int:
        """Anneal each group for a while; return how many iterations these were together.

        None where tasks are few, have no place now, or where rules bind rows to one another: all
        rows must then be looked at together.
        """
        sub, rows = self._search.sub, self._search.rows
        if not self._parts or rows.number[0] > 0:
            return 0
        groups = neighbor_groups(sub.near, rows.spot[:, ROUTE], rows.size, len(self._parts), rng)
        parts = [
            _load(part._replace(rng=forked_stream(rng)), rows, group)
            for part, group in zip(self._parts, groups, strict=True)
        ]
        counts = [TASK_ITERATIONS * int(rows.size[group].sum()) for group in groups]
        with ThreadPoolExecutor(len(parts)) as pool:
            list(pool.map(anneal, parts, counts, [temperature] * len(parts)))
        _join(self._search, parts)
        return sum(counts)


def neighbor_groups(near: Ints, route: Ints, sizes: Ints, count: int, rng: Random) -> list[Longs]:
    """Return all rows in groups of neighbors with about as many tasks each, and some empty rows.

    A group begins with a random row and takes in whichever has most of its tasks beside those of
    the group, relative to its length; the last group is what is left.
    """
    pull = _pulls(near, route, len(sizes))
    free = sizes > 0
    fair = float(sizes.sum()) / count
    groups = [_grown(pull, sizes, free, fair, rng) for _ in range(count - 1)]
    groups.append(np.flatnonzero(free).tolist())
    idle = np.flatnonzero(sizes == 0)
    return [np.r_[group, idle[g::count]].astype(np.int64) for g, group in enumerate(groups)]


def _grown(pull: Longs, sizes: Ints, free: Flags, fair: float, rng: Random) -> list[int]:
    """Return a group of free rows with about so many tasks, and mark them as taken."""
    group: list[int] = []
    tasks = 0.0
    drawn = np.zeros(len(sizes))
    share = np.where(free, [draw(rng) for _ in free], -1.0)
    while free.any():
        w = int(share.argmax())
        if tasks + sizes[w] / 2 >= fair:
            break
        group.append(w)
        free[w] = False
        tasks += float(sizes[w])
        drawn += pull[w]
        share = np.where(free, (drawn + SOME) / np.maximum(sizes, 1), -1.0)
    return group


def _pulls(near: Ints, route: Ints, rows: int) -> Longs:
    """Return int64[W, W], how often a task of one row is among the nearest of another's."""
    beside = near[:, :PULL_TASKS]
    other = np.where(beside == NONE, NONE, route[beside])
    own = np.broadcast_to(route[:, None], beside.shape)
    known = (own != NONE) & (other != NONE)
    counts = np.bincount(own[known] * rows + other[known], minlength=rows * rows)
    pull = counts.reshape(rows, rows)
    return pull + pull.T


def _apart(search: RowSearch) -> RowSearch:
    """Return a search in some of the rows: it shares what they hold, and nothing that counts."""
    rows, cache, undo, best = search.rows, search.cache, search.undo, search.best_rows
    before = Rows(*_copies(undo.before))
    return search._replace(
        rows=Rows(*_copies(rows))._replace(order=rows.order, place=rows.place),
        cache=InsertionCache(*_copies(cache))._replace(known=cache.known),
        undo=UndoLog(*_copies(undo))._replace(before=before),
        best_rows=BestRows(*_copies(best)),
    )


def _copies(record: tuple[Any, ...]) -> list[Any]:
    return [each.copy() if isinstance(each, np.ndarray) else each for each in record]


def _load(part: RowSearch, rows: Rows, group: Longs) -> RowSearch:
    """Let a search go on with the rows of a group as they are."""
    own, best = part.rows, part.best_rows
    for name in ("sum", "size", "version", "spot", "total"):
        np.copyto(getattr(own, name), getattr(rows, name))
    own.open[:] = False
    own.open[group] = True
    own.number[0] = 0
    own.total[ABSENT] = 0.0
    own.total[ROWS] = own.sum[group, COST].sum()
    own.total[OVER] = own.sum[group, EXCESS].sum()
    best.stale[:] = own.open
    best.cost[0] = np.inf
    if own.total[OVER] == 0.0:
        save_best(own, best)
    return part


def _join(search: RowSearch, parts: Sequence[RowSearch]) -> None:
    """Take over what the groups have changed, and their best rows where these are so together."""
    rows, best = search.rows, search.best_rows
    route = rows.spot[:, ROUTE].copy()
    rows.number[0] = 0
    for part in parts:
        own = part.rows
        for name in ("sum", "size"):
            getattr(rows, name)[own.open] = getattr(own, name)[own.open]
        rows.version[:-1][own.open] = own.version[:-1][own.open]
        mine = own.open[route]
        rows.spot[mine] = own.spot[mine]
        absent = own.absent[: own.number[0]]
        first = int(rows.number[0])
        rows.absent[first : first + len(absent)] = absent
        rows.spot[absent, SLOT] = np.arange(first, first + len(absent))
        rows.number[0] += len(absent)
    rows.version[-1] = max(part.rows.version[-1] for part in parts)
    rows.total[[ABSENT, ROWS, OVER]] = sum(part.rows.total[[ABSENT, ROWS, OVER]] for part in parts)
    rows.total[WEIGHT] = np.mean([part.rows.total[WEIGHT] for part in parts])
    cost = sum(float(part.best_rows.cost[0]) for part in parts)
    best.stale[:] = True
    if cost < best.cost[0] - 1e-7:
        best.cost[0] = cost
        for part in parts:
            mine = part.rows.open
            best.order[mine] = part.best_rows.order[mine]
            best.size[mine] = part.best_rows.size[mine]
