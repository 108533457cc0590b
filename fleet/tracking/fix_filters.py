"""Filters of a vehicle's fixes before matching; each drops some with a reason."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

from data.model import Position
from data.streets.projection import distance_m

ACCURATE_M = 100.0
"""A fix whose own error is larger tells no street."""

FASTEST_MPS = 140 / 3.6
"""A faster vehicle is an error of its receiver (Digitraffic, maintenance tracking)."""

NOISE_M = 50.0
"""A jump shorter than this may be noise, however fast it seems."""

FORGET_AFTER = timedelta(minutes=5)
"""After such a silence a vehicle may be anywhere (Digitraffic)."""


Step = Callable[[Sequence[Position], Position | None], tuple[list[Position], int]]
"""Takes the fixes and the last one believed before; gives the kept ones and how many fell."""


def in_order(fixes: Sequence[Position], _before: Position | None) -> tuple[list[Position], int]:
    """Sort by time; of several with one time the first arrived stays."""
    first: dict[object, Position] = {}
    for fix in fixes:
        first.setdefault(fix.fixed_at, fix)
    return sorted(first.values(), key=lambda fix: fix.fixed_at), len(fixes) - len(first)


def believable(fixes: Sequence[Position], _before: Position | None) -> tuple[list[Position], int]:
    """Drop fixes that the receiver itself marks as invalid or inaccurate."""
    kept = [
        fix
        for fix in fixes
        if (fix.accuracy_m is None or fix.accuracy_m <= ACCURATE_M)
        and fix.attributes.get("valid") is not False
    ]
    return kept, len(fixes) - len(kept)


def without_jumps(fixes: Sequence[Position], before: Position | None) -> tuple[list[Position], int]:
    """Drop fixes that no vehicle could reach since the last one kept."""
    kept: list[Position] = []
    for fix in fixes:
        last = kept[-1] if kept else before
        if last is None or _reachable(last, fix):
            kept.append(fix)
    return kept, len(fixes) - len(kept)


def _reachable(last: Position, fix: Position) -> bool:
    elapsed = fix.fixed_at - last.fixed_at
    if elapsed > FORGET_AFTER:
        return True
    away_m = distance_m(last.location, fix.location)
    return away_m <= NOISE_M + FASTEST_MPS * abs(elapsed.total_seconds())


STEPS: tuple[tuple[str, Step], ...] = (
    ("same time", in_order),
    ("inaccurate", believable),
    ("jump", without_jumps),
)


def filtered(
    fixes: Sequence[Position], before: Position | None = None
) -> tuple[list[Position], Counter[str]]:
    """Return a vehicle's fixes fit for matching, by time, and counts of dropped ones by reason."""
    dropped: Counter[str] = Counter()
    kept = list(fixes)
    for reason, step in STEPS:
        kept, fallen = step(kept, before)
        dropped[reason] += fallen
    return kept, +dropped
