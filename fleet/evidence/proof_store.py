"""Storing proof: passes, the coverage that follows, and the jobs that it closes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.coverage import merged
from data.model import (
    Actor,
    Coverage,
    CoverageChange,
    CoverageRevision,
    DirectedSegment,
    EvidenceKind,
    JobId,
    Pass,
    RequestId,
    RevisionCause,
    SegmentId,
    Storm,
    StormId,
)
from data.store.audit.audit_log import add_event
from data.store.coverage.coverage import (
    list_coverage,
    list_reported,
    remove_coverage,
    replace_reported,
    save_coverage,
)
from data.store.coverage.coverage_revisions import add_revision
from data.store.coverage.track_windows import WindowChange, list_window, replace_windows
from data.store.database.engine import Tx
from data.store.work import list_jobs_on_segments
from fleet.context import CityContext
from fleet.coverage.coverage_cache import CoverageCache
from fleet.coverage.track_windows import TrackWindow
from fleet.evidence.change_reasons import note_rederived, note_reported
from fleet.evidence.job_completion import (
    TRACKING,
    Done,
    answer_requests,
    close_jobs,
    reopen_jobs,
    took_back,
)
from fleet.logbook.log_store import read_again

Changed = list[tuple[Coverage | None, Coverage]]
"""Coverage rows before and after; before a first pass there is none."""

AT_ONCE = 500
"""Segments looked at in one question to the database."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What new passes changed: coverage rows, jobs done or open again, and requests with them.

    On `streets` passes are stored otherwise than before.
    """

    coverage: tuple[Coverage, ...] = ()
    jobs: tuple[JobId, ...] = ()
    requests: tuple[RequestId, ...] = ()
    streets: frozenset[SegmentId] = frozenset()

    def __add__(self, other: "Proof") -> "Proof":
        """Return what both changed."""
        return Proof(
            (*self.coverage, *other.coverage),
            (*self.jobs, *other.jobs),
            (*self.requests, *other.requests),
            self.streets | other.streets,
        )


def storms_in(storms: Iterable[Storm], since: datetime, until: datetime) -> list[StormId]:
    """Return the storms that a time overlaps."""
    return [
        storm.id
        for storm in storms
        if storm.started_at <= until and (storm.ended_at is None or storm.ended_at > since)
    ]


def store_evidence(
    city: CityContext,
    storm: Storm,
    passes: Sequence[Pass],
    actor: Actor = TRACKING,
    instead_of: Sequence[Pass] = (),
    cache: CoverageCache | None = None,
) -> Proof:
    """Store passes that people confirmed, and what follows; repeating it changes nothing.

    `actor` is who closes jobs by it; `instead_of` are stored passes that they take the place of.
    """
    fresh: dict[DirectedSegment, list[Pass]] = {_way(one): [] for one in instead_of}
    for one in passes:
        if _belongs(one, storm):
            fresh.setdefault(_way(one), []).append(one)
    known = list_reported(city.tx, storm.id, {directed.segment_id for directed in fresh})
    stay = {way: [one for one in known[way] if one not in instead_of] for way in fresh}
    replace_reported(city.tx, storm.id, {way: merged([*stay[way], *fresh[way]]) for way in fresh})
    if fresh:
        note_reported(city.tx, actor, storm.id, len(fresh), city.now)
    read_again(city.tx, [*passes, *instead_of])
    streets = {way.segment_id for way in fresh}
    return refresh(city, storm, streets, actor, cache)


def keep_windows(
    city: CityContext,
    storms: Sequence[Storm],
    windows: Iterable[TrackWindow],
    cache: CoverageCache | None = None,
) -> Proof:
    """Store the changed passes of track windows, and what follows in each storm.

    `cache` keeps what older passes come to, for the next time.
    """
    touched: dict[StormId, set[SegmentId]] = defaultdict(set)
    for storm_id, segment_id in store_windows(city.tx, storms, windows, city.now):
        touched[storm_id].add(segment_id)
    proof = Proof(streets=frozenset[SegmentId]().union(*touched.values()))
    for storm in storms:
        if storm.id in touched:
            streets = touched[storm.id]
            proof += refresh(city, storm, streets, TRACKING, cache)
    return proof


def store_windows(
    tx: Tx,
    storms: Sequence[Storm],
    windows: Iterable[TrackWindow],
    now: datetime | None = None,
) -> set[tuple[StormId, SegmentId]]:
    """Store the changed passes of track windows; return the changed streets of each storm.

    The audit log has a line `now` for each that was sealed before; none where the caller's own line
    tells of all.
    """
    changes, touched = list[WindowChange](), set[tuple[StormId, SegmentId]]()
    for window in windows:
        before: dict[DirectedSegment, list[tuple[StormId, Pass]]] = defaultdict(list)
        if window.recomputed:
            for storm_id, one in list_window(tx, *window.key):
                before[DirectedSegment(one.segment_id, one.forward)].append((storm_id, one))
        after = {
            way: _by_storm(storms, window.passes(way)) for way in window.changed | before.keys()
        }
        differing = [
            way for way in sorted(after) if not window.recomputed or after[way] != before[way]
        ]
        stored = [way for way in differing if before[way]] if window.recomputed else differing
        rows = [row for way in differing for row in after[way]]
        changes.append(WindowChange(*window.key, stored, rows))
        touched |= {
            (storm_id, way.segment_id)
            for way in differing
            for storm_id, _ in (*before[way], *after[way])
        }
        window.changed.clear()
        window.recomputed = False
    if now is not None:
        note_rederived(tx, changes, now)
    replace_windows(tx, changes)
    read_again(tx, _by_speed(row for change in changes for row in change.passes))
    return touched


def _by_speed(rows: Iterable[tuple[StormId, Pass]]) -> Iterator[Pass]:
    """Yield the work that only speed shows; vehicles' logs follow from it."""
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
    city: CityContext,
    storm: Storm,
    segment_ids: Iterable[SegmentId],
    actor: Actor = TRACKING,
    cache: CoverageCache | None = None,
) -> Proof:
    """Derive the coverage of some streets again, close jobs that it proves, return what changed.

    Where evidence was taken back, jobs that it had closed are open again, and their requests too.
    What changes in a storm that has ended makes a numbered revision and closes nothing: its jobs
    were cancelled with it.
    """
    kept = cache if storm.ended_at is None else None
    proof, changed = derive(city, storm, segment_ids, actor, kept)
    if storm.ended_at is not None and changed:
        note_revision(
            city.tx, TRACKING, storm.id, RevisionCause.LATE, city.network.version, changed, city.now
        )
    lost = {after.segment_id for before, after in changed if took_back(before, after)}
    if storm.ended_at is None and lost:
        jobs, requests = reopen_jobs(city, storm, lost)
        proof += Proof((), jobs, requests)
    return proof


