"""The way that a simulated truck has before it, pure: it can be seen before it is driven."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from fleet.simulation.simulated_trucks import Fix
from fleet.simulation.truck_path import moved_by


class WayAhead:
    """Yields the fixes of a truck one by one, and shows those that come next.

    `late` is how far the truck is behind them.
    """

    def __init__(self, fixes: Iterable[Fix]) -> None:
        self._coming = iter(fixes)
        self._seen: deque[Fix] = deque()
        self.late = timedelta(0)

    def __iter__(self) -> Iterator[Fix]:
        return self

    def __next__(self) -> Fix:
        return self._seen.popleft() if self._seen else next(self._coming)

    def until(self, moment: datetime) -> list[Fix]:
        """Return the fixes to come before a moment, at the times at which the truck will be there.

        None of them is taken away.
        """
        while not self._seen or self._seen[-1].fixed_at + self.late < moment:
            fix = next(self._coming, None)
            if fix is None:
                break
            self._seen.append(fix)
        moved = (moved_by(fix, self.late) for fix in self._seen)
        return [fix for fix in moved if fix.fixed_at < moment]
