"""Reversing, pure: forward, backward and forward again on one street is one visit, not three.

A plow backs up to clear a corner or to let somebody pass. On a short street its positions look as
if it had turned at both ends, and had worked all of it three times.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Pass

BACKED_M = 60.0
"""No further back: a vehicle that turns goes over more of a street, or does not come again."""

BACKED_FOR = timedelta(seconds=45)
"""No longer either."""

AT_ONCE = timedelta(seconds=1)
"""So soon nobody has been on another street meanwhile."""


def without_backing(parts: Iterable[Pass], others: Iterable[Pass]) -> list[Pass]:
    """Return the parts of passes in one direction in which a vehicle did not reverse.

    `others` are those of the other direction, by the same vehicle.
    """
    known, turned = list(parts), list(others)
    if not known or not turned:
        return known
    runs = list[_Run]()
    for one in sorted([*known, *turned], key=lambda part: (part.started_at, part.ended_at)):
        if runs and runs[-1].forward == one.forward and runs[-1].reaches(one.started_at):
            runs[-1].add([one], one.ended_at)
        else:
            runs.append(_Run([one], one.ended_at))
        if len(runs) > 2 and _backed(*runs[-3:]):
            last = runs.pop()
            runs.pop()
            runs[-1].add(last.parts, last.ended_at)
    ways = {one.forward for one in known}
    return [one for run in runs for one in run.parts if one.forward in ways]


@dataclass(slots=True)
class _Run:
    """Consecutive parts of passes in one direction, and when the last one ended."""

    parts: list[Pass]
    ended_at: datetime

    @property
    def forward(self) -> bool:
        return self.parts[0].forward

    def reaches(self, moment: datetime) -> bool:
        """Whether a pass that begins at a moment continues this run."""
        return moment <= self.ended_at + AT_ONCE

    def add(self, parts: Iterable[Pass], ended_at: datetime) -> None:
        """Append parts to this run."""
        self.parts += parts
        self.ended_at = max(self.ended_at, ended_at)


def _backed(before: _Run, run: _Run, after: _Run) -> bool:
    """Whether a run in one direction, between two in the other, was only reversing."""
    began_at = run.parts[0].started_at
    between = before.reaches(began_at) and run.reaches(after.parts[0].started_at)
    return (
        between
        and before.forward == after.forward
        and run.ended_at - began_at <= BACKED_FOR
        and max(one.to_m for one in run.parts) - min(one.from_m for one in run.parts) <= BACKED_M
    )