def derive(
    city: CityContext,
    storm: Storm,
    segment_ids: Iterable[SegmentId],
    actor: Actor = TRACKING,
    cache: CoverageCache | None = None,
) -> tuple[Proof, Changed]:
    """Derive coverage and close jobs as `refresh` does, without a revision number."""
    touched = sorted(one for one in segment_ids if city.network.find(one) is not None)
    changed: Changed = []
    jobs: dict[JobId, Done] = {}
    for i in range(0, len(touched), AT_ONCE):
        ids = touched[i : i + AT_ONCE]
        wanted = list_jobs_on_segments(city.tx, storm.id, ids)
        known = cache or CoverageCache()
        reading = known.read(city, storm.id, ids, wanted, keep=cache is not None)
        changed += _stored(city.tx, storm.id, ids, reading.coverage)
        if storm.ended_at is None:
            jobs |= close_jobs(city, reading.passes, wanted, actor)
    rows = tuple(after for _, after in changed)
    return Proof(rows, *answer_requests(city, storm, jobs, actor)), changed


def note_revision(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    cause: RevisionCause,
    network_version: str,
    changed: Iterable[tuple[Coverage | None, Coverage]],
    now: datetime,
) -> CoverageRevision:
    """Add a numbered revision of a storm's coverage, with its line in the audit log."""
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


def _stored(
    tx: Tx,
    storm_id: StormId,
    segment_ids: Sequence[SegmentId],
    coverage: Mapping[DirectedSegment, Coverage],
) -> Changed:
    """Store the coverage rows of these segments that changed; return them before and after.

    A direction on which nothing was seen after all has no row any more, and comes back empty.
    """
    before = {_way(row): row for row in list_coverage(tx, storm_id, segment_ids)}
    gone = [way for way in sorted(before) if way not in coverage]
    rows = [coverage[way] for way in sorted(coverage) if coverage[way] != before.get(way)]
    save_coverage(tx, storm_id, rows)
    remove_coverage(tx, storm_id, gone)
    emptied = [(before[way], Coverage(*way, 0, before[way].passes_needed, None)) for way in gone]
    changed = [*((before.get(_way(after)), after) for after in rows), *emptied]
    return sorted(changed, key=lambda pair: _way(pair[1]))


def _way(row: Coverage | Pass) -> DirectedSegment:
    return DirectedSegment(row.segment_id, row.forward)
