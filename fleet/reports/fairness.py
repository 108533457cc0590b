"""How evenly a storm's service was shared out, pure.

Compared is the share of the time since the first flake in which each direction of a street was
within its rule, weighed by lane metres: a quiet lane and a broad street are measured by what each
was promised. Of a part of the city are given the mean, the mean of the tenth that was served worst
(Rawls 1971: a rule is as just as it is to who has least) and the Gini coefficient (Gini 1912, as
the area under the curve of Lorenz 1905): 0 where all were served alike, near 1 where a few got
nearly everything.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from data.model import SegmentId, Storm
from fleet.reports.performance import Flags, Floats, Ints, Lanes, Served, Spells

SMALL_LANE_M = 2_000.0
"""A part with fewer lane metres is small: one truck's luck decides its figures."""

FEW_STREETS = 10
"""So is one of fewer streets between two junctions."""

WORST_SHARE = 0.1
"""How much of the lane metres is called the worst served."""

WIDTHS_M = (5.0, 8.0, 12.0)
SLOPES_PCT = (3.0, 6.0, 10.0)
"""Borders between bands of streets; a street on a border belongs to the upper one."""

UNKNOWN = "unknown"
"""Name of the part whose streets nobody measured."""


class Kind(StrEnum):
    """What parts of a city are told apart by."""

    CLASS = "class"
    DISTRICT = "district"
    WIDTH = "width"
    SLOPE = "slope"


class StormService(NamedTuple):
    """What a storm brought to the streets, and which of them somebody asked for."""

    lanes: Lanes
    spells: Spells
    served: Served
    asked_for: Collection[SegmentId]
    storm: Storm


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly a part of the city was served; shares of time within the rule, 0 to 1."""

    lane_m: float
    streets: int
    mean: float
    worst: float
    gini: float

    @property
    def small(self) -> bool:
        """Whether chance decides these figures."""
        return self.lane_m < SMALL_LANE_M or self.streets < FEW_STREETS


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the city: all of its streets, and those that nobody asked for.

    `cleared_m` are the lane metres cleared in the storm, each time that they were, and
    `inhabitants` who lives there; `None` where the city has not said it, or for no district.
    """

    kind: Kind
    name: str
    whole: Evenness
    unasked: Evenness | None
    cleared_m: float
    inhabitants: int | None = None

    @property
    def cleared_m_each(self) -> float | None:
        """Lane metres cleared for each inhabitant."""
        return self.cleared_m / self.inhabitants if self.inhabitants else None


@dataclass(frozen=True, slots=True)
class Gap:
    """The best and the worst served of parts that are not small; `gap` of their means."""

    best: str
    worst: str
    gap: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly a storm's service was shared out by a moment of it.

    `asked` are the streets that somebody asked for, `unasked` all others: where the two differ,
    who calls is served better. `gaps` has an entry for each kind with two parts to compare.
    """

    city: Evenness
    asked: Evenness | None
    unasked: Evenness | None
    groups: tuple[Group, ...]
    gaps: Mapping[Kind, Gap]
    unasked_gaps: Mapping[Kind, Gap]


class _Parting(NamedTuple):
    """Parts of one kind, and which of them each direction belongs to."""

    kind: Kind
    names: Sequence[str]
    part_no: Ints


def fairness(
    service: StormService, inhabitants: Mapping[str, int], at: datetime
) -> Fairness | None:
    """Return how even the service was from a storm's first flake to a moment after it.

    `inhabitants` are of districts by name. `None` where no street is promised a cycle, or no time
    has gone by.
    """
    lanes, storm = service.lanes, service.storm
    if not lanes.index or at <= storm.snow_at:
        return None
    since_s, until_s = ((one - storm.started_at).total_seconds() for one in (storm.snow_at, at))
    asked = np.isin(lanes.street, np.array(sorted(service.asked_for), np.int64))
    within = time_within(service.spells, len(lanes.street), since_s, until_s)
    measured = _Measured(lanes.lane_m, within, lanes.street)
    cleared_m = lanes.lane_m * times_served(service, at)
    groups = tuple(
        Group(
            parting.kind,
            name,
            whole,
            measured.evenness(ours & ~asked),
            float(cleared_m[ours].sum()),
            inhabitants.get(name) if parting.kind is Kind.DISTRICT else None,
        )
        for parting in _partings(lanes)
        for number, name in enumerate(parting.names)
        if (whole := measured.evenness(ours := parting.part_no == number)) is not None
    )
    return Fairness(
        city=measured.of_all(),
        asked=measured.evenness(asked),
        unasked=measured.evenness(~asked),
        groups=groups,
        gaps=_gaps((one.kind, one.name, one.whole) for one in groups),
        unasked_gaps=_gaps((one.kind, one.name, one.unasked) for one in groups),
    )


def time_within(spells: Spells, count: int, since_s: float, until_s: float) -> Floats:
    """Return the share of a time in which each of `count` directions was not late, 0 to 1.

    Both are seconds after the storm's start; no spell begins before `since_s`.
    """
    late_s = np.minimum(spells.to_s, until_s) - spells.from_s
    late_share = np.bincount(spells.lane, np.maximum(late_s, 0.0), count) / (until_s - since_s)
    return 1.0 - late_share


def times_served(service: StormService, at: datetime) -> Floats:
    """Return how often each direction was cleared from the storm's start to a moment of it."""
    times = np.zeros(len(service.lanes.lane_m))
    for directed, moments in service.served.items():
        number = service.lanes.index.get(directed)
        if number is not None:
            times[number] = sum(service.storm.started_at <= one <= at for one in moments)
    return times


