"""How long work and driving take: what storms taught, and what that means for one plan."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from data.model.ids import ReloadSiteId, SegmentId, StormId
from data.model.streets import RoadClass, Segment

PaceProposalId = NewType("PaceProposalId", int)


class Movement(StrEnum):
    """What a machine does on a street, each with a speed of its own."""

    PLOW = "plow"
    SALT = "salt"
    DRIVE = "drive"


class LearnedRatio(NamedTuple):
    """How many times the assumed seconds something takes, as a logarithm.

    `sd` is the standard deviation of the logarithm, `drives` how many it was seen in.
    """

    log: float
    sd: float
    drives: int


class KindRatio(NamedTuple):
    """The ratio of a type of machine on a class of roads."""

    movement: Movement
    machine: str
    road: RoadClass
    ratio: LearnedRatio


class StreetRatio(NamedTuple):
    """The ratio of a street against its class."""

    movement: Movement
    segment_id: SegmentId
    ratio: LearnedRatio


class ConditionRatio(NamedTuple):
    """The ratio at a depth of snow in mm, or at an hour of the day."""

    movement: Movement
    at: float
    ratio: LearnedRatio


class MovementRatio(NamedTuple):
    """What holds for all drives of a movement.

    `ratio` is that of a machine or road that was never seen, `mean` what the mean of seconds is
    above their median, `storm_sd` how far the mean of another storm is from all that (logarithm),
    `assumed_s` how many seconds of drives it is from.
    """

    movement: Movement
    ratio: LearnedRatio
    mean: float
    storm_sd: float
    assumed_s: float


class TurnTime(NamedTuple):
    """Seconds that a kind of turn takes, and how many were seen."""

    kind: str
    assumed_s: float
    seconds: float
    seen: int


class FillTime(NamedTuple):
    """Seconds of a visit to a reload site, and how many were seen."""

    site_id: ReloadSiteId
    name: str
    assumed_s: float
    seconds: float
    visits: int


class AssumedSpeeds(NamedTuple):
    """The speeds that the fleet file gave the machines of a type when it was learned."""

    movement: Movement
    machine: str
    mps: tuple[float, ...]


class MachineHabit(NamedTuple):
    """How a type of machine spends its hours beside its route.

    `stop_share` is the time of short stops against that on the way, `off_route` the share of the
    metres that were driven where no route led; `None` where there was no route.
    """

    machine: str
    stop_share: float
    stops: int
    off_route: float | None
    driven_m: float


@dataclass(frozen=True, slots=True)
class LearnedPace:
    """What storms taught of how long things take; ratios are against the fleet file's `speeds`.

    `scatter_s` is how far machines in one storm are apart, as `Scatter` has it. Proposals of former
    versions tell neither.
    """

    movements: tuple[MovementRatio, ...] = ()
    kinds: tuple[KindRatio, ...] = ()
    streets: tuple[StreetRatio, ...] = ()
    depths: tuple[ConditionRatio, ...] = ()
    hours: tuple[ConditionRatio, ...] = ()
    turns: tuple[TurnTime, ...] = ()
    fills: tuple[FillTime, ...] = ()
    habits: tuple[MachineHabit, ...] = ()
    speeds: tuple[AssumedSpeeds, ...] = ()
    scatter_s: float | None = None

    @property
    def scatter(self) -> "Scatter | None":
        """How far ends are from what plans say; `None` where nobody knows."""
        whole_s = sum(one.assumed_s for one in self.movements)
        if self.scatter_s is None or not whole_s:
            return None
        off_s = sum(one.storm_sd * one.assumed_s for one in self.movements)
        return Scatter(off_s / whole_s, self.scatter_s)


class Scatter(NamedTuple):
    """How far ends of routes are from what a plan with learned durations says.

    All machines of a storm are off together, by a share of the time with standard deviation
    `storm_sd`; each by itself with a variance of `own_s` seconds squared for each second.
    """

    storm_sd: float
    own_s: float


class PaceState(StrEnum):
    """A proposal is put in force by a person, until another one is or that is undone."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PaceProposal:
    """What was learned from some storms, and whether plans use it."""

    id: PaceProposalId
    made_at: datetime
    made_by: str
    storm_ids: tuple[StormId, ...]
    learned: LearnedPace
    state: PaceState = PaceState.PROPOSED
    decided_at: datetime | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many times its assumed seconds everything in one plan takes; nothing is as assumed.

    `kinds` holds for the types of machines of the fleet, `streets` for what is known of single
    ones, with the snow on them. `turns_s` are seconds by kind of turn, `fills_s` by reload site,
    `stops` the share of time that stops add, by type of machine. `scatter` is how far all that is
    off, `None` where nobody knows.
    """

    kinds: Mapping[tuple[Movement, str, RoadClass], float] = field(default_factory=dict)
    streets: Mapping[tuple[Movement, SegmentId], float] = field(default_factory=dict)
    turns_s: Mapping[str, float] = field(default_factory=dict)
    fills_s: Mapping[ReloadSiteId, float] = field(default_factory=dict)
    stops: Mapping[str, float] = field(default_factory=dict)
    scatter: Scatter | None = None

    def factor(self, movement: Movement, machine: str, segment: Segment) -> float:
        """Return how many times the assumed seconds a type of machine takes on a street."""
        kind = self.kinds.get((movement, machine, segment.road_class), 1.0)
        street = self.streets.get((movement, segment.id), 1.0)
        return kind * street * (1.0 + self.stops.get(machine, 0.0))


AS_ASSUMED = Pace()
"""Nothing was learned, or nothing of it is in force."""
