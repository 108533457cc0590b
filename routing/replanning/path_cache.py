"""Line graphs and shortest paths, kept for the next question about the same streets.

A closure makes other streets of them; so few states come back that two are kept.
"""

from threading import Lock
from typing import NamedTuple

import numpy as np

from routing.check.referee_paths import RefereePaths
from routing.network.deadheads import LineGraph, line_graph
from routing.network.shortest_deadheads import PathCache, PathFinder
from routing.problem.problem import Problem

KEPT = 2
"""States of the streets."""

MOST_PATHS = 400_000
"""Paths that are kept of each; a large city's plan has 40,000."""

_STREETS = ("tail", "head", "length_m", "drive_s", "place", "turn_start", "turn_to", "turn_s")


class CachedLineGraph(NamedTuple):
    """The line graph of some streets, and the shortest paths that were asked for there.

    `checked` are those that the referee has computed for itself.
    """

    line: LineGraph
    paths: PathCache
    checked: RefereePaths


class LineGraphCache:
    """Line graphs of the streets asked about last, with their paths; safe from any thread."""

    def __init__(self) -> None:
        self._kept: list[tuple[Problem, CachedLineGraph]] = []
        self._keeping = Lock()

    def get(self, problem: Problem) -> CachedLineGraph:
        """Return the line graph of a problem's streets, with the paths found there so far."""
        with self._keeping:
            found = next((one for one in self._kept if _alike(one[0], problem)), None)
            if found is None or max(len(found[1].paths), len(found[1].checked)) > MOST_PATHS:
                found = (problem, cached_line_graph(problem))
            others = [one for one in self._kept if not _alike(one[0], problem)]
            self._kept = [found, *others][:KEPT]
            return found[1]


def cached_line_graph(problem: Problem) -> CachedLineGraph:
    """Return the line graph of a problem, with no path found yet."""
    line = line_graph(problem)
    return CachedLineGraph(line, PathCache(PathFinder(problem, line)), {})


def _alike(one: Problem, other: Problem) -> bool:
    """Whether two problems have the same streets, and so the same shortest paths."""
    return one.rules.metres_count == other.rules.metres_count and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in _STREETS
    )
