"""One street for the board: its color and the evidence of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.languages import in_language
from data.model import (
    ByLanguage,
    Coverage,
    DirectedSegment,
    Evidence,
    Job,
    JobState,
    LevelReason,
    Pass,
    Segment,
    ServiceRequest,
    Sighting,
    Storm,
    VehicleId,
)
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import CoverageState, coverage_state
from fleet.coverage.street_coverage import drivable
from maps.pages.i18n import Translator
from maps.streets.sightings import SightingView, sighting_view


@dataclass(frozen=True, slots=True)
class LevelView:
    """Class of a street and its reason; `cycle_h` is the cycle that applies to the street.

    `subject` is the place, zone or note that the reason names.
    """

    service_class: str
    reason: str
    subject: ByLanguage
    cycle_h: float | None


@dataclass(frozen=True, slots=True)
class PassView:
    """An observed pass, as evidence."""

    forward: bool
    vehicle: str
    started_at: datetime
    ended_at: datetime
    from_m: float
    to_m: float
    treatment: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DirectionView:
    """One direction of a street: its color and the evidence of it.

    `toward` names the street at its end; `passes_done` counts the whole storm.
    """

    forward: bool
    toward: ByLanguage
    state: int
    passes_done: int
    passes_needed: int
    last_pass_at: datetime | None
    driven_at: datetime | None
    evidence: Evidence | None
    vehicle: str | None


@dataclass(frozen=True, slots=True)
class JobView:
    """Work on a street."""

    id: int
    treatment: str
    state: JobState
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StreetView:
    """A street with the evidence of its color; `job` is its most urgent job.

    `sightings`, the newest first, color the street where somebody saw it clear.
    """

    id: int
    names: ByLanguage
    road_class: str
    service_class: str
    level: LevelView
    length_m: float
    oneway: str
    directions: tuple[DirectionView, ...]
    job: JobView | None
    jobs: tuple[JobView, ...]
    passes: tuple[PassView, ...]
    requests: tuple[str, ...]
    sightings: tuple[SightingView, ...]


END_M = 1.0
"""Streets that are so near to the end of another one may meet it there."""


def street_name(segment: Segment) -> ByLanguage:
    """Return the first spelling of each language; that of "" is the main one of the file."""
    return {language: spellings[0] for language, spellings in segment.names.items() if spellings}


def called(name: ByLanguage, t: Translator) -> str:
    """Return the name of a street in the reader's language, else its main one."""
    return in_language(name, t.language) or t("Unnamed street")


class StreetRecords(NamedTuple):
    """Records of a street in a storm: coverage, passes, jobs, requests and sightings.

    `vehicles` are the names of machines.
    """

    coverage: Iterable[Coverage]
    passes: Mapping[DirectedSegment, Sequence[Pass]]
    jobs: Sequence[Job]
    requests: Iterable[ServiceRequest]
    sightings: Sequence[Sighting]
    vehicles: Mapping[VehicleId, str]


def name_of_end(network: StreetNetwork, segment: Segment, *, forward: bool) -> ByLanguage:
    """Return the name of the widest other street at the end of a direction; empty without one."""
    node = segment.end if forward else segment.start
    around = network.nearby(segment.geometry[-1 if forward else 0], END_M)
    others = (network.segment(snap.segment_id) for snap in around)
    named = [
        street_name(other)
        for other in sorted(others, key=lambda each: (-each.lanes, -each.width_m, each.id))
        if node in (other.start, other.end) and other.id != segment.id
    ]
    own = street_name(segment)
    return next((name for name in named if name and name != own), {})


def street_view(
    segment: Segment,
    network: StreetNetwork,
    policy: Policy,
    storm: Storm | None,
    stored: StreetRecords,
    now: datetime,
) -> StreetView:
    """Return a street with the evidence of its color."""
    known = {one.forward: one for one in stored.coverage}
    vehicles = stored.vehicles
    name = street_name(segment)
    rule = policy.rule_of(segment)
    wanted = sorted(stored.jobs, key=lambda job: (job.state is not JobState.OPEN, job.due_at))
    work = tuple(JobView(job.id, job.treatment, job.state, job.due_at) for job in wanted)
    open_job = next((job for job in wanted if job.state is JobState.OPEN), None)
    seen = sorted((p for way in stored.passes.values() for p in way), key=lambda p: p.ended_at)

    def state(*, forward: bool) -> CoverageState:
        coverage = known.get(forward)
        return coverage_state(coverage, rule, storm, now, open_job)

    return StreetView(
        id=segment.id,
        names=name,
        road_class=segment.road_class,
        service_class=rule.service_class,
        level=level_view(segment, policy),
        length_m=segment.length_m,
        oneway=segment.oneway,
        directions=tuple(
            _direction(
                state(forward=way),
                name_of_end(network, segment, forward=way),
                known.get(way),
                seen,
                vehicles,
                forward=way,
            )
            for way in (True, False)
            if drivable(segment, forward=way)
        ),
        job=work[0] if work else None,
        jobs=work,
        passes=tuple(_pass(one, vehicles) for one in reversed(seen)),
        requests=tuple(request.reference for request in stored.requests),
        sightings=tuple(sighting_view(one, policy) for one in reversed(stored.sightings)),
    )


def level_view(
    segment: Segment, policy: Policy, places: Mapping[str, ByLanguage] | None = None
) -> LevelView:
    """Return the class of a street and its reason; `places` names places in all languages.

    Without them the note of a decision is left out: it is for those who may see all classes.
    """
    level, cycle = policy.level_of(segment), policy.rule_of(segment).cycle
    noted = places is not None or level.reason is not LevelReason.OVERRIDE
    named = places if places and level.reason is LevelReason.NEAR else {}
    return LevelView(
        level.service_class,
        level.reason,
        named.get(level.subject, {"": level.subject} if noted else {}),
        None if cycle is None else round(cycle / timedelta(hours=1), 3),
    )


def _direction(
    state: CoverageState,
    toward: ByLanguage,
    coverage: Coverage | None,
    seen: Sequence[Pass],
    vehicles: Mapping[VehicleId, str],
    *,
    forward: bool,
) -> DirectionView:
    last = next((one for one in reversed(seen) if one.forward == forward), None)
    return DirectionView(
        forward=forward,
        toward=toward,
        state=int(state),
        passes_done=coverage.passes_done if coverage else 0,
        passes_needed=coverage.passes_needed if coverage else 1,
        last_pass_at=coverage.last_pass_at if coverage else None,
        driven_at=coverage.driven_at if coverage else None,
        evidence=coverage.evidence if coverage else None,
        vehicle=vehicles.get(last.vehicle_id) if last and last.vehicle_id else None,
    )


def _pass(one: Pass, vehicles: Mapping[VehicleId, str]) -> PassView:
    return PassView(
        forward=one.forward,
        vehicle="" if one.vehicle_id is None else vehicles.get(one.vehicle_id, ""),
        started_at=one.started_at,
        ended_at=one.ended_at,
        from_m=one.from_m,
        to_m=one.to_m,
        treatment=one.treatment,
        evidence=one.evidence,
    )
