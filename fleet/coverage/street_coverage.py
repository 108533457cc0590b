"""What passes prove, pure: whole traversals, the coverage of streets, the jobs that are done.

A street counts as passed once for every visit that went over 0.9 of its length, and once more
whenever visits to parts of it have done so together: two trucks may make one pass, and one truck
that stands and trembles never makes two.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from data.coverage import VISIT_GAP
from data.model import (
    Coverage,
    DirectedSegment,
    Directions,
    Job,
    Oneway,
    Pass,
    Segment,
    SegmentId,
    Treatment,
    VehicleId,
)
from data.policy.evidence_rules import EvidenceRules, Grade
from data.store.work import OpenJob

WHOLE = 0.9
"""Share of a street that counts as whole: GPS loses the first metres."""

ENDS_M = 10.0
"""What a receiver's error may cost at the ends of a street that is shorter than 100 m."""

LEAST = 0.6
"""Share that even the shortest street needs."""

ROUNDED_M = 1e-6
"""So much a sum of metres may be off that has been carried along: then all is added up again."""

BEGUN = 0.25
"""Share from which a street counts as being worked on."""


def union(intervals: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the intervals merged where they overlap or touch, in order."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def visits(passes: Iterable[Pass]) -> list[list[Pass]]:
    """Return the passes grouped into visits of one vehicle, by the time a visit ended."""
    groups: list[list[Pass]] = []
    latest: dict[VehicleId | None, list[Pass]] = {}
    for one in sorted(passes, key=lambda p: (p.started_at, p.ended_at)):
        group = latest.get(one.vehicle_id)
        if group and one.started_at <= max(p.ended_at for p in group) + VISIT_GAP:
            group.append(one)
        else:
            latest[one.vehicle_id] = [one]
            groups.append(latest[one.vehicle_id])
    return sorted(groups, key=lambda group: max(p.ended_at for p in group))


def whole_passes(passes: Iterable[Pass], length_m: float, needed: int = 1) -> list[datetime]:
    """Return when each whole traversal of one direction was complete, oldest first.

    A visit that went over the whole street is one; visits to parts of it add up to others. Who saw
    the street clear on the spot saw all passes that it had `needed`.
    """
    wholes = Wholes(length_m, needed)
    for visit in visits(passes):
        wholes.add(visit)
    return wholes.times


class Wholes:
    """The whole traversals of a direction, counted visit by visit.

    `times` says when each was complete, oldest first; `needed` is how many make a street clear, and
    `cleared_at` when there were so many last. Of earlier traversals that are not remembered any
    more `forgotten` says how many there were.
    """

    def __init__(
        self,
        length_m: float,
        needed: int = 1,
        times: Iterable[datetime] = (),
        parts: "_Depth | None" = None,
        forgotten: int = 0,
        cleared_at: datetime | None = None,
    ) -> None:
        self.times = list(times)
        self.forgotten = forgotten
        self.cleared_at = cleared_at
        self._length_m = length_m
        self._needed = needed
        self._parts = parts or _Depth(length_m)

    def add(self, visit: Sequence[Pass]) -> None:
        """Add the next visit, by the time it ended."""
        if visit[0].vehicle_id is None:
            missing = self._needed - self.count % self._needed
            self._add_times([max(p.ended_at for p in visit)] * missing)
            return
        stretches = union((p.from_m, p.to_m) for p in visit)
        whole_street_m = whole_m(self._length_m)
        whole = sum(end_m - start_m for start_m, end_m in stretches) >= whole_street_m
        if not whole:
            for start_m, end_m in stretches:
                self._parts.add(start_m, end_m)
        if whole or self._parts.rises(whole_street_m):
            self._add_times([max(p.ended_at for p in visit)])

    def _add_times(self, times: Sequence[datetime]) -> None:
        self.times += times
        if self.count % self._needed == 0:
            self.cleared_at = self.times[-1]

    @property
    def count(self) -> int:
        """Number of whole traversals."""
        return self.forgotten + len(self.times)

    @property
    def last_at(self) -> datetime | None:
        """When the latest whole traversal was complete."""
        return max(self.times, default=None)

    def forget(self) -> None:
        """Keep the number of traversals and the latest only."""
        last_at = self.last_at
        if last_at is not None:
            self.times, self.forgotten = [last_at], self.count - 1

    def with_visits(self, more: Iterable[Sequence[Pass]]) -> "Wholes":
        """Return a copy with more visits added."""
        parts = self._parts.copied()
        known = (self.times, parts, self.forgotten, self.cleared_at)
        then = Wholes(self._length_m, self._needed, *known)
        for visit in more:
            then.add(visit)
        return then


def whole_m(length_m: float) -> float:
    """Return how many metres of a street make a whole pass."""
    return min(WHOLE * length_m, max(length_m - ENDS_M, LEAST * length_m))


class _Depth:
    """Visits over each part of a street, and the length that `_level` of them cover.

    That sum goes along with each visit: to add up all parts after each of a day's visits would look
    at every part hundreds of times.
    """

    def __init__(self, length_m: float) -> None:
        self._cuts_m = [0.0, length_m]
        self._depths = [0]
        self._level = 1
        self._covered_m = 0.0

    def copied(self) -> "_Depth":
        other = _Depth(self._cuts_m[-1])
        other._cuts_m, other._depths = list(self._cuts_m), list(self._depths)
        other._level, other._covered_m = self._level, self._covered_m
        return other

    def add(self, start_m: float, end_m: float) -> None:
        first, last = self._cut(start_m), self._cut(end_m)
        for i in range(first, last):
            self._depths[i] += 1
            if self._depths[i] == self._level:
                self._covered_m += self._cuts_m[i + 1] - self._cuts_m[i]

    def rises(self, enough_m: float) -> bool:
        """Whether the length is covered once more; from then on the next level counts."""
        if self._covered_m < enough_m - ROUNDED_M or self._added_up_m() < enough_m:
            return False
        self._level += 1
        self._covered_m = self._added_up_m()
        return True

    def _added_up_m(self) -> float:
        parts = zip(pairwise(self._cuts_m), self._depths, strict=True)
        return sum(end - start for (start, end), seen in parts if seen >= self._level)

    def _cut(self, at_m: float) -> int:
        at_m = min(max(at_m, 0.0), self._cuts_m[-1])
        place = bisect_left(self._cuts_m, at_m)
        if self._cuts_m[place] != at_m:
            self._cuts_m.insert(place, at_m)
            self._depths.insert(place, self._depths[place - 1])
        return place


def counting(passes: Iterable[Pass], rules: EvidenceRules) -> list[Pass]:
    """Return the passes whose evidence is good enough to close a job."""
    return [one for one in passes if counts(one, rules)]


def counts(one: Pass, rules: EvidenceRules) -> bool:
    """Whether the evidence of a pass is good enough to close a job."""
    return one.treatment is not None and rules.grade_of(one.evidence) is Grade.CLOSES


def coverage_of(
    directed: DirectedSegment,
    length_m: float,
    seen: Sequence[Pass],
    passes_needed: int,
    treatment: Treatment,
    rules: EvidenceRules,
) -> Coverage:
    """Return the coverage that passes over a direction prove, of the treatment that counts.

    `evidence` is the latest part's, once parts of a first pass are worth showing.
    """
    counted = counting(seen, rules)
    wholes = {each: Wholes(length_m, passes_needed) for each in Treatment}
    for each, known in wholes.items():
        for visit in visits(one for one in counted if one.treatment is each):
            known.add(visit)
    shown = [
        one
        for one in seen
        if one.treatment is treatment and rules.grade_of(one.evidence) is not Grade.NOTHING
    ]
    begun_m = sum(end - start for start, end in union((p.from_m, p.to_m) for p in shown))
    latest = max(shown, key=lambda p: p.ended_at, default=None)
    driven = [one.ended_at for one in seen if not counts(one, rules)]
    return Coverage(
        segment_id=directed.segment_id,
        forward=directed.forward,
        passes_done=wholes[treatment].count,
        passes_needed=passes_needed,
        last_pass_at=wholes[treatment].last_at,
        driven_at=max(driven, default=None),
        evidence=latest.evidence if latest and begun_m >= BEGUN * length_m else None,
        plowed_at=wholes[Treatment.PLOW].last_at,
        salted_at=wholes[Treatment.SALT].last_at,
        worked_at=latest.ended_at if latest else None,
        cleared_at=wholes[treatment].cleared_at,
    )


def drivable(segment: Segment, *, forward: bool) -> bool:
    """Whether signs allow this direction."""
    return segment.oneway is not (Oneway.BACKWARD if forward else Oneway.FORWARD)


def wanted_directions(job: Job | OpenJob, segment: Segment) -> list[DirectedSegment]:
    """Return the directions that a job covers; of both, only those that signs allow."""
    if job.directions is not Directions.BOTH:
        return [DirectedSegment(segment.id, job.directions is Directions.FORWARD)]
    return [DirectedSegment(segment.id, f) for f in (True, False) if drivable(segment, forward=f)]


def done_at(
    job: Job, segment: Segment, passes: Mapping[DirectedSegment, Sequence[Pass]]
) -> datetime | None:
    """Return when evidence since the job's start made it done, or `None` while it is not."""
    finished: list[datetime] = []
    for directed in wanted_directions(job, segment):
        fitting = [
            p
            for p in passes.get(directed, ())
            if p.treatment is job.treatment and p.started_at >= job.starts_at
        ]
        times = whole_passes(fitting, segment.length_m, job.passes)
        if len(times) < job.passes:
            return None
        finished.append(times[job.passes - 1])
    return max(finished)


def counted_treatments(jobs: Iterable[Job]) -> dict[SegmentId, Treatment]:
    """Return which treatment colors a segment: salt where nobody ever wanted it plowed."""
    wanted: dict[SegmentId, set[Treatment]] = defaultdict(set)
    for job in jobs:
        wanted[job.segment_id].add(job.treatment)
    return {
        segment_id: Treatment.SALT if treatments == {Treatment.SALT} else Treatment.PLOW
        for segment_id, treatments in wanted.items()
    }
