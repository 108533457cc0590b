"""Which legs of a route its truck did in the planned order, pure.

What a truck did on its former route, before the plan was published, says nothing of the order of
the new one: it is done, but nothing was passed by for it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PASSED_BY = 3
"""So many later legs done, a leg that is not done was skipped and is not merely a moment late."""

JUMP = 5
"""A truck that leaves more open legs behind has jumped ahead, until it does some more there."""

STILL_ON_FORMER = timedelta(minutes=5)
"""So long after a publication a truck may still be on its former route."""


@dataclass(frozen=True, slots=True)
class LegOrder:
    """Numbers of the legs that a truck did.

    `before` are those at the route's beginning, without a gap, that it did before the plan was
    published; others of that time are in none of the three.
    """

    in_order: frozenset[int]
    out_of_order: frozenset[int]
    before: frozenset[int]


def order_of(
    done: Mapping[int, datetime], undone: Sequence[int], published_at: datetime | None
) -> LegOrder:
    """Return the order in which legs were done.

    Parameters
    ----------
    done
        When the truck did each of its legs, by number, ascending.
    undone
        Numbers of the legs that nobody has done yet, ascending.
    published_at
        When the truck got the route; without it, it had the route whenever it did a leg of it.
    """
    since = {i: at for i, at in done.items() if published_at is None or at >= published_at}
    before = {i for i in done if i not in since and (not undone or i < undone[0])}
    chain = before | _longest_in_order(since.items())
    sure = {i for i in chain if published_at is None or done[i] >= published_at + STILL_ON_FORMER}
    in_order = _without_jump(chain, undone, sure) - before
    return LegOrder(frozenset(in_order), frozenset(since.keys() - in_order), frozenset(before))


def _longest_in_order(done: Iterable[tuple[int, datetime]]) -> set[int]:
    """Return the longest sequence of legs done in the planned order.

    Longest non-decreasing subsequence of the times, in O(n log n).
    """
    tails: list[datetime] = []
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for leg, at in done:
        place = bisect_right(tails, at)
        before[leg] = ends[place - 1] if place else None
        tails[place : place + 1] = [at]
        ends[place : place + 1] = [leg]
    chosen: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        chosen.add(step)
        step = before[step]
    return chosen


def _without_jump(in_order: set[int], undone: Sequence[int], sure: set[int]) -> set[int]:
    """Return the legs done in order without the last few, where too much is open before.

    However many they are, they are few while none of them is in `sure`: those that the truck did
    when it was no longer on its former route.
    """
    ordered = sorted(in_order)
    kept = len(ordered)
    for place in range(len(ordered) - 1, -1, -1):
        if ordered[place] in sure and len(ordered) - place > PASSED_BY:
            break
        before = ordered[place - 1] if place else -1
        if bisect_right(undone, ordered[place]) - bisect_right(undone, before) > JUMP:
            kept = place
    return set(ordered[:kept])
