"""Single shortest deadheads with turn costs, exact, and a cache of them."""

from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from routing.kernels.graph import shortest_paths
from routing.kernels.graph.shortest_paths import PathScratch
from routing.network.deadheads import TIE_S_PER_M, LineGraph
from routing.problem.problem import Ints, Problem


@dataclass(slots=True, eq=False)
class PathFinder:
    """Exact shortest paths one by one; keeps its scratch memory between calls."""

    problem: Problem
    line: LineGraph
    _scratch: PathScratch = field(init=False)
    _out: Ints = field(init=False)

    def __post_init__(self) -> None:
        """Take the memory."""
        arcs, turns = self.problem.arcs, len(self.line.to)
        self._scratch = PathScratch(
            label=np.full(arcs, np.inf),
            parent=np.empty(arcs, np.int32),
            seen=np.empty(arcs, np.int32),
            keys=np.empty(turns + 1),
            items=np.empty(turns + 1, np.int32),
        )
        self._out = np.empty(arcs, np.int32)

    def path(self, source: int, target: int) -> tuple[float, tuple[int, ...]]:
        """Return the seconds from the end of one arc to the beginning of another, and the path.

        The path is the arcs driven between; seconds are infinite where there is none.
        """
        line, problem, out = self.line, self.problem, self._out
        graph, less = line.graph(problem.place), float(line.drive_s[source])
        seconds, count = shortest_paths.path(graph, less, source, target, self._scratch, out)
        path = out[: max(count, 0)][::-1]
        if problem.rules.metres_count:
            seconds -= TIE_S_PER_M * float(problem.length_m[path].sum())
        return float(seconds), tuple(path.tolist())


class PathCache:
    """Shortest paths, each searched once; safe from any thread."""

    def __init__(self, finder: PathFinder) -> None:
        self._finder = finder
        self._finding = Lock()
        self._known: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {}

    def __len__(self) -> int:
        """Return how many are known."""
        return len(self._known)

    def path(self, source: int, target: int) -> tuple[float, tuple[int, ...]]:
        """Return the seconds from the end of one arc to the beginning of another, and the path."""
        key = (source, target)
        found = self._known.get(key)
        if found is None:
            with self._finding:
                found = self._known[key] = self._finder.path(source, target)
        return found
