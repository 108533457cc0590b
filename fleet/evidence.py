"""From driven stretches to stored proof: passes, coverage, and the jobs that they close."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from data.model import (
    Actor,
    ActorKind,
    ClosingReason,
    Coverage,
    CoverageChange,
    CoverageRevision,
    DirectedSegment,
    EvidenceKind,
    Job,
    JobId,
    JobState,
    Pass,
    RequestId,
    RequestState,
    RevisionCause,
    SegmentId,
    Storm,
    StormId,
    Treatment,
)
from data.network import StreetNetwork
from data.passes import merged
from data.policy import Policy
from data.store.coverage import (
    list_coverage,
    list_seen,
    list_told,
    remove_coverage,
    replace_told,
    save_coverage,
)
from data.store.engine import Tx
from data.store.events import add_event
from data.store.jobs import list_jobs_on_segments, set_job_state
from data.store.requests import list_requests_of_jobs
from data.store.revisions import add_revision
from data.store.windows import WindowChange, list_window, replace_windows
from fleet.closing import close_by_evidence
from fleet.coverage import counted_treatments, counting, coverage_of, done_at
from fleet.logbook import read_again
from fleet.windows import Window

TRACKING = Actor(ActorKind.SYSTEM, "tracking")
"""Who closes jobs by evidence."""

Changed = list[tuple[Coverage | None, Coverage]]
"""Coverage rows before and after; before a first pass there is none."""

AT_ONCE = 500
"""Segments looked at in one question to the database."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What new passes changed: coverage rows, jobs done, requests answered."""

    coverage: tuple[Coverage, ...] = ()
    jobs: tuple[JobId, ...] = ()
    requests: tuple[RequestId, ...] = ()

    def __add__(self, other: "Proof") -> "Proof":
        """Return what both changed."""
        return Proof(
            (*self.coverage, *other.coverage),
            (*self.jobs, *other.jobs),
            (*self.requests, *other.requests),
        )


class _Done(NamedTuple):
    """Since when a job is done, and why its requests end."""

    at: datetime
    reason: ClosingReason


def storms_in(storms: Iterable[Storm], since: datetime, until: datetime) -> list[StormId]:
    """Return which storms a time touches."""
    return [
        storm.id
        for storm in storms
        if storm.started_at <= until and (storm.ended_at is None or storm.ended_at > since)
    ]


def keep_evidence(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    passes: Sequence[Pass],
    now: datetime,
    actor: Actor = TRACKING,
) -> Proof:
    """Store passes that people told of, and what follows; telling twice changes nothing.

    `actor` is who closes jobs by it.
    """
    fresh: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for one in passes:
        if _belongs(one, storm):
            fresh[DirectedSegment(one.segment_id, one.forward)].append(one)
    known = list_told(tx, storm.id, {directed.segment_id for directed in fresh})
    replace_told(tx, storm.id, {way: merged([*known[way], *fresh[way]]) for way in fresh})
    read_again(tx, passes)
    return refresh(tx, storm, network, policy, {way.segment_id for way in fresh}, now, actor)


def keep_windows(
    tx: Tx,
    network: StreetNetwork,
    policy: Policy,
    storms: Sequence[Storm],
    windows: Iterable[Window],
    now: datetime,
) -> Proof:
    """Store what changed in half hours of positions, and what follows from it in each storm."""
    touched: dict[StormId, set[SegmentId]] = defaultdict(set)
    for storm_id, segment_id in store_windows(tx, storms, windows):
        touched[storm_id].add(segment_id)
    proof = Proof()
    for storm in storms:
        if storm.id in touched:
            proof += refresh(tx, storm, network, policy, touched[storm.id], now)
    return proof


