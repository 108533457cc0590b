"""Cached sums of older passes by street, so that coverage reads new passes only.

A busy street has hundreds of passes at the end of a night, and every vehicle on it lets its
coverage be derived again. Visits that ended before the half hour before this one are taken in once.
Whether any of their passes has changed since, sums over them tell; then all are read again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from data.coverage import VISIT_GAP
from data.model import (
    Coverage,
    DirectedSegment,
    Job,
    JobState,
    Pass,
    Segment,
    SegmentId,
    StormId,
    Treatment,
)
from data.policy.city_policy import Policy
from data.policy.evidence_rules import EvidenceRules
from data.store.coverage.coverage import list_work_and_drives
from data.store.coverage.pass_sums import PassSum, sum_passes
from data.store.database.engine import Tx
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.coverage.coverage_history import CoverageCourse
from fleet.coverage.street_coverage import counted_treatments, counts, coverage_of
from fleet.coverage.track_windows import begins_at, number_at

WORTH = 8
"""So many older passes of a street are worth to be taken in."""

QUIET = tuple(timedelta(minutes=each) for each in (0, 5, 10))
"""How much earlier a moment is looked for at which nobody was on the street."""


class _Terms(NamedTuple):
    """Rules by which passes count; where they differ everything is read again."""

    length_m: float
    needed: int
    treatment: Treatment
    rules: EvidenceRules

    def coverage(self, way: DirectedSegment, passes: Sequence[Pass]) -> Coverage:
        """Return what passes over a direction prove."""
        needed, treatment, rules = self.needed, self.treatment, self.rules
        return coverage_of(way, self.length_m, passes, needed, treatment, rules)


@dataclass(slots=True)
class _Street:
    """Coverage from passes that ended before `until`, and when the current visits began last."""

    terms: _Terms
    until: datetime
    courses: dict[DirectedSegment, CoverageCourse] = field(default_factory=dict)
    sums: dict[DirectedSegment, PassSum] = field(default_factory=dict)
    counted_at: dict[Treatment, datetime] = field(default_factory=dict)

    def grow(self, older: Mapping[DirectedSegment, Sequence[Pass]], until: datetime) -> None:
        """Add passes of visits that ended before a moment, after those that were added."""
        self.until = until
        for way, seen in older.items():
            if seen:
                self.courses.setdefault(way, CoverageCourse(way, *self.terms)).close(seen)
            for one in seen:
                if one.treatment is not None and counts(one, self.terms.rules):
                    last = self.counted_at.get(one.treatment, one.started_at)
                    self.counted_at[one.treatment] = max(last, one.started_at)

    def serves(self, terms: _Terms, jobs: Iterable[Job]) -> bool:
        """Whether the cached sums suffice for this street and the treatment that is asked for."""
        return terms == self.terms and not any(
            job.treatment in self.counted_at and job.starts_at <= self.counted_at[job.treatment]
            for job in jobs
        )


class CoverageReading(NamedTuple):
    """Coverage by direction of some streets, and the passes that were read for it.

    Passes that were not read are older, and no open job has to know of them.
    """

    coverage: dict[DirectedSegment, Coverage]
    passes: dict[DirectedSegment, list[Pass]]


class CoverageCache:
    """Cache of one storm's streets; filled by whoever reads it first."""

    def __init__(self) -> None:
        self._storm_id: StormId | None = None
        self._streets: dict[SegmentId, _Street] = {}

    def read(
        self,
        city: CityContext,
        storm_id: StormId,
        segment_ids: Collection[SegmentId],
        jobs: Sequence[Job],
        *,
        keep: bool,
    ) -> CoverageReading:
        """Return what all passes over some streets prove; only later ones are read.

        `keep` takes in what ended by now, for the next time.
        """
        if storm_id != self._storm_id:
            self._storm_id, self._streets = storm_id, {}
        terms = _terms(city.network, city.policy, segment_ids, jobs)
        passes = self._read(city.tx, storm_id, terms, jobs)
        coverage = {
            way: self._covered(way, terms[one], passes.get(way, ()))
            for one in terms
            for way in _ways(one)
            if way in passes or way in self._courses(one)
        }
        if keep:
            self._take_in(city.tx, storm_id, terms, passes, begins_at(number_at(city.now) - 1))
        return CoverageReading(coverage, passes)

    def _courses(self, segment_id: SegmentId) -> Mapping[DirectedSegment, CoverageCourse]:
        street = self._streets.get(segment_id)
        return {} if street is None else street.courses

    def _covered(self, way: DirectedSegment, terms: _Terms, passes: Sequence[Pass]) -> Coverage:
        course = self._courses(way.segment_id).get(way)
        return terms.coverage(way, passes) if course is None else course.after(passes)

    def _read(
        self,
        tx: Tx,
        storm_id: StormId,
        terms: Mapping[SegmentId, _Terms],
        jobs: Sequence[Job],
    ) -> dict[DirectedSegment, list[Pass]]:
        """Read the streets that are not cached, and drop what is outdated."""
        passes: dict[DirectedSegment, list[Pass]] = {}
        unknown = set(terms)
        for until, ids in self._known(terms, jobs).items():
            sums = sum_passes(tx, storm_id, ids, until)
            same = [one for one in ids if self._streets[one].sums == _of(sums, one)]
            later = list_work_and_drives(tx, storm_id, same, until)
            joining = {
                way.segment_id
                for way, seen in later.items()
                if any(one.started_at <= until + VISIT_GAP for one in seen)
            }
            passes |= {way: seen for way, seen in later.items() if way.segment_id not in joining}
            unknown -= {*same} - joining
        for one in unknown:
            self._streets.pop(one, None)
        return passes | list_work_and_drives(tx, storm_id, unknown)

    def _known(
        self, terms: Mapping[SegmentId, _Terms], jobs: Sequence[Job]
    ) -> dict[datetime, list[SegmentId]]:
        """Return the streets whose older passes are cached, by the moment up to which."""
        open_jobs: dict[SegmentId, list[Job]] = defaultdict(list)
        for job in jobs:
            if job.state is JobState.OPEN:
                open_jobs[job.segment_id].append(job)
        found: dict[datetime, list[SegmentId]] = defaultdict(list)
        for one in terms:
            street = self._streets.get(one)
            if street is not None and street.serves(terms[one], open_jobs[one]):
                found[street.until].append(one)
        return found

    def _take_in(
        self,
        tx: Tx,
        storm_id: StormId,
        terms: Mapping[SegmentId, _Terms],
        passes: Mapping[DirectedSegment, Sequence[Pass]],
        until: datetime,
    ) -> None:
        """Cache what ended before a moment, or somewhat earlier where a visit spans it."""
        grown: dict[datetime, list[SegmentId]] = defaultdict(list)
        for one in terms:
            read = {way: passes[way] for way in _ways(one) if way in passes}
            moments = (until - earlier for earlier in QUIET)
            quiet = next((at for at in moments if _apart(read, at)), None)
            if quiet is None:
                continue
            older = {way: _ended(seen, quiet) for way, seen in read.items()}
            if sum(len(seen) for seen in older.values()) >= WORTH:
                self._streets.setdefault(one, _Street(terms[one], quiet)).grow(older, quiet)
                grown[quiet].append(one)
        for quiet, ids in grown.items():
            sums = sum_passes(tx, storm_id, ids, quiet)
            for one in ids:
                self._streets[one].sums = _of(sums, one)


