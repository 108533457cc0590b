"""Filters of a vehicle's fixes before matching; each drops some with a reason."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

from data.model import Position
from data.model.evidence import Breadcrumb
from data.streets.projection import distance_m

ACCURATE_M = 100.0
"""A fix whose own error is larger tells no street."""

FASTEST_MPS = 140 / 3.6
"""A faster vehicle is an error of its receiver (Digitraffic, maintenance tracking)."""

NOISE_M = 50.0
"""A jump shorter than this may be noise, however fast it seems."""

FORGET_AFTER = timedelta(minutes=5)
"""After such a silence a vehicle may be anywhere (Digitraffic)."""

PHONE = "phone"
"""Source of the fixes of a driver's phone; all others are those of the vehicle's own tracker."""

HEARD = timedelta(minutes=1)
"""A tracker counts as heard for so long after each of its fixes, and for a phone before it too."""


Step = Callable[[Sequence[Position], Position | None], tuple[list[Position], int]]
"""Takes the fixes and the last one believed before; gives the kept ones and how many fell."""


def in_order(fixes: Sequence[Position], _before: Position | None) -> tuple[list[Position], int]:
    """Sort by time; of several with one time the first arrived stays, a phone's last of all."""
    first: dict[object, Position] = {}
    for fix in sorted(fixes, key=lambda fix: fix.source == PHONE):
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


def without_echoes[Fix: (Position, Breadcrumb)](
    fixes: Sequence[Fix], before: Fix | None
) -> tuple[list[Fix], int]:
    """Drop fixes of a phone for as long as the vehicle's own tracker counts as heard.

    The phone's were stored where the tracker's came late. Both together would make the vehicle
    tremble between two receivers, and its equipment flicker: a phone knows none. Only fixes before
    a phone's decide, so that a stream comes to the same as all fixes at once.
    """
    kept: list[Fix] = []
    own = None if before is None or before.source == PHONE else before
    for fix in fixes:
        if fix.source != PHONE:
            own = fix
        elif own is not None and fix.fixed_at - own.fixed_at <= HEARD:
            continue
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
    ("beside the tracker", without_echoes),
    ("jump", without_jumps),
)

DOUBTS = STEPS[1], STEPS[3]
"""Steps that find mistakes of whoever sent; fixes of one time, or of two receivers, are none."""


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
