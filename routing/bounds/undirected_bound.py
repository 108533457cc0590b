"""Lower bounds that rise with the cuts of the relaxation by links."""

from collections.abc import Generator, Iterable

import numpy as np

from routing.bounds.junction_sets import first_sets, odd_sets, thin_sets
from routing.bounds.undirected_relaxation import (
    SetCut,
    UndirectedRelaxation,
    set_cut,
    solve_undirected,
)
from routing.problem.problem import Flags, Floats

LEAST_LACK = 1e-2
"""By so much a point must break a cut to bring it in."""
MOST_CUTS = 1_500
"""Cuts of one turn; those that the point breaks most, seen from where it is."""
TIDY = 5
"""After so many turns cuts that no longer hold anything are dropped."""
LOOSE = 0.5
SETTLED = 1e-4
"""No more cuts are looked for when the bound rose by a smaller share over `PATIENCE` turns."""
PATIENCE = 4


def undirected_bounds(
    relaxation: UndirectedRelaxation, turns: int
) -> Generator[float, None, list[Flags]]:
    """Yield bounds, each from at least as many cuts as needed, and return the last cuts' sets."""
    first = _cuts(relaxation, first_sets(relaxation))
    cuts = _broken(first, np.zeros(len(relaxation.price)))
    bounds: list[float] = []
    point = None
    for turn in range(turns):
        point = solve_undirected(relaxation, cuts)
        if point is None:
            break
        yield point.bound
        bounds.append(point.bound)
        if len(bounds) > PATIENCE and point.bound <= bounds[-1 - PATIENCE] * (1.0 + SETTLED):
            break
        if turn % TIDY == TIDY - 1:
            cuts = [cut for cut in cuts if _lack(cut, point.x) > -LOOSE]
        more = _broken([*first, *_cuts(relaxation, thin_sets(relaxation, point.x, turn))], point.x)
        cuts += more or _broken(_cuts(relaxation, odd_sets(relaxation, point.x)), point.x)
    return [cut.inside for cut in cuts if point and _lack(cut, point.x) > -LOOSE]


def _cuts(relaxation: UndirectedRelaxation, sets: Iterable[Flags]) -> list[SetCut]:
    """Return a cut for each of the sets, once."""
    once = {inside.tobytes(): inside for inside in sets}
    return [set_cut(relaxation, inside) for inside in once.values()]


def _broken(cuts: Iterable[SetCut], deadheads: Floats) -> list[SetCut]:
    """Return the cuts that a point breaks most."""
    lacks = {cut.inside.tobytes(): (_lack(cut, deadheads), cut) for cut in cuts}
    found = [(lack, cut) for lack, cut in lacks.values() if lack > LEAST_LACK]
    found.sort(key=lambda each: -each[0] / (1 + len(each[1].across)) ** 0.5)
    return [cut for _, cut in found[:MOST_CUTS]]


def _lack(cut: SetCut, deadheads: Floats) -> float:
    return cut.needed - float(deadheads[cut.across].sum())
