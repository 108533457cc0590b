"""Junctions that reach each other.

Tarjan (1972), Depth-first search and linear graph algorithms, SIAM Journal on Computing 1.
Without scipy, which every command that reads streets would take 0.2 s to load.
"""

import numpy as np
from numpy.typing import NDArray


def strong_parts(tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int) -> NDArray[np.int32]:
    """Return a number for each junction, the same for those that arcs lead between both ways."""
    walk = _Walk(tail, head, nodes)
    for node in range(nodes):
        if walk.order[node] < 0:
            walk.search(node)
    return np.array(walk.part, np.int32)


class _Walk:
    """A search into the depth; `open` are junctions whose part is not known yet.

    `low` is the earliest junction, in the order of the search, that one is known to reach.
    """

    def __init__(self, tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int) -> None:
        degree = np.bincount(tail, minlength=nodes)
        self._goes: list[int] = head[np.argsort(tail, kind="stable")].tolist()
        self._ends: list[int] = np.cumsum(degree).tolist()
        self._next: list[int] = (np.cumsum(degree) - degree).tolist()
        self._low, self._open = [0] * nodes, list[int]()
        self._seen = self._parts = 0
        self.order, self.part = [-1] * nodes, [-1] * nodes

    def search(self, root: int) -> None:
        """Find the parts of all that is reached from a junction and not known yet."""
        path = [root]
        self._enter(root)
        while path:
            node = path[-1]
            onto = self._step(node)
            if onto is not None:
                path.append(onto)
                continue
            path.pop()
            if path:
                self._low[path[-1]] = min(self._low[path[-1]], self._low[node])
            if self._low[node] == self.order[node]:
                self._close(node)

    def _enter(self, node: int) -> None:
        self.order[node] = self._low[node] = self._seen
        self._seen += 1
        self._open.append(node)

    def _step(self, node: int) -> int | None:
        """Enter the next junction after one, or return `None` when all are known."""
        order, part, low = self.order, self.part, self._low
        for at in range(self._next[node], self._ends[node]):
            onto = self._goes[at]
            if order[onto] < 0:
                self._next[node] = at + 1
                self._enter(onto)
                return onto
            if part[onto] < 0 and order[onto] < low[node]:
                low[node] = order[onto]
        self._next[node] = self._ends[node]
        return None

    def _close(self, node: int) -> None:
        """Take a junction and all that were opened after it as one part."""
        member = -1
        while member != node:
            member = self._open.pop()
            self.part[member] = self._parts
        self._parts += 1
