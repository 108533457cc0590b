"""Recomputation of a storm's passes and coverage from its stored positions.

With the streets and the policy of today, so that what was corrected holds for the past too. What
people told stays as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import (
    Actor,
    Coverage,
    CoverageRevision,
    DirectedSegment,
    JobId,
    JobState,
    RevisionCause,
    SegmentId,
    Storm,
    StormId,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.coverage.coverage import list_coverage, list_work_and_drives, remove_coverage
from data.store.coverage.track_windows import remove_sensed, vehicle_fix_spans
from data.store.database.engine import Tx
from data.store.logbook import reread_parts
from data.store.setup.city import next_revision
from data.store.storms.storms import get_storm, list_storms
from data.store.tracking.positions import list_between
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.coverage.route_expectations import ExpectationCache
from fleet.coverage.street_coverage import counting, done_at
from fleet.coverage.track_windows import AFTER, BEFORE, TrackWindow, fix_span, windows_reading
from fleet.evidence.proof_store import derive, note_revision, store_windows, storms_in
from fleet.logbook.log_store import part_of
from fleet.matching.map_matching import Matcher, StreetMatcher


@dataclass(frozen=True, slots=True)
class Recomputed:
    """Result of a recomputation; `revision` is `None` where nothing changed.

    `doubtful` are jobs that count as done and that no pass or tap proves any more; they stay done
    until somebody looks.
    """

    windows: int
    revision: CoverageRevision | None
    changed: tuple[Coverage, ...]
    jobs: tuple[JobId, ...]
    doubtful: tuple[JobId, ...]


def recompute(
    city: CityContext, actor: Actor, storm_id: StormId, matcher: Matcher | None = None
) -> Recomputed:
    """Derive a storm again and number what changed; raise `NotFoundError` without that storm.

    Logs of vehicles are read again too, and a running server takes up its tracks again.
    """
    storm, storms = get_storm(city.tx, storm_id), list_storms(city.tx)
    before = {_way(row): row for row in list_coverage(city.tx, storm_id)}
    remove_sensed(city.tx, storm_id)
    remove_coverage(city.tx, storm_id, before)
    windows = 0
    for window in _windows(
        city.tx, city.network, storm, storms, matcher or StreetMatcher(city.network), city.now
    ):
        windows += 1
        store_windows(city.tx, [storm], [window])
    _read_logs_again(city.tx, storm, city.now)
    next_revision(city.tx)
    ids = {segment.id for segment in city.network.segments}
    proof, _ = derive(city, storm, ids)
    after = {_way(row): row for row in list_coverage(city.tx, storm_id)}
    changed = [
        (before.get(way), after.get(way) or _nothing(way, before[way]))
        for way in sorted(before.keys() | after.keys())
        if before.get(way) != after.get(way)
    ]
    add_event(
        city.tx,
        city.now,
        actor,
        "storm.recomputed",
        f"storm:{storm_id}",
        after={"windows": windows},
    )
    revision = None
    if changed:
        cause = RevisionCause.RECOMPUTED
        revision = note_revision(
            city.tx, actor, storm_id, cause, city.network.version, changed, city.now
        )
    rows = tuple(row for _, row in changed)
    return Recomputed(
        windows, revision, rows, proof.jobs, _doubtful(city.tx, storm, city.network, city.policy)
    )


def _read_logs_again(tx: Tx, storm: Storm, now: datetime) -> None:
    since, until = part_of(storm.started_at), storm.ended_at or now
    reread_parts(tx, ((who, since, until) for who, _, _ in vehicle_fix_spans(tx, since, until)))


def _windows(
    tx: Tx,
    network: StreetNetwork,
    storm: Storm,
    storms: list[Storm],
    matcher: Matcher,
    now: datetime,
) -> Iterator[TrackWindow]:
    """Yield the settled track windows of every vehicle that prove something of a storm."""
    expectations, until = ExpectationCache(), storm.ended_at or now
    for vehicle_id, first, last in vehicle_fix_spans(tx, storm.started_at - BEFORE, until + AFTER):
        numbers = range(min(windows_reading(first)), max(windows_reading(last)) + 1)
        for number in numbers:
            since, end = fix_span(number)
            fixes = list_between(tx, vehicle_id, since, end - timedelta.resolution)
            if not fixes:
                continue
            orders = expectations.during(tx, storms_in(storms, since, end))
            window = TrackWindow(vehicle_id, number)
            window.feed(
                matcher, network, orders, sorted(fixes, key=lambda f: (f.fixed_at, f.source))
            )
            window.settle(matcher, network, orders)
            yield window


def _doubtful(tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy) -> tuple[JobId, ...]:
    """Return the done jobs that passes no longer prove."""
    done = [job for job in list_jobs(tx, storm.id, JobState.DONE) if network.find(job.segment_id)]
    seen = list_work_and_drives(tx, storm.id, {job.segment_id for job in done})
    proved = {way: counting(mine, policy.evidence) for way, mine in seen.items()}
    return tuple(
        job.id for job in done if done_at(job, network.segment(job.segment_id), proved) is None
    )


def _way(row: Coverage) -> DirectedSegment:
    return DirectedSegment(row.segment_id, row.forward)


def _nothing(way: DirectedSegment, before: Coverage) -> Coverage:
    return Coverage(SegmentId(way.segment_id), way.forward, 0, before.passes_needed, None)
