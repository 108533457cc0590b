"""Passes over streets as a truck drove them, pure: each drive counts for the leg whose turn it was.

Evidence counts for the first leg over a street that waits for it. Where a truck drove the first
pass with its blade up and the second one at work, the first leg stands as done, late and out of
order, and the second one as left out. A score tells them apart.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from data.model import DirectedSegment, LegKind, Route
from fleet.routes.leg_order import LegOrder, order_of
from fleet.routes.plan_vs_actual import NOT_DONE, OPEN, LegCheck, LegState, RouteCheck

PROVED = frozenset({LegState.DONE, LegState.OUT_OF_ORDER})
"""States of legs that evidence of their own truck proves."""

DRIVEN = PROVED | {LegState.UNPROVED}
"""States of legs of which is known when their truck drove there."""

type Street = Mapping[int, LegCheck]
"""The legs over a street of several passes, by number, in another state than they were."""


def passes_in_turn(
    route: Route, check: RouteCheck, published_at: datetime | None
) -> tuple[LegCheck, ...]:
    """Return the legs of a route, those of several passes over a street by the drives over it.

    A drive that nothing proves counts where it was in its turn between the other legs.
    """
    streets = [*_streets(route, check.legs)]
    if not streets:
        return check.legs
    others = [*check.legs]
    for i in chain.from_iterable(streets):
        others[i] = NOT_DONE
    turns = _turns(others, _order(route, others, published_at))
    kept = [one for one in streets if _in_turn(one, turns, check.last_leg)]
    found = _with(check.legs, kept)
    order = _order(route, found, published_at)
    for i, one in enumerate(found):
        if one.state in PROVED:
            late = i in order.out_of_order
            found[i] = replace(one, state=LegState.OUT_OF_ORDER if late else LegState.DONE)
    return tuple(found)


def _streets(route: Route, legs: Sequence[LegCheck]) -> Iterator[Street]:
    """Yield what becomes of the legs over each street of several passes, where anything does."""
    over: dict[tuple[DirectedSegment, ...], list[int]] = defaultdict(list)
    for i, leg in enumerate(route.legs):
        if leg.kind is LegKind.WORK and leg.blade and legs[i].state is not LegState.BY_OTHER:
            over[leg.path].append(i)
    for numbers in over.values():
        street = _by_drives({i: legs[i] for i in numbers})
        if street:
            yield street


def _by_drives(legs: Street) -> Street:
    """Return the legs over a street that change where each of its drives counts for one, in order.

    What is proved stays as much as it was. No leg is left unproved by a drive that proves another.
    """
    proved = {one.at: one for one in legs.values() if one.state in PROVED and one.at is not None}
    if not proved:
        return {}
    only_driven = sorted({at for one in legs.values() for at in one.driven} - proved.keys())
    unproved = only_driven[: len(legs) - len(proved)]
    passes = proved | {at: LegCheck(LegState.UNPROVED, at) for at in unproved}
    found = dict(zip(legs, (passes[at] for at in sorted(passes)), strict=False))
    for i, one in [*legs.items()][len(passes) :]:
        if one.state is LegState.UNPROVED and one.at in proved:
            found[i] = LegCheck(LegState.SKIPPED)
    return {i: one for i, one in found.items() if one != legs[i]}


def _turns(legs: Sequence[LegCheck], order: LegOrder) -> list[tuple[int, datetime]]:
    """Return the legs that were driven in the planned order, and when."""
    in_order = order.in_order | order.before
    return [(i, one.at) for i, one in enumerate(legs) if i in in_order and one.at is not None]


def _in_turn(street: Street, turns: Sequence[tuple[int, datetime]], last_leg: int) -> bool:
    """Whether all drives over a street that nothing proves were in their turn."""
    return all(
        i <= last_leg and all((at <= one.at) == (leg < i) for leg, at in _around(i, turns))
        for i, one in street.items()
        if one.state is LegState.UNPROVED and one.at is not None
    )


def _around(leg: int, turns: Sequence[tuple[int, datetime]]) -> Sequence[tuple[int, datetime]]:
    """Return the leg in order before one, and the one after it, as far as there are such."""
    place = bisect_left(turns, leg, key=lambda one: one[0])
    return turns[max(place - 1, 0) : place + 1]


def _with(legs: Sequence[LegCheck], streets: Sequence[Street]) -> list[LegCheck]:
    changed = {i: one for street in streets for i, one in street.items()}
    return [changed.get(i, one) for i, one in enumerate(legs)]


def _order(route: Route, legs: Sequence[LegCheck], published_at: datetime | None) -> LegOrder:
    """Return the order in which legs were driven, at work or not."""
    driven = {i: one.at for i, one in enumerate(legs) if one.state in DRIVEN and one.at is not None}
    work = [i for i, leg in enumerate(route.legs) if leg.kind is LegKind.WORK]
    return order_of(driven, [i for i in work if legs[i].state in OPEN], published_at)