def _terms(
    network: StreetNetwork,
    policy: Policy,
    segment_ids: Collection[SegmentId],
    jobs: Sequence[Job],
) -> dict[SegmentId, _Terms]:
    """Return by what each street is judged."""
    counted = counted_treatments(jobs)
    needed = {
        job.segment_id: job.passes for job in jobs if job.treatment is counted[job.segment_id]
    }

    def of(segment: Segment) -> _Terms:
        passes = needed.get(segment.id) or policy.passes_for(segment)
        treatment = counted.get(segment.id, Treatment.PLOW)
        return _Terms(segment.length_m, passes, treatment, policy.evidence)

    return {one: of(network.segment(one)) for one in segment_ids}


def _ways(segment_id: SegmentId) -> tuple[DirectedSegment, DirectedSegment]:
    return DirectedSegment(segment_id, False), DirectedSegment(segment_id, True)


def _of(
    sums: Mapping[DirectedSegment, PassSum], segment_id: SegmentId
) -> dict[DirectedSegment, PassSum]:
    return {way: sums[way] for way in _ways(segment_id) if way in sums}


def _ended(passes: Iterable[Pass], until: datetime) -> list[Pass]:
    return [one for one in passes if one.ended_at < until]


def _apart(passes: Mapping[DirectedSegment, Sequence[Pass]], until: datetime) -> bool:
    """Whether no visit of a street spans a moment: each ended before it or began well after it."""
    return all(
        one.ended_at < until or one.started_at > until + VISIT_GAP
        for seen in passes.values()
        for one in seen
    )
