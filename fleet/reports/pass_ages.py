"""Time since streets were last cleared, pure: as it is, whatever rule they are measured by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from data.model import ServiceClass
from fleet.reports.performance import Flags, Floats, Lanes, Served

HOUR_S = 3_600.0

STEPS_H = (1, 3, 6, 12)
"""Hours that the shares of older streets are given for."""


@dataclass(frozen=True, slots=True)
class PassAges:
    """Seconds since streets were last cleared, at a moment; shares are of lane metres.

    A direction that was not cleared in this storm counts from the first flake, and is part of
    `never`. Half of the lane metres were cleared no longer ago than `median_s`, `None` where half
    were not. `older` has, for each of `STEPS_H`, the share that was cleared longer ago.
    """

    median_s: float | None
    worst_s: float
    older: tuple[float, ...]
    never: float


class LaneAges(NamedTuple):
    """Of each direction, how long ago it was cleared; `never` counts from the first flake.

    Attributes
    ----------
    age_s : float64[D]
    never : bool[D]
    """

    age_s: Floats
    never: Flags


def lane_ages(lanes: Lanes, served: Served, snow_at: datetime, at: datetime) -> LaneAges:
    """Return how long ago each direction was cleared, at a moment."""
    age_s = np.full(len(lanes.lane_m), max((at - snow_at) / timedelta(seconds=1), 0.0))
    never = np.ones(len(lanes.lane_m), np.bool_)
    for directed, times in served.items():
        number = lanes.index.get(directed)
        latest = max((one for one in times if one <= at), default=None)
        if number is not None and latest is not None:
            age_s[number] = (at - latest) / timedelta(seconds=1)
            never[number] = False
    return LaneAges(age_s, never)


def pass_ages(lanes: Lanes, ages: LaneAges) -> Mapping[ServiceClass, PassAges]:
    """Return how long ago the streets of each class that has any were cleared."""
    age_s, never = ages
    found = {}
    for number, name in enumerate(lanes.classes):
        ours = lanes.class_no == number
        if lanes.lane_m[ours].sum() > 0:
            found[name] = _ages(age_s[ours], lanes.lane_m[ours], never[ours])
    return found


def _ages(age_s: Floats, lane_m: Floats, never: Flags) -> PassAges:
    order = np.argsort(age_s, kind="stable")
    gone_m = np.cumsum(lane_m[order])
    whole_m = float(gone_m[-1])
    middle = int(np.searchsorted(gone_m, whole_m / 2))
    older = tuple(float(lane_m[age_s > hours * HOUR_S].sum()) / whole_m for hours in STEPS_H)
    return PassAges(
        median_s=None if never[order][middle] else float(age_s[order][middle]),
        worst_s=float(age_s.max()),
        older=older,
        never=float(lane_m[never].sum()) / whole_m,
    )
