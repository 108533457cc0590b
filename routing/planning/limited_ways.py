"""What some types of machines may not drive: streets and turns, as the optimizer heeds them.

All machines of a search share one graph of streets. So a turn that a machine in service cannot make
is made by nobody there, and a street that it cannot drive is driven through by nobody, but worked
on by the others. Where that would cut streets off from all depots, the graph stays as it is, and
only the machines concerned do not work there. What is found the other machines drive by the
quickest ways over all streets (`routing.planning.unlimited_machines`).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from data.model import DirectedSegment
from data.model.machines import WayLimit
from data.streets.network import StreetNetwork
from routing.planning.closed_turns import closed_arcs
from routing.planning.situation import PlanningSituation
from routing.problem.problem import Flags, Longs

KEPT = 4
"""States of the limits that are kept: each plan, and each search of it, asks several times."""


@dataclass(frozen=True, slots=True)
class LimitedWays:
    """Turns that nobody makes, arcs that nobody drives through, and arcs barred to types.

    `types` are those of the machines in service for which it is so.
    """

    turns: frozenset[tuple[int, int]] = frozenset()
    through: frozenset[int] = frozenset()
    barred: Mapping[str, frozenset[int]] = field(default_factory=dict)
    types: frozenset[str] = frozenset()

    @property
    def narrow(self) -> bool:
        """Whether the graph of the search is smaller than the city's."""
        return bool(self.turns or self.through)

    def bars(self, type_name: str, arc: int | None) -> bool:
        """Whether machines of a type do not work on an arc."""
        return arc in self.barred.get(type_name, ())


def limited_ways(situation: PlanningSituation) -> LimitedWays:
    """Return what limits of the machines in service mean for a plan."""
    present, network = situation.present, situation.network
    if not present.limits:
        return LimitedWays()
    types = {vehicle.id: vehicle.type for vehicle in situation.vehicles}
    serving = frozenset(types[shift.vehicle_id] for shift in situation.shifts)
    limits = frozenset(one for one in present.limits if one.types & serving)
    homes = frozenset(network.nearest_node(depot.location) for depot in situation.depots)
    found = _limited(network, present.closed, limits, homes)
    if not found.narrow:
        return found
    concerned = (name for one in limits for name in one.types)
    return replace(found, types=serving.intersection(concerned))


@lru_cache(KEPT)
def _limited(
    network: StreetNetwork,
    closed: frozenset[DirectedSegment],
    limits: frozenset[WayLimit],
    homes: frozenset[int],
) -> LimitedWays:
    streets = _Streets(network, closed, homes)
    known = [one for one in limits if streets.arcs_of(one) is not None]
    ordered = sorted(known, key=lambda one: (one.way, one.came or one.way, sorted(one.types)))
    barred: dict[str, set[int]] = {}
    for limit in ordered:
        _, arc = streets.arcs_of(limit) or (None, 0)
        for name in limit.types if limit.came is None else ():
            barred.setdefault(name, set()).add(arc)
    found = _together(streets, ordered)
    for limit in ordered if found is None else ():
        before = found or LimitedWays()
        after = _with(before, streets, limit)
        lost = streets.reached(before) & ~streets.reached(after)
        if not lost.any():
            found = after
        for name in limit.types:
            barred.setdefault(name, set()).update(np.flatnonzero(lost).tolist())
    whole = found or LimitedWays()
    sets = {name: frozenset(arcs) for name, arcs in barred.items()}
    return LimitedWays(whole.turns, whole.through, sets)


def _together(streets: "_Streets", limits: Iterable[WayLimit]) -> LimitedWays | None:
    """Return all limits at once, `None` where they would cut something off."""
    found = LimitedWays()
    for limit in limits:
        found = _with(found, streets, limit)
    return found if (streets.reached(found) >= streets.reached(LimitedWays())).all() else None


def _with(found: LimitedWays, streets: "_Streets", limit: WayLimit) -> LimitedWays:
    came, arc = streets.arcs_of(limit) or (None, 0)
    if came is None:
        return LimitedWays(found.turns, found.through | {arc})
    return LimitedWays(found.turns | {(came, arc)}, found.through)


class _Streets:
    """The open arcs of a city, and which of them are reached from its depots and lead back."""

    def __init__(
        self,
        network: StreetNetwork,
        closed: Collection[DirectedSegment],
        homes: frozenset[int],
    ) -> None:
        turns = network.turns
        self._network = network
        self._arcs = len(network.arc_tail)
        came = np.repeat(np.arange(self._arcs, dtype=np.int64), np.diff(turns.start))
        kept = ~np.isin(turns.to, closed_arcs(network, closed))
        self._came: Longs = came[kept]
        self._goes: Longs = turns.to[kept].astype(np.int64)
        self._homes = np.isin(network.arc_tail, sorted(homes))

    def arcs_of(self, limit: WayLimit) -> tuple[int | None, int] | None:
        """Return the arcs of a limit; `None` where a newer street file has no such way."""
        ways = [limit.way] if limit.came is None else [limit.came, limit.way]
        if any(self._network.find(way.segment_id) is None for way in ways):
            return None
        arcs = [self._network.arc(way) for way in ways]
        if any(arc is None for arc in arcs):
            return None
        return (None if limit.came is None else arcs[0], arcs[-1] or 0)

    def reached(self, limited: LimitedWays) -> Flags:
        """Return bool[A], the arcs to which machines come from a depot, and from there back."""
        driven = np.ones(self._arcs, np.bool_)
        driven[sorted(limited.through)] = False
        shut = np.array([a * self._arcs + b for a, b in sorted(limited.turns)], np.int64)
        kept = ~np.isin(self._came * self._arcs + self._goes, shut)
        came, goes = self._came[kept], self._goes[kept]
        ok = self._at_home(came, goes, driven)
        into = np.zeros(self._arcs, np.bool_)
        out = np.zeros(self._arcs, np.bool_)
        into[goes[ok[came]]] = True
        out[came[ok[goes]]] = True
        return ok | (~driven & into & out)

    def _at_home(self, came: Longs, goes: Longs, driven: Flags) -> Flags:
        through = driven[came] & driven[goes]
        pairs = came[through], goes[through]
        graph = csr_matrix((np.ones(len(pairs[0]), np.int8), pairs), shape=(self._arcs,) * 2)
        _, part = connected_components(graph, directed=True, connection="strong")
        home = np.unique(part[self._homes & driven])
        found: Flags = np.isin(part, home) & driven
        return found
