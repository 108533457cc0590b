"""What of a route evidence shows as done: the phone of its driver begins where proof ends."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from data.model import Leg, LegKind
from fleet.routes.plan_vs_actual import SERVED, LegState, RouteCheck

_PROVED = SERVED - {LegState.TOLD}


@dataclass(frozen=True, slots=True)
class ProvedLegs:
    """Legs `first` to `last` of a route, which evidence shows as done; the last one at `at`."""

    first: int
    last: int
    at: datetime


def proved_legs(legs: Sequence[Leg], check: RouteCheck) -> dict[int, datetime]:
    """Return when the legs that evidence shows as done were, with those of the ways to them."""
    found: dict[int, datetime] = {}
    following: datetime | None = None
    for number in range(len(legs) - 1, -1, -1):
        if legs[number].kind is LegKind.WORK:
            one = check.legs[number]
            following = one.at if one.state in _PROVED else None
        if following is not None:
            found[number] = following
    return dict(sorted(found.items()))


def in_rows(proved: Mapping[int, datetime]) -> Iterator[ProvedLegs]:
    """Yield legs that follow each other as one."""
    numbers = sorted(proved)
    breaks = [at for at, (one, other) in enumerate(pairwise(numbers), 1) if other != one + 1]
    for start, end in pairwise([0, *breaks, len(numbers)]):
        if end > start:
            yield _row(numbers[start:end], proved)


def _row(numbers: Sequence[int], proved: Mapping[int, datetime]) -> ProvedLegs:
    return ProvedLegs(numbers[0], numbers[-1], max(proved[each] for each in numbers))
