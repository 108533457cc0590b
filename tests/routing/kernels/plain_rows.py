"""Small parts of problems, and plain twins of the kernels on rows, to compare with."""

from itertools import combinations, pairwise, product

import numpy as np

from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BEGIN,
    BIG_S,
    CAPACITY,
    COMPLETION,
    DISTANCE,
    DUE,
    FINISH,
    FIXED,
    GROUP,
    KIND,
    LATENESS,
    LATEST,
    LOAD,
    MATERIAL,
    PACE,
    PRICE,
    RELEASE,
    RESERVE,
    SERVICE,
    START,
    UNSERVED,
    WHOLE,
    WINDOW_COLUMNS,
    Subproblem,
    new_cache,
    new_rows,
)
from routing.kernels.rows.intermediate_facilities import more_columns
from routing.kernels.rows.rows import connect, refresh
from routing.problem.problem import NONE

WINDOWS = 2


def a_part(seed, tasks=5, modes=2, sites=0, timeless=True, share=0.7):
    """A part of random seconds, in which some tasks lack some modes but the first."""
    random = np.random.default_rng(seed)
    nodes = tasks + 2 * WINDOWS + sites
    exists = np.zeros((nodes, modes), bool)
    exists[:, 0] = True
    exists[:tasks, 1:] = random.random((tasks, modes - 1)) < share
    window = np.zeros((WINDOWS, WINDOW_COLUMNS))
    window[:, PACE] = (1.0, 1.5)
    window[:, CAPACITY] = 100.0
    window[:, LOAD] = random.integers(20, 101, WINDOWS) if sites else 1000.0
    window[:, RESERVE] = random.integers(0, 40, WINDOWS)
    window[:, BEGIN] = 10.0
    window[:, LATEST] = BIG_S / 2
    window[:, PRICE] = random.integers(1, 4, WINDOWS)
    window[:, FIXED] = random.integers(0, 50, WINDOWS)
    window[:, WHOLE] = random.integers(0, 2, WINDOWS)
    which = np.zeros((WINDOWS, 4), np.int32)
    which[:, KIND] = np.arange(WINDOWS)
    which[:, START] = tasks + np.arange(WINDOWS)
    which[:, FINISH] = which[:, START] + WINDOWS
    which[:, GROUP] = np.arange(WINDOWS)
    near = np.array([[c for c in range(tasks) if c != t] for t in range(tasks)], np.int32)
    apart = _apart(random.integers(1, 50, (nodes, modes, nodes, modes)), exists)
    way = np.arange(nodes * modes, dtype=np.int32).reshape(nodes, modes)
    return Subproblem(
        apart_s=apart,
        back_s=np.ascontiguousarray(apart.T),
        leave=way,
        enter=way,
        node=_nodes(random, tasks, nodes, timeless=timeless),
        window=window,
        which=which,
        site=np.arange(nodes - sites, nodes, dtype=np.int32),
        fill_s=random.integers(0, 30, sites).astype(float),
        near=near.reshape(tasks, -1),
        near_s=np.zeros((tasks, tasks - 1), np.float32),
        timeless=timeless,
        modes=(0,) * modes,
        reloads=(0,) if sites else (),
    )


def _apart(seconds, exists):
    """`Subproblem.apart_s` from seconds by (node, mode, node, mode), each mode a way of its own."""
    possible = exists[:, :, None, None] & exists[None, None]
    return np.where(possible, seconds, BIG_S).reshape(exists.size, -1).astype(np.float32)


def _nodes(random, tasks, nodes, *, timeless):
    node = np.zeros((nodes, SERVICE + WINDOWS))
    node[:tasks, MATERIAL] = random.integers(0, 60, tasks)
    node[:tasks, UNSERVED] = 1000.0
    node[:tasks, DISTANCE] = random.random(tasks)
    node[:tasks, SERVICE:] = random.integers(1, 20, (tasks, WINDOWS))
    if not timeless:
        node[:tasks, RELEASE] = random.integers(0, 100, tasks)
        node[:tasks, DUE] = random.integers(0, 200, tasks)
        node[:tasks, COMPLETION] = random.random(tasks)
        node[:tasks, LATENESS] = random.random(tasks)
    return node


