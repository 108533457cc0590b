"""One street for the council: the reason for its class, and the evidence of its colors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    ByLanguage,
    Coverage,
    DirectedSegment,
    Job,
    LevelReason,
    LonLat,
    Pass,
    Segment,
    Storm,
)
from data.policy.city_policy import Policy
from fleet.coverage.coverage_states import coverage_state
from fleet.coverage.street_coverage import drivable
from maps.streets.street import street_name


@dataclass(frozen=True, slots=True)
class PassProofView:
    """An observed pass: time, evidence, and share of the street's length."""

    forward: bool
    ended_at: datetime
    treatment: str | None
    evidence: str
    share: float


@dataclass(frozen=True, slots=True)
class WayView:
    """One direction of a street: its color and what proves it."""

    forward: bool
    state: int
    passes_done: int
    passes_needed: int
    last_pass_at: datetime | None
    driven_at: datetime | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class CouncilStreet:
    """A street with the reason for its class and the evidence of its colors.

    `place` is a corner of its line, for the map to go there.
    """

    id: int
    names: ByLanguage
    road_class: str
    service_class: str
    reason: str
    subject: str
    cycle_s: float | None
    deadline_s: float
    length_m: float
    district: str
    place: LonLat
    at: datetime
    ways: tuple[WayView, ...]
    proofs: tuple[PassProofView, ...]


def council_street(
    segment: Segment,
    policy: Policy,
    storm: Storm | None,
    coverages: Iterable[Coverage],
    passes: Mapping[DirectedSegment, Sequence[Pass]],
    open_job: Job | None,
    at: datetime,
) -> CouncilStreet:
    """Return a street with the evidence of a storm as of a moment.

    The subject of an override is an administrator's own note and stays inside.
    """
    name, level, rule = street_name(segment), policy.level_of(segment), policy.rule_of(segment)
    known = {one.forward: one for one in coverages}
    seen = sorted((p for way in passes.values() for p in way), key=lambda p: p.ended_at)
    return CouncilStreet(
        id=segment.id,
        names=name,
        road_class=segment.road_class,
        service_class=rule.service_class,
        reason=level.reason,
        subject="" if level.reason is LevelReason.OVERRIDE else level.subject,
        cycle_s=rule.cycle.total_seconds() if rule.cycle else None,
        deadline_s=rule.deadline.total_seconds(),
        length_m=segment.length_m,
        district=segment.district,
        place=segment.geometry[len(segment.geometry) // 2],
        at=at,
        ways=tuple(
            way_view(
                known.get(forward),
                coverage_state(known.get(forward), rule, storm, at, open_job),
                forward=forward,
            )
            for forward in (True, False)
            if drivable(segment, forward=forward)
        ),
        proofs=tuple(_proof(one, segment.length_m) for one in reversed(seen)),
    )


def way_view(coverage: Coverage | None, state: int, *, forward: bool) -> WayView:
    """Return the color and evidence of one direction."""
    if coverage is None:
        return WayView(forward, int(state), 0, 1, None, None, None)
    return WayView(
        forward,
        int(state),
        coverage.passes_done,
        coverage.passes_needed,
        coverage.last_pass_at,
        coverage.driven_at,
        coverage.evidence.kind if coverage.evidence else None,
    )


def _proof(one: Pass, length_m: float) -> PassProofView:
    share = min(1.0, (one.to_m - one.from_m) / length_m)
    return PassProofView(one.forward, one.ended_at, one.treatment, one.evidence.kind, share)
