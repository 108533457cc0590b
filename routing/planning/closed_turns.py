"""Turns between streets of which some are closed."""

from collections.abc import Collection, Iterable

import numpy as np

from data.model import DirectedSegment
from data.streets.network import StreetNetwork
from routing.problem.problem import Floats, Ints


def closed_arcs(network: StreetNetwork, closed: Iterable[DirectedSegment]) -> Ints:
    """Return int32, the arcs of closed streets."""
    arcs = [arc for arc in map(network.arc, closed) if arc is not None]
    return np.array(arcs, np.int32)


def open_shifts_by_vehicle(
    network: StreetNetwork,
    seconds: Floats,
    back_s: float,
    shut: Ints,
    limited: Collection[tuple[int, int]] = (),
) -> Floats:
    """Return float64[M, 3], the turns (from, to, seconds): none into a closed arc, none `limited`.

    `seconds` are those of each turn of the network, `back_s` those of turning around.

    Where all ways on are closed, a street has become a dead end, and vehicles turn around in it.
    """
    turns = network.turns
    origin = np.repeat(np.arange(len(network.arc_tail)), np.diff(turns.start))
    table = np.column_stack((origin, turns.to, seconds)).astype(np.float64)
    if limited:
        arcs = len(network.arc_tail)
        out = np.array([a * arcs + b for a, b in limited], np.int64)
        table = table[~np.isin(origin * arcs + turns.to, out)]
    if not len(shut):
        return table
    kept = table[~np.isin(table[:, 1], shut)]
    stuck = np.setdiff1d(np.setdiff1d(origin, kept[:, 0]), shut)
    back = [(arc, _back(network, int(arc))) for arc in stuck]
    around = [(arc, to, back_s) for arc, to in back if to not in (None, *shut)]
    return np.concatenate((kept, np.array(around, np.float64).reshape(-1, 3)))


def _back(network: StreetNetwork, arc: int) -> int | None:
    """Return the arc of the other direction of a street."""
    there = network.directed(arc)
    return network.arc(DirectedSegment(there.segment_id, not there.forward))