def with_rows(f, orders):
    """Rows with these tasks in this order, nothing computed yet, and a memory of nothing."""
    tasks = len(f.near)
    columns = more_columns(f.modes) if len(f.site) else 0
    r = new_rows(tasks, WINDOWS, tasks + 2, f.modes, columns)
    for w, order in enumerate(orders):
        r.order[w, : len(order) + 2] = [f.which[w, START], *order, f.which[w, FINISH]]
        r.size[w] = len(order)
        for p, task in enumerate(order, 1):
            r.spot[task] = w, p, NONE
    return r, new_cache(tasks, WINDOWS)


def computed(f, orders):
    """(rows computed by the kernels, memory, whether each row holds)."""
    r, memo = with_rows(f, orders)
    holds = []
    for w in range(WINDOWS):
        for p in range(1, r.size[w] + 2):
            connect(f, r, w, p)
        holds.append(refresh(f, r, w, 1, r.size[w]))
    return r, memo, holds


def order_of(r, w):
    """The nodes of a row with those before and behind."""
    return r.order[w, : r.size[w] + 2].tolist()


def seconds(f, w, i, a, j, m):
    """Deadhead from mode `a` of node `i` to mode `m` of node `j`."""
    return f.window[w, PACE] * float(f.apart_s[f.leave[i, a], f.enter[j, m]])


def over_site(f, w, i, a, j, m):
    """The same with a reload between, at the site where that takes least."""
    return min(
        (
            seconds(f, w, i, a, int(site), 0) + float(f.fill_s[x]) + seconds(f, w, site, 0, j, m)
            for x, site in enumerate(f.site)
        ),
        default=BIG_S,
    )


def least_seconds(f, w, nodes, first=None, last=None, reloads=frozenset()):
    """Least seconds from having done the first node to having done the last, over all modes.

    `first` and `last` fix the modes at the ends; `reloads` are indices that a reload comes before.
    """
    choices = [range(len(f.modes)) for _ in nodes]
    if first is not None:
        choices[0] = (first,)
    if last is not None:
        choices[-1] = (last,)
    work_s = sum(f.node[node, SERVICE + f.which[w, KIND]] for node in nodes[1:])
    modes = range(len(f.modes))
    ways = [over_site if p in reloads else seconds for p in range(1, len(nodes))]
    steps = [
        [[way(f, w, i, a, j, m) for m in modes] for a in modes]
        for way, (i, j) in zip(ways, pairwise(nodes), strict=True)
    ]
    return work_s + min(
        sum(step[a][m] for step, (a, m) in zip(steps, pairwise(chosen), strict=True))
        for chosen in product(*choices)
    )


def trips_fit(f, w, nodes, reloads):
    """Whether the hopper suffices for each trip between reloads."""
    needs = [f.node[node, MATERIAL] for node in nodes]
    needs[-1] += f.window[w, RESERVE]
    return hopper_suffices(f, w, needs, reloads)


def hopper_suffices(f, w, needs, reloads):
    """The same from the needs at each place."""
    load = f.window[w, LOAD]
    for p, need in enumerate(needs):
        load = (f.window[w, CAPACITY] if p in reloads else load) - need
        if load < 0.0:
            return False
    return True


def best_reloads(f, w, nodes):
    """(least seconds, number of reloads then) over all places for reloads and all modes."""
    places = range(1, len(nodes))
    return min(
        (
            (least_seconds(f, w, nodes, reloads=reloads), len(reloads))
            for count in range(len(nodes))
            for reloads in map(frozenset, combinations(places, count))
            if trips_fit(f, w, nodes, reloads)
        ),
        default=(BIG_S, 0),
    )


def columns(f):
    """Where `Rows.place` has what is ahead, what is behind, and deadheads."""
    modes = len(f.modes)
    behind, link = AHEAD + modes, AHEAD + 2 * modes
    return slice(AHEAD, behind), slice(behind, link), slice(link, link + modes**2)
