"""From driven stretches to stored proof: passes, coverage, and the jobs that they close."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import (
    Actor,
    ActorKind,
    ClosingReason,
    Coverage,
    DirectedSegment,
    Job,
    JobId,
    JobState,
    Pass,
    RequestId,
    RequestState,
    SegmentId,
    Storm,
    StormId,
    Treatment,
)
from data.network import StreetNetwork
from data.policy import Policy
from data.store.coverage import list_coverage, list_passes, replace_passes, save_coverage
from data.store.engine import Tx
from data.store.events import add_event
from data.store.jobs import list_jobs_on_segments, set_job_state
from data.store.requests import list_requests_of_jobs
from fleet.closing import close_by_evidence
from fleet.coverage import counted_treatments, coverage_of, done_at, merged

TRACKING = Actor(ActorKind.SYSTEM, "tracking")
"""Who closes jobs by evidence."""

AT_ONCE = 500
"""Segments looked at in one question to the database."""


@dataclass(frozen=True, slots=True)
class Driven:
    """A direction that somebody drove through without proof of work."""

    directed: DirectedSegment
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What new passes changed: coverage rows, jobs done, requests answered."""

    coverage: tuple[Coverage, ...] = ()
    jobs: tuple[JobId, ...] = ()
    requests: tuple[RequestId, ...] = ()


def keep_evidence(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    passes: Sequence[Pass],
    driven: Iterable[Driven],
    now: datetime,
) -> Proof:
    """Store passes and what follows from them for a storm; looking twice changes nothing."""
    fresh: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for one in passes:
        if one.started_at >= storm.started_at:
            fresh[DirectedSegment(one.segment_id, one.forward)].append(one)
    driven_at: dict[DirectedSegment, datetime] = {}
    for through in driven:
        if through.at >= storm.started_at:
            latest = driven_at.get(through.directed, through.at)
            driven_at[through.directed] = max(through.at, latest)
    touched = sorted({directed.segment_id for directed in fresh.keys() | driven_at.keys()})
    coverage: list[Coverage] = []
    jobs: dict[JobId, datetime] = {}
    for i in range(0, len(touched), AT_ONCE):
        ids = touched[i : i + AT_ONCE]
        wanted = list_jobs_on_segments(tx, storm.id, ids)
        known = _stored(tx, storm.id, ids, fresh)
        coverage += _covered(tx, storm.id, network, policy, ids, known, driven_at, wanted)
        jobs |= _close_jobs(tx, network, known, wanted, now)
    return Proof(tuple(coverage), tuple(jobs), _answer_requests(tx, jobs, now))


def _stored(
    tx: Tx,
    storm_id: StormId,
    segment_ids: Sequence[SegmentId],
    fresh: Mapping[DirectedSegment, Sequence[Pass]],
) -> dict[DirectedSegment, list[Pass]]:
    """Add the fresh passes of these segments to the stored ones and return all of them."""
    known = list_passes(tx, storm_id, segment_ids)
    changed: dict[DirectedSegment, list[Pass]] = {}
    for segment_id in segment_ids:
        for directed in (DirectedSegment(segment_id, True), DirectedSegment(segment_id, False)):
            if directed in fresh:
                changed[directed] = merged([*known.get(directed, ()), *fresh[directed]])
    replace_passes(tx, storm_id, changed)
    return {**known, **changed}


def _covered(
    tx: Tx,
    storm_id: StormId,
    network: StreetNetwork,
    policy: Policy,
    segment_ids: Sequence[SegmentId],
    passes: Mapping[DirectedSegment, Sequence[Pass]],
    driven_at: Mapping[DirectedSegment, datetime],
    jobs: Sequence[Job],
) -> list[Coverage]:
    """Return the coverage rows of these segments that changed, stored."""
    before = {
        DirectedSegment(row.segment_id, row.forward): row
        for row in list_coverage(tx, storm_id, segment_ids)
    }
    counted = counted_treatments(jobs)
    needed = {
        job.segment_id: job.passes for job in jobs if job.treatment is counted[job.segment_id]
    }
    changed: list[Coverage] = []
    for directed in sorted(passes.keys() | driven_at.keys()):
        if directed.segment_id not in segment_ids:
            continue
        segment, old = network.segment(directed.segment_id), before.get(directed)
        treatment = counted.get(segment.id, Treatment.PLOW)
        times = (driven_at.get(directed), old.driven_at if old else None)
        row = coverage_of(
            directed,
            segment.length_m,
            [p for p in passes.get(directed, ()) if p.treatment is treatment],
            needed.get(segment.id) or policy.passes_for(segment),
            max((time for time in times if time is not None), default=None),
        )
        if row != old:
            changed.append(row)
    save_coverage(tx, storm_id, changed)
    return changed


def _close_jobs(
    tx: Tx,
    network: StreetNetwork,
    passes: Mapping[DirectedSegment, Sequence[Pass]],
    jobs: Sequence[Job],
    now: datetime,
) -> dict[JobId, datetime]:
    """Set the jobs that passes prove to done, and return since when each is."""
    closed: dict[JobId, datetime] = {}
    for job in jobs:
        if job.state is not JobState.OPEN:
            continue
        finished_at = done_at(job, network.segment(job.segment_id), passes)
        if finished_at is None:
            continue
        set_job_state(tx, [job.id], JobState.DONE, finished_at)
        add_event(
            tx,
            now,
            TRACKING,
            "job.done",
            f"job:{job.id}",
            before={"state": job.state},
            after={"state": JobState.DONE, "done_at": finished_at.isoformat()},
        )
        closed[job.id] = finished_at
    return closed


def _answer_requests(
    tx: Tx, jobs: Mapping[JobId, datetime], now: datetime
) -> tuple[RequestId, ...]:
    """Close the requests of jobs that are done, and return their ids."""
    answered: list[RequestId] = []
    for request in list_requests_of_jobs(tx, list(jobs)) if jobs else ():
        if request.state is not RequestState.OPEN or request.job_id is None:
            continue
        served_at = jobs[request.job_id]
        close_by_evidence(tx, TRACKING, request, ClosingReason.PLOWED, served_at, now)
        answered.append(request.id)
    return tuple(answered)
