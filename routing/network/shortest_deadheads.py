"""Single shortest deadheads with turn costs, exact, and a cache of them."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

import numpy as np

from routing.kernels.graph import shortest_paths
from routing.kernels.graph.shortest_paths import PathScratch
from routing.network.deadheads import TIE_S_PER_M, LineGraph, from_arc, to_arc
from routing.problem.problem import Floats, Ints, Problem

type Path = tuple[float, tuple[int, ...]]
"""Seconds, infinite where there is no path, and the arcs driven between."""

ROOM = 1_000_000
"""Inner arcs of paths that are written down before they become tuples."""
SHARED_PAIRS = 200
"""Pairs for which it is worth starting another thread."""


def path_scratch(line: LineGraph) -> PathScratch:
    """Return memory for searches in a line graph."""
    arcs, turns = len(line.drive_s), len(line.to)
    return PathScratch(
        label=np.full(arcs, np.inf),
        parent=np.empty(arcs, np.int32),
        seen=np.empty(arcs, np.int32),
        keys=np.empty(turns + 1),
        items=np.empty(turns + 1, np.int32),
    )


class SecondsSource(Protocol):
    """Finds how long deadheads take."""

    def seconds(self, pairs: Ints, threads: int = 1) -> Floats:
        """Return float64[P], seconds from the end of one arc to the beginning of another."""
        ...


class PlacePaths:
    """Paths from and to the places of vehicles and sites, of which many begin or end there.

    Each is read off a tree of seconds, step by step, in place of a search through half a city.
    """

    def __init__(self, problem: Problem, line: LineGraph) -> None:
        self._problem = problem
        self._line = line
        stops = np.concatenate((problem.start_arc, problem.end_arc, problem.reload_arc))
        self._arcs = {arc for arc in np.unique(stops).tolist() if arc >= 0 and problem.place[arc]}
        self._from: dict[int, Floats] = {}
        self._to: dict[int, Floats] = {}

    def find(self, source: int, target: int) -> Path | None:
        """Return what `PathFinder.path` does; `None` without a place, or where steps take no time.

        Such steps might lead around for ever.
        """
        if target in self._arcs:
            if target not in self._to:
                self._to[target] = to_arc(self._problem, self._line, target)
            seconds, way = float(self._to[target][source]), self._way_to(source, target)
        elif source in self._arcs:
            if source not in self._from:
                self._from[source] = from_arc(self._problem, self._line, source)
            seconds, way = float(self._from[source][target]), self._way_from(source, target)
        else:
            return None
        if way is not None and self._problem.rules.metres_count:
            seconds -= TIE_S_PER_M * float(self._problem.length_m[list(way)].sum())
        return None if way is None else (seconds, way)

    def _way_to(self, source: int, target: int) -> tuple[int, ...] | None:
        line, left_s = self._line, self._to[target]
        if not np.isfinite(left_s[source]):
            return ()
        way: list[int] = []
        at = source
        while len(way) < self._problem.arcs:
            turns = slice(line.starts[at], line.starts[at + 1])
            onward, turn_s = line.to[turns], line.weight[turns] - line.drive_s[at]
            after_s = np.where(self._problem.place[onward], np.inf, left_s[onward])
            after_s = np.where(onward == target, 0.0, after_s + line.drive_s[onward])
            at = int(onward[(turn_s + after_s).argmin()])
            if at == target:
                return tuple(way)
            way.append(at)
        return None

    def _way_from(self, source: int, target: int) -> tuple[int, ...] | None:
        line, away_s = self._line, self._from[source]
        if not np.isfinite(away_s[target]):
            return ()
        way: list[int] = []
        at = target
        while len(way) < self._problem.arcs:
            turns = slice(line.back_starts[at], line.back_starts[at + 1])
            before, takes_s = line.back_to[turns], line.back_weight[turns]
            at_s = np.where(self._problem.place[before], np.inf, away_s[before])
            at_s = np.where(before == source, -line.drive_s[source], at_s)
            at = int(before[(at_s + takes_s).argmin()])
            if at == source:
                return tuple(reversed(way))
            way.append(at)
        return None


@dataclass(slots=True, eq=False)
class PathFinder:
    """Exact shortest paths; keeps its scratch memory between calls for single ones."""

    problem: Problem
    line: LineGraph
    _scratch: PathScratch = field(init=False)
    _out: Ints = field(init=False)
    _places: PlacePaths = field(init=False)

    def __post_init__(self) -> None:
        """Take the memory."""
        self._scratch = path_scratch(self.line)
        self._out = np.empty(self.problem.arcs, np.int32)
        self._places = PlacePaths(self.problem, self.line)

    def path(self, source: int, target: int) -> Path:
        """Return the seconds from the end of one arc to the beginning of another, and the path.

        The path is the arcs driven between; seconds are infinite where there is none.
        """
        known = self._places.find(source, target)
        if known is not None:
            return known
        line, problem, out = self.line, self.problem, self._out
        graph, less = line.graph(problem.place), float(line.drive_s[source])
        seconds, count = shortest_paths.path(graph, less, source, target, self._scratch, out)
        path = out[: max(count, 0)][::-1]
        if problem.rules.metres_count:
            seconds -= TIE_S_PER_M * float(problem.length_m[path].sum())
        return float(seconds), tuple(path.tolist())

    def seconds(self, pairs: Ints, threads: int = 1) -> Floats:
        """Return float64[P], seconds from the end of one arc to the beginning of another."""
        return np.array([seconds for seconds, _ in self.paths(pairs, threads)], np.float64)

    def paths(self, pairs: Ints, threads: int = 1) -> list[Path]:
        """Return the path of each pair of arcs int32[P, 2]; safe from any thread."""
        known = [self._places.find(*pair) for pair in pairs.tolist()]
        others = pairs[np.array([path is None for path in known], np.bool_)]
        count = threads if len(others) >= SHARED_PAIRS else 1
        with ThreadPoolExecutor(count) as pool:
            parts = list(pool.map(self._paths, np.array_split(others, count)))
        found = (path for part in parts for path in part)
        return [next(found) if path is None else path for path in known]

    def _paths(self, pairs: Ints) -> list[Path]:
        line, problem = self.line, self.problem
        graph, scratch = line.graph(problem.place), path_scratch(line)
        seconds, count = np.empty(len(pairs)), np.empty(len(pairs), np.int64)
        inner = np.empty(problem.arcs + ROOM, np.int32)
        found: list[tuple[int, ...]] = []
        done = 0
        while done < len(pairs):
            first = done
            done = shortest_paths.paths(
                graph, line.drive_s, pairs, first, len(pairs), scratch, (seconds, count, inner)
            )
            ends = np.cumsum(np.maximum(count[first:done], 0))
            if problem.rules.metres_count:
                seconds[first:done] -= TIE_S_PER_M * _sums(
                    problem.length_m[inner[: ends[-1]]], ends
                )
            arcs, begin = inner[: ends[-1]].tolist(), 0
            for end in ends.tolist():
                found.append(tuple(arcs[begin:end]))
                begin = end
        return list(zip(seconds.tolist(), found, strict=True))


def _sums(values: Floats, ends: Ints) -> Floats:
    """Return the sums of values between one end and the next."""
    running = np.concatenate(([0.0], np.cumsum(values)))[ends]
    sums: Floats = np.diff(running, prepend=0.0)
    return sums


class PathCache:
    """Shortest paths, each searched once; safe from any thread."""

    def __init__(self, finder: PathFinder) -> None:
        self._finder = finder
        self._finding = Lock()
        self._known: dict[tuple[int, int], Path] = {}

    @property
    def line(self) -> LineGraph:
        """The streets as a graph of arcs."""
        return self._finder.line

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._known)

    @property
    def claimed_s(self) -> dict[tuple[int, int], float]:
        """The seconds of all that are known."""
        return {pair: seconds for pair, (seconds, _) in self._known.items()}

    def path(self, source: int, target: int) -> Path:
        """Return the seconds from the end of one arc to the beginning of another, and the path."""
        key = (source, target)
        found = self._known.get(key)
        if found is None:
            with self._finding:
                found = self._known[key] = self._finder.path(source, target)
        return found

    def seconds(self, pairs: Ints, threads: int = 1) -> Floats:
        """Return float64[P], seconds from the end of one arc to the beginning of another."""
        keys = [(source, target) for source, target in pairs.tolist()]
        self.learn(keys, threads)
        return np.array([self._known[key][0] for key in keys], np.float64)

    def learn(self, pairs: Iterable[tuple[int, int]], threads: int = 1) -> None:
        """Search all paths of some pairs that are not known, which takes less time together."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self._known]
        if new:
            found = self._finder.paths(np.array(new, np.int32), threads)
            self._known.update(zip(new, found, strict=True))
