"""Vehicles that back up on a street, pure: forth, back and forth again is one visit and no three.

A plow backs up to clear a corner or to let somebody pass. On a short street its positions look as
if it had turned at both ends, and had worked all of it three times.
"""

from collections.abc import Iterable
from datetime import timedelta

from data.model import Pass

BACKED_M = 60.0
"""No further back: a vehicle that turns goes over more of a street, or does not come again."""

BACKED_FOR = timedelta(seconds=45)
"""No longer either."""

AT_ONCE = timedelta(seconds=1)
"""So soon nobody has been on another street meanwhile."""


def without_backing(parts: Iterable[Pass], others: Iterable[Pass]) -> list[Pass]:
    """Return the parts of passes in one direction in which a vehicle did not back up.

    `others` are those of the other direction, by the same vehicle.
    """
    runs = list[list[Pass]]()
    for one in sorted([*parts, *others], key=lambda part: (part.started_at, part.ended_at)):
        if runs and runs[-1][0].forward == one.forward and _follows(runs[-1], [one]):
            runs[-1].append(one)
        else:
            runs.append([one])
        if len(runs) > 2 and _backed(*runs[-3:]):
            last = runs.pop()
            runs.pop()
            runs[-1] += last
    ways = {one.forward for one in parts}
    return [one for run in runs for one in run if one.forward in ways]


def _backed(before: list[Pass], run: list[Pass], after: list[Pass]) -> bool:
    """Whether a run in one direction, between two in the other, was no more than backing up."""
    between = _follows(before, run) and _follows(run, after)
    lasted = max(one.ended_at for one in run) - run[0].started_at
    span_m = max(one.to_m for one in run) - min(one.from_m for one in run)
    return (
        between
        and before[0].forward == after[0].forward
        and (lasted <= BACKED_FOR and span_m <= BACKED_M)
    )


def _follows(before: list[Pass], after: list[Pass]) -> bool:
    return after[0].started_at <= max(one.ended_at for one in before) + AT_ONCE
