"""Stops of a vehicle, and distances by fixes alone, pure.

A receiver between houses trembles: standing is found over a minute, and short moves are none.
"""

from collections.abc import Sequence
from datetime import timedelta

from data.model import LonLat, Position
from data.streets.projection import distance_m
from fleet.tracking.fix_filters import FORGET_AFTER

STANDING = timedelta(seconds=60)
"""Who stays at a place for so long stands; shorter, it waits for traffic."""

STANDING_M = 30.0
"""How far a standing receiver's fixes lie from their middle."""

SURELY_STANDING_M = 60.0
"""The same for fixes that say themselves that the vehicle stands."""

CREEPING_M = 20.0
"""The same for fixes that say that it moves: slow work is no stop."""

STANDS_MPS, CREEPS_MPS = 0.5, 1.0
"""What such fixes say."""

HOP_M = 15.0
"""Off the streets, only so long a move counts: shorter ones may be the receiver's."""


def standing(fixes: Sequence[Position]) -> list[bool]:
    """Return for each step from a fix to the next whether the vehicle stood."""
    stands = [False] * max(len(fixes) - 1, 0)
    i = 0
    while i < len(fixes) - 1:
        last = _stays_until(fixes, i)
        if fixes[last].fixed_at - fixes[i].fixed_at < STANDING:
            i += 1
            continue
        stands[i:last] = [True] * (last - i)
        i = last
    return stands


def _stays_until(fixes: Sequence[Position], first: int) -> int:
    """Return the index of the last fix near the middle of those from `first` to it.

    A single fix that lies apart is the receiver's error. One that says that it moves begins no
    stand farther on: the last metres to a stop were driven.
    """
    middle, last, share = fixes[first].location, first, 1.0
    begins_m = _near_m(fixes[first])
    for at in range(first + 1, len(fixes)):
        fix = fixes[at]
        silent = fix.fixed_at - fixes[at - 1].fixed_at > FORGET_AFTER
        near_m = _near_m(fix) if last > first else min(begins_m, _near_m(fix))
        if not silent and distance_m(middle, fix.location) <= near_m:
            last, share = at, share / (1.0 + share)
            middle = LonLat(
                middle.lon + (fix.location.lon - middle.lon) * share,
                middle.lat + (fix.location.lat - middle.lat) * share,
            )
        elif silent or at > last + 1:
            break
    return last


def _near_m(fix: Position) -> float:
    if fix.speed_mps is None or STANDS_MPS <= fix.speed_mps < CREEPS_MPS:
        return STANDING_M
    return SURELY_STANDING_M if fix.speed_mps < STANDS_MPS else CREEPING_M


def hops_m(fixes: Sequence[Position]) -> list[float]:
    """Return the metres of each step by fixes alone, without GPS jitter."""
    metres = [0.0] * max(len(fixes) - 1, 0)
    anchor = 0
    for at in range(1, len(fixes)):
        away_m = distance_m(fixes[anchor].location, fixes[at].location)
        if away_m >= HOP_M:
            metres[anchor:at] = [away_m / (at - anchor)] * (at - anchor)
            anchor = at
    return metres