def store_windows(
    tx: Tx, storms: Sequence[Storm], windows: Iterable[Window]
) -> set[tuple[StormId, SegmentId]]:
    """Store what changed in half hours; return the streets, of each storm, that it changed."""
    changes, touched = list[WindowChange](), set[tuple[StormId, SegmentId]]()
    for window in windows:
        before: dict[DirectedSegment, list[tuple[StormId, Pass]]] = defaultdict(list)
        if window.anew:
            for storm_id, one in list_window(tx, *window.key):
                before[DirectedSegment(one.segment_id, one.forward)].append((storm_id, one))
        after = {
            way: _by_storm(storms, window.passes(way)) for way in window.changed | before.keys()
        }
        differing = [way for way in sorted(after) if not window.anew or after[way] != before[way]]
        stored = [way for way in differing if before[way]] if window.anew else differing
        rows = [row for way in differing for row in after[way]]
        changes.append(WindowChange(*window.key, stored, rows))
        touched |= {
            (storm_id, way.segment_id)
            for way in differing
            for storm_id, _ in (*before[way], *after[way])
        }
        window.changed.clear()
        window.anew = False
    replace_windows(tx, changes)
    read_again(tx, _by_speed(row for change in changes for row in change.passes))
    return touched


def _by_speed(rows: Iterable[tuple[StormId, Pass]]) -> Iterator[Pass]:
    """Yield the work that speed alone tells of: the logs of vehicles follow from it."""
    for _, one in rows:
        if one.treatment is not None and one.evidence.kind is EvidenceKind.SPEED:
            yield one


def _by_storm(storms: Iterable[Storm], passes: Iterable[Pass]) -> list[tuple[StormId, Pass]]:
    """Return passes with the storm that each belongs to; those of no storm are left out."""
    return [(storm.id, one) for one in passes for storm in storms if _belongs(one, storm)]


def _belongs(one: Pass, storm: Storm) -> bool:
    ended = storm.ended_at is not None and one.started_at >= storm.ended_at
    return one.started_at >= storm.started_at and not ended


def refresh(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    segment_ids: Iterable[SegmentId],
    now: datetime,
    actor: Actor = TRACKING,
) -> Proof:
    """Derive the coverage of some streets anew, close jobs that it proves, say what changed.

    What changes in a storm that has ended makes a numbered revision and closes nothing: its jobs
    were cancelled with it.
    """
    proof, changed = derive(tx, storm, network, policy, segment_ids, now, actor)
    if storm.ended_at is not None and changed:
        note_revision(tx, TRACKING, storm.id, RevisionCause.LATE, network.version, changed, now)
    return proof


def derive(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    segment_ids: Iterable[SegmentId],
    now: datetime,
    actor: Actor = TRACKING,
) -> tuple[Proof, Changed]:
    """Derive coverage and close jobs as `refresh` does, but leave it to the caller to number it."""
    touched = sorted(one for one in segment_ids if network.find(one) is not None)
    changed: Changed = []
    jobs: dict[JobId, _Done] = {}
    for i in range(0, len(touched), AT_ONCE):
        ids = touched[i : i + AT_ONCE]
        wanted = list_jobs_on_segments(tx, storm.id, ids)
        seen = list_seen(tx, storm.id, ids)
        changed += _covered(tx, storm.id, network, policy, ids, seen, wanted)
        if storm.ended_at is None:
            jobs |= _close_jobs(tx, network, policy, seen, wanted, now, actor)
    rows = tuple(after for _, after in changed)
    return Proof(rows, tuple(jobs), _answer_requests(tx, jobs, now, actor)), changed


def note_revision(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    cause: RevisionCause,
    network_version: str,
    changed: Iterable[tuple[Coverage | None, Coverage]],
    now: datetime,
) -> CoverageRevision:
    """Give what changed in a storm's coverage a number; the storm book says so too."""
    changes = [_change(before, after) for before, after in changed]
    revision = add_revision(tx, storm_id, now, cause, network_version, changes)
    after = {
        "revision": revision.number,
        "cause": cause,
        "directions": revision.directions,
        "network_version": network_version,
    }
    add_event(tx, now, actor, "storm.revised", f"storm:{storm_id}", after=after)
    return revision


def _change(before: Coverage | None, after: Coverage) -> CoverageChange:
    return CoverageChange(
        after.segment_id,
        after.forward,
        before.passes_done if before else 0,
        after.passes_done,
        before.last_pass_at if before else None,
        after.last_pass_at,
    )


