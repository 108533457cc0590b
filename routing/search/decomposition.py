"""Which routes are looked at together: neighbors, newly chosen each round."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.kernels.arrays.randomness import draw
from routing.kernels.arrays.route_arrays import ProblemArrays, RouteArrays, SearchArrays, TaskPlaces
from routing.kernels.graph import neighbor_lists
from routing.problem.problem import NONE, Flags, Ints, Longs, Random
from routing.search.subproblems import RouteWindow

GROUP_TASKS = 1_000
"""Tasks in a group; twice as many make iterations slower, half as many meet too few routes."""
GROUP_ROUTES = 40
GROUP_ABSENT = 100
"""Routes and absent tasks in a group."""
PULL_TASKS = 20
"""Nearest tasks of each that say which routes are neighbors."""


WINDOWS = 8
"""Routes with a window around a task."""
WINDOW_HALF = 14
"""Tasks of a route before and behind the one that is near."""
WINDOW_ABSENT = 20
"""Absent tasks that come along with windows."""
WINDOW_LOOKS = 2_000
"""Tasks looked at to find windows."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowGroup:
    """Windows to be opened as one part, and absent tasks around them."""

    windows: tuple[RouteWindow, ...]
    absent: Ints


def route_groups(
    arrays: ProblemArrays, routes: RouteArrays, at: TaskPlaces, rng: Random
) -> list[WindowGroup]:
    """Return all routes in groups of neighbors, each with some idle vehicle and absent tasks.

    A group begins with a random route and takes in whichever has most of its tasks beside those of
    the group, relative to its length.
    """
    sizes = routes.row["size"].astype(np.int64)
    pull = np.zeros((len(sizes), len(sizes)), np.int32)
    neighbor_lists.pulls(arrays.near, at.spot, PULL_TASKS, pull)
    groups = _joined(_grown(pull, sizes, rng), pull, sizes)
    idle = _shuffled(np.flatnonzero(sizes == 0), rng).tolist()
    absent = _absent_near(arrays, at, groups, rng)
    choices: list[WindowGroup] = []
    for group, tasks in zip(groups, absent, strict=True):
        windows = [RouteWindow(v, 0, int(sizes[v])) for v in group]
        if idle:
            windows.append(RouteWindow(idle.pop(), 0, 0))
        choices.append(WindowGroup(tuple(windows), tasks))
    return choices


def forked_stream(rng: Random) -> Random:
    """Return another stream of random numbers, as the stream `rng` says (splitmix64)."""
    draw(rng)
    x = (int(rng[0]) + 0x9E3779B97F4A7C15) % 2**64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    return np.array([(x ^ (x >> 31)) or 1], np.uint64)


def _shuffled(items: Longs, rng: Random) -> Longs:
    return items[np.argsort([draw(rng) for _ in items], kind="stable")] if len(items) else items


def _grown(pull: Ints, sizes: Longs, rng: Random) -> list[list[int]]:
    free: Flags = sizes > 0
    order = _shuffled(np.flatnonzero(free), rng).tolist()
    return [_group(v, pull, sizes, free) for v in order if free[v]]


def _group(first: int, pull: Ints, sizes: Longs, free: Flags) -> list[int]:
    """Return a group that begins with route `first`, and mark its routes as taken."""
    group, tasks, drawn = [first], int(sizes[first]), pull[first].astype(np.float64)
    free[first] = False
    while len(group) < GROUP_ROUTES:
        share = np.where(free, drawn / np.maximum(sizes, 1), 0.0)
        v = int(share.argmax())
        if share[v] <= 0.0 or tasks + sizes[v] > GROUP_TASKS:
            break
        group.append(v)
        free[v] = False
        tasks += int(sizes[v])
        drawn += pull[v]
    return group


def _joined(groups: list[list[int]], pull: Ints, sizes: Longs) -> list[list[int]]:
    """Join what remained small to the neighbour that it touches most."""
    weight = [int(sizes[group].sum()) for group in groups]
    large = [g for g, tasks in zip(groups, weight, strict=True) if 3 * tasks >= GROUP_TASKS]
    small = [g for g, tasks in zip(groups, weight, strict=True) if 3 * tasks < GROUP_TASKS]
    for group in small:
        touch = [
            int(pull[np.ix_(group, other)].sum()) if 2 * sizes[other].sum() < 3 * GROUP_TASKS else 0
            for other in large
        ]
        if touch and max(touch) > 0:
            large[touch.index(max(touch))] += group
        else:
            large.append(list(group))
    return large


def _absent_near(
    arrays: ProblemArrays, at: TaskPlaces, groups: Sequence[Sequence[int]], rng: Random
) -> list[Ints]:
    """Return absent tasks for each group: those whose nearest task with a route is there."""
    route = at.spot["route"]
    absent = _shuffled(np.flatnonzero((route == NONE) & at.spot["fit"]), rng)
    of_route = np.zeros(int(route.max(initial=0)) + 1, np.int64)
    for number, group in enumerate(groups):
        of_route[list(group)] = number
    found: list[list[int]] = [[] for _ in groups]
    for nth, task in enumerate(absent.tolist()):
        near = arrays.near[task]
        beside = route[near[near != NONE]]
        beside = beside[beside != NONE]
        number = int(of_route[beside[0]]) if len(beside) else nth % max(len(groups), 1)
        if groups and len(found[number]) < GROUP_ABSENT:
            found[number].append(task)
    return [np.array(tasks, np.int32) for tasks in found]


class NearbyWindows:
    """Finds windows of routes around a task; keeps its scratch memory between calls."""

    def __init__(self, arrays: SearchArrays) -> None:
        self._arrays = arrays
        self._mark = np.zeros(len(arrays.places.spot), np.bool_)
        self._queue = np.empty(WINDOW_LOOKS, np.int32)

    def around(self, seed: int, taken: set[int], random: Random) -> WindowGroup:
        """Return windows around the nearest tasks of a task, and absent tasks there.

        What is in a `taken` route is left out.
        """
        _, problem, routes, places = self._arrays
        center = np.empty((WINDOWS, 2), np.int32)
        absent = np.empty(WINDOW_ABSENT, np.int32)
        neighbor_lists.around(
            problem.near, places.spot, seed, self._mark, self._queue, center, absent
        )
        sizes = routes.row["size"]
        windows = [
            RouteWindow(v, max(0, at - WINDOW_HALF), min(int(sizes[v]), at + WINDOW_HALF))
            for v, at in center[center[:, 0] != NONE].tolist()
            if v not in taken
        ]
        idle = np.flatnonzero(sizes == 0)
        if len(idle) and windows:
            v = int(idle[int(draw(random) * len(idle))])
            windows += [RouteWindow(v, 0, 0)] if v not in taken else []
        return WindowGroup(tuple(windows), absent[absent != NONE])
