"""Machines shared out among sectors: by the work that each kind can do there, the nearest ones."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from routing.problem.problem import Floats, Ints, Longs

_SLACK = 1e-9


def sector_of_machines(work_s: Floats, kind: Ints, speed: Floats, away_m: Floats) -> Ints:
    """Return int32[V], the sector of each machine.

    Parameters
    ----------
    work_s
        float64[K, S], the work of each sector that a kind of machine is able to do.
    kind
        int32[V], the kind of each machine.
    speed
        float64[K], how fast each kind works.
    away_m
        float64[V, S], how far each machine is from each sector.
    """
    kinds, sectors = work_s.shape
    shares = machines_by_sector(work_s, speed, np.bincount(kind, minlength=kinds))
    found = np.zeros(len(kind), np.int32)
    for k in range(kinds):
        machines = np.flatnonzero(kind == k)
        places = np.repeat(np.arange(sectors), shares[k])
        row, column = linear_sum_assignment(away_m[np.ix_(machines, places)])
        found[machines[row]] = places[column]
    return found


def machines_by_sector(work_s: Floats, speed: Floats, count: Longs) -> Longs:
    """Return int64[K, S], how many machines of each kind each sector gets, in all `count` int64[K].

    Each kind is shared out by the work that it can do, and evenly where it can do none. Those that
    can do least come first; what a sector gets too little of one kind by whole numbers, it gets of
    the next.
    """
    kinds, sectors = work_s.shape
    shares = np.zeros((kinds, sectors), np.int64)
    owed = np.zeros(sectors)
    for k in np.argsort(work_s.sum(axis=1), kind="stable").tolist():
        doable_s = work_s[k] if work_s[k].any() else np.ones(sectors)
        due = count[k] * doable_s / doable_s.sum()
        shares[k] = np.floor(due + _SLACK)
        wanted = np.where(doable_s > 0, due - shares[k] + owed / speed[k], -np.inf)
        left = int(count[k] - shares[k].sum())
        shares[k, np.argsort(-wanted, kind="stable")[:left]] += 1
        if work_s[k].any():
            owed += speed[k] * (due - shares[k])
    return shares