def _covered(
    tx: Tx,
    storm_id: StormId,
    network: StreetNetwork,
    policy: Policy,
    segment_ids: Sequence[SegmentId],
    seen: Mapping[DirectedSegment, Sequence[Pass]],
    jobs: Sequence[Job],
) -> Changed:
    """Store the coverage rows of these segments that changed; return them before and after.

    A direction on which nothing was seen after all has no row any more, and comes back empty.
    """
    before = {
        DirectedSegment(row.segment_id, row.forward): row
        for row in list_coverage(tx, storm_id, segment_ids)
    }
    counted = counted_treatments(jobs)
    needed = {
        job.segment_id: job.passes for job in jobs if job.treatment is counted[job.segment_id]
    }
    changed: Changed = []
    for way in sorted(seen.keys() | before.keys()):
        segment, passes = network.segment(way.segment_id), seen.get(way, ())
        after = coverage_of(
            way,
            segment.length_m,
            passes,
            needed.get(segment.id) or policy.passes_for(segment),
            counted.get(segment.id, Treatment.PLOW),
            policy.evidence,
        )
        if not passes or after != before.get(way):
            changed.append((before.get(way), after))
    kept = [after for _, after in changed if _way(after) in seen]
    save_coverage(tx, storm_id, kept)
    remove_coverage(tx, storm_id, [_way(after) for _, after in changed if _way(after) not in seen])
    return changed


def _way(row: Coverage) -> DirectedSegment:
    return DirectedSegment(row.segment_id, row.forward)


def _close_jobs(
    tx: Tx,
    network: StreetNetwork,
    policy: Policy,
    seen: Mapping[DirectedSegment, Sequence[Pass]],
    jobs: Sequence[Job],
    now: datetime,
    actor: Actor,
) -> dict[JobId, _Done]:
    """Set the jobs that passes prove to done, and return since when each is and why."""
    closed: dict[JobId, _Done] = {}
    passes = {way: counting(mine, policy.evidence) for way, mine in seen.items()}
    for job in jobs:
        if job.state is not JobState.OPEN:
            continue
        finished_at = done_at(job, network.segment(job.segment_id), passes)
        if finished_at is None:
            continue
        evidence = _attached(job, passes, finished_at)
        set_job_state(tx, [job.id], JobState.DONE, finished_at)
        add_event(
            tx,
            now,
            actor,
            "job.done",
            f"job:{job.id}",
            before={"state": job.state},
            after={
                "state": JobState.DONE,
                "done_at": finished_at.isoformat(),
                "evidence": evidence,
            },
        )
        seen_clear = any(one["vehicle"] is None for one in evidence)
        reason = ClosingReason.INSPECTED if seen_clear else ClosingReason.PLOWED
        closed[job.id] = _Done(finished_at, reason)
    return closed


def _attached(
    job: Job, passes: Mapping[DirectedSegment, Sequence[Pass]], finished_at: datetime
) -> list[dict[str, object]]:
    """Return the passes that made a job done, as the storm book keeps them."""
    return [
        {
            "vehicle": one.vehicle_id,
            "kind": one.evidence.kind,
            "confidence": round(one.evidence.confidence, 3),
            "forward": one.forward,
            "from_m": round(one.from_m, 1),
            "to_m": round(one.to_m, 1),
            "ended_at": one.ended_at.isoformat(),
        }
        for forward in (True, False)
        for one in passes.get(DirectedSegment(job.segment_id, forward), ())
        if one.treatment is job.treatment and job.starts_at <= one.started_at <= finished_at
    ]


def _answer_requests(
    tx: Tx, jobs: Mapping[JobId, _Done], now: datetime, actor: Actor
) -> tuple[RequestId, ...]:
    """Close the requests of jobs that are done, and return their ids."""
    answered: list[RequestId] = []
    for request in list_requests_of_jobs(tx, list(jobs)) if jobs else ():
        if request.state is not RequestState.OPEN or request.job_id is None:
            continue
        done = jobs[request.job_id]
        close_by_evidence(tx, actor, request, done.reason, done.at, now)
        answered.append(request.id)
    return tuple(answered)