def gini(values: Floats, weights: Floats) -> float:
    """Return the Gini coefficient of values of 0 or more, each as often as its weight says.

    0 where there is nothing to share.
    """
    order = np.argsort(values, kind="stable")
    people = np.append(0.0, np.cumsum(weights[order]))
    goods = np.append(0.0, np.cumsum((values * weights)[order]))
    if goods[-1] <= 0:
        return 0.0
    under = np.sum(np.diff(people) * (goods[1:] + goods[:-1])) / 2
    return max(0.0, float(1.0 - 2 * under / (people[-1] * goods[-1])))


def mean_of_worst(values: Floats, weights: Floats, share: float) -> float:
    """Return the mean of the lowest values that together weigh `share` of all."""
    order = np.argsort(values, kind="stable")
    before = np.append(0.0, np.cumsum(weights[order])[:-1])
    rest = share * weights.sum() - before
    taken = np.clip(rest, 0.0, weights[order])
    return float(np.average(values[order], weights=taken))


class _Measured(NamedTuple):
    """What each direction got: D of them."""

    lane_m: Floats
    within: Floats
    street: Ints

    def of_all(self) -> Evenness:
        """Return how evenly all were served."""
        return Evenness(
            lane_m=float(self.lane_m.sum()),
            streets=len(np.unique(self.street)),
            mean=float(np.average(self.within, weights=self.lane_m)),
            worst=mean_of_worst(self.within, self.lane_m, WORST_SHARE),
            gini=gini(self.within, self.lane_m),
        )

    def evenness(self, ours: Flags) -> Evenness | None:
        """Return how evenly a part was served; `None` for a part without streets."""
        if not ours.any():
            return None
        return _Measured(self.lane_m[ours], self.within[ours], self.street[ours]).of_all()


def _partings(lanes: Lanes) -> Iterator[_Parting]:
    yield _Parting(Kind.CLASS, lanes.classes, lanes.class_no)
    yield _Parting(Kind.DISTRICT, lanes.districts, lanes.district_no)
    yield _banded(Kind.WIDTH, WIDTHS_M, lanes.width_m)
    yield _banded(Kind.SLOPE, SLOPES_PCT, lanes.slope_pct)


def _banded(kind: Kind, borders: Sequence[float], values: Floats) -> _Parting:
    """Return a parting by bands, called "-5", "5-8", "8-12", "12-", and what nobody measured."""
    ends = ["", *(f"{border:g}" for border in borders), ""]
    names = [f"{low}-{high}" for low, high in pairwise(ends)]
    part_no = np.searchsorted(borders, values, side="right")
    part_no[np.isnan(values)] = len(names)
    return _Parting(kind, (*names, UNKNOWN), part_no)


def _gaps(parts: Iterable[tuple[Kind, str, Evenness | None]]) -> Mapping[Kind, Gap]:
    """Return the gap between the parts of each kind that are not small; unknown ones are none."""
    means: dict[Kind, dict[str, float]] = {}
    for kind, name, evenness in parts:
        if evenness is not None and not evenness.small and name != UNKNOWN:
            means.setdefault(kind, {})[name] = evenness.mean
    found = {}
    for kind, of_kind in means.items():
        if len(of_kind) > 1:
            best, worst = (pick(of_kind, key=of_kind.__getitem__) for pick in (max, min))
            found[kind] = Gap(best, worst, of_kind[best] - of_kind[worst])
    return found
