"""A street of a replay: its coverage over time, and the passes observed there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import ByLanguage, Coverage, Pass, Storm, VehicleId
from data.policy.city_policy import Policy
from fleet.replay.street_history import StreetPast
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class PastStep:
    """Coverage of a direction from a second of the storm on."""

    at_s: int
    passes_done: int
    passes_needed: int
    cleared_s: int | None
    driven_s: int | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class PastWay:
    """Coverage of one direction of a street over time; unknown before the first step."""

    forward: bool
    steps: tuple[PastStep, ...]


@dataclass(frozen=True, slots=True)
class PastPass:
    """An observed pass; `treatment` is `None` where the vehicle only drove through.

    `vehicle` is its number in `ReplayView.vehicles`, `None` for one that sent no position.
    """

    forward: bool
    from_s: int
    to_s: int
    share: float
    treatment: str | None
    evidence: str
    confidence: float
    vehicle: int | None


@dataclass(frozen=True, slots=True)
class ReplayStreet:
    """A street of a storm with the evidence for its colors."""

    id: int
    names: ByLanguage
    road_class: str
    service_class: str
    length_m: float
    ways: tuple[PastWay, ...]
    passes: tuple[PastPass, ...]


def replay_street(
    storm: Storm, past: StreetPast, policy: Policy, numbers: Mapping[VehicleId, int]
) -> ReplayStreet:
    """Return a street for the page; `numbers` are those of `ReplayView.vehicles`."""
    segment, name = past.segment, street_name(past.segment)
    return ReplayStreet(
        id=segment.id,
        names=name,
        road_class=segment.road_class,
        service_class=policy.rule_of(segment).service_class,
        length_m=segment.length_m,
        ways=tuple(
            PastWay(way.forward, tuple(_step(storm, at, row) for at, row in steps))
            for way, steps in past.steps.items()
        ),
        passes=tuple(_pass(storm, one, segment.length_m, numbers) for one in past.passes),
    )


def _step(storm: Storm, at: datetime, row: Coverage) -> PastStep:
    return PastStep(
        _second(storm, at),
        row.passes_done,
        row.passes_needed,
        None if row.last_pass_at is None else _second(storm, row.last_pass_at),
        None if row.driven_at is None else _second(storm, row.driven_at),
        row.evidence.kind if row.evidence is not None else None,
    )


def _pass(storm: Storm, one: Pass, length_m: float, numbers: Mapping[VehicleId, int]) -> PastPass:
    return PastPass(
        one.forward,
        _second(storm, one.started_at),
        _second(storm, one.ended_at),
        round(min(1.0, (one.to_m - one.from_m) / length_m), 3),
        one.treatment,
        one.evidence.kind,
        round(one.evidence.confidence, 2),
        None if one.vehicle_id is None else numbers.get(one.vehicle_id),
    )


def _second(storm: Storm, at: datetime) -> int:
    return int((at - storm.started_at).total_seconds())
