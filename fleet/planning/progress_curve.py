"""Search curve: best cost and lower bound over time, in few points."""

from math import isfinite

from data.model import CurvePoint

MOST_POINTS = 200
"""Points that a curve keeps: more than a chart on the board has pixels for."""


class Curve:
    """Points in order of time, at most `MOST_POINTS`; first and last stay.

    When it is full every second point goes, and from then on only every second one is kept, and
    so on: points stay about evenly spread. Safe with one writer and readers in other threads.
    """

    def __init__(self) -> None:
        self._kept: tuple[CurvePoint, ...] = ()
        self._last: CurvePoint | None = None
        self._every = 1
        self._count = 0

    def add(self, point: CurvePoint) -> None:
        """Add a point; one without a plan or a bound yet is ignored."""
        if not (isfinite(point.best) and isfinite(point.bound)):
            return
        self._last = point
        if self._count % self._every == 0:
            self._kept = (*self._kept, point)
        self._count += 1
        if len(self._kept) >= MOST_POINTS:
            self._kept = self._kept[::2]
            self._every *= 2

    @property
    def points(self) -> tuple[CurvePoint, ...]:
        """The points kept, with the newest."""
        kept, last = self._kept, self._last
        return kept if last is None or kept[-1] == last else (*kept, last)
