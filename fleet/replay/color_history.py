"""Color history of all streets over a storm, pure: what a replay paints, by the second.

Nothing new is decided here. At each whole second of a storm at which a color can change, the rules
of `fleet.coverage.street_coverage` are asked about the passes that had ended by then; only changes
are kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil, floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data.model import (
    ClassRule,
    Coverage,
    DirectedSegment,
    Job,
    Level,
    Pass,
    RoadClass,
    Segment,
    SegmentId,
    ServiceClass,
    Storm,
    Treatment,
)
from data.policy.city_policy import Policy
from data.policy.evidence_rules import EvidenceRules
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_history import CoverageCourse
from fleet.coverage.coverage_states import AT_WORK, NO_DIRECTION, coverage_state, state_ages
from fleet.coverage.snow_accumulation import Accumulation, accumulation_of
from fleet.coverage.street_coverage import drivable

Pace = tuple[timedelta | None, float]
"""Cycle and trigger of a street: what its color follows from where nobody comes."""

JobSpan = tuple[Job, datetime | None]
"""A job and the moment at which it was no longer open; `None` while it is."""

Ints = NDArray[np.int32]
States = NDArray[np.int8]


class ColorRules(NamedTuple):
    """What of a policy colors follow from: they stay whatever else of it changes."""

    rules: Mapping[ServiceClass, ClassRule]
    classes: Mapping[RoadClass, ServiceClass]
    levels: Mapping[SegmentId, Level]
    evidence: EvidenceRules


def color_rules(policy: Policy) -> ColorRules:
    """Return what of a policy colors follow from."""
    return ColorRules(policy.rules, policy.classes, policy.levels, policy.evidence)


@dataclass(frozen=True, slots=True)
class Proven:
    """Passes of a storm by direction, and the rules by which they count.

    `coverage` are the stored rows, `salted` the segments that only salt colors, `rules` say which
    evidence counts.
    """

    passes: Mapping[DirectedSegment, Sequence[Pass]]
    coverage: Mapping[DirectedSegment, Coverage]
    salted: frozenset[int]
    jobs: Sequence[JobSpan]
    rules: EvidenceRules = field(default_factory=EvidenceRules)


@dataclass(frozen=True, slots=True, eq=False)
class StreetChanges:
    """Colors of S streets over a storm: at its start, and K changes after it.

    Attributes
    ----------
    first : int8[S, 2]
        State (forward, backward) when the storm began, in the order of the network's segments.
    at_s : int32[K]
        Whole seconds after the storm's start, rising.
    street : int32[K]
        Index into the network's segments.
    state : int8[K, 2]
        State (forward, backward) from that second on.
    """

    first: States
    at_s: Ints
    street: Ints
    state: States

    def at(self, second: int) -> States:
        """Return the state of every street at a second: int8[S, 2]."""
        return self.after(self.first, -1, second)

    def after(self, states: States, since: int, until: int) -> States:
        """Return the states at a later second from `states` at an earlier one."""
        start, end = np.searchsorted(self.at_s, [since, until], "right")
        later = states.copy()
        later[self.street[start:end]] = self.state[start:end]  # of several the last one stays
        return later

    def between(self, since: int, until: int) -> "StreetChanges":
        """Return the same for a part of the time: states at its start, and changes after."""
        start, end = np.searchsorted(self.at_s, [since, until], "right")
        part = slice(int(start), int(end))
        return StreetChanges(self.at(since), self.at_s[part], self.street[part], self.state[part])


def street_changes(
    network: StreetNetwork, policy: Policy, storm: Storm, proven: Proven, until: datetime
) -> StreetChanges:
    """Return the color changes of streets from a storm's start until a moment."""
    last_s = max(floor((until - storm.started_at).total_seconds()), 0)
    jobs: dict[int, list[JobSpan]] = {}
    for span in proven.jobs:
        jobs.setdefault(span[0].segment_id, []).append(span)
    past = _Past(storm, proven, last_s, {})
    first = np.full((len(network.segments), 2), NO_DIRECTION, np.int8)
    rows: list[tuple[int, int, int, int]] = []
    for index, segment in enumerate(network.segments):
        rule = policy.rule_of(segment)
        spans = jobs.get(segment.id, ()) if rule.cycle is None else ()
        courses = [
            _course(segment, rule, spans, past, forward=forward) for forward in (True, False)
        ]
        steps = list(_both(*courses))
        first[index] = steps[0][1:]
        rows += [(at_s, index, one, other) for at_s, one, other in steps[1:]]
    rows.sort()
    table = np.array(rows, np.int32).reshape(-1, 4)
    return StreetChanges(first, table[:, 0], table[:, 1], table[:, 2:].astype(np.int8))


class _Past(NamedTuple):
    """A storm until its second `last_s`, and its proven passes.

    `unseen` remembers the course of streets that nobody came to, by their pace.
    """

    storm: Storm
    proven: Proven
    last_s: int
    unseen: dict[Pace, list[tuple[int, int]]]


def _course(
    segment: Segment, rule: ClassRule, spans: Sequence[JobSpan], past: _Past, *, forward: bool
) -> list[tuple[int, int]]:
    """Return (second, state) of a direction at 0 and wherever the state changes."""
    storm, proven, last_s, unseen = past
    if not drivable(segment, forward=forward):
        return [(0, NO_DIRECTION)]
    directed = DirectedSegment(segment.id, forward)
    known = coverage_steps(segment, directed, proven, storm)
    pace = (rule.cycle, rule.trigger_mm)
    if not known and not spans and pace in unseen:
        return unseen[pace]
    snow = accumulation_of(storm)
    moments = _moments(rule, storm, snow, known, spans, last_s)
    course = _changes(moments, _state_at(rule, storm, snow, known, spans))
    if not known and not spans:
        unseen[pace] = course
    return course


def coverage_steps(
    segment: Segment, directed: DirectedSegment, proven: Proven, storm: Storm
) -> list[tuple[datetime, Coverage]]:
    """Return the coverage of a direction from each moment at which it grew, in order.

    A pass counts from the moment it ended.
    """
    passes = [one for one in proven.passes.get(directed, ()) if one.started_at >= storm.started_at]
    stored = proven.coverage.get(directed)
    if stored is None:
        return []
    treatment = Treatment.SALT if segment.id in proven.salted else Treatment.PLOW
    course = CoverageCourse(
        directed, segment.length_m, stored.passes_needed, treatment, proven.rules
    )
    nothing = course.known()
    steps = list(course.steps(passes))
    return steps if stored.driven_at is None else _with_drives(nothing, steps, stored.driven_at)


def _with_drives(
    nothing: Coverage, steps: list[tuple[datetime, Coverage]], told_at: datetime
) -> list[tuple[datetime, Coverage]]:
    """Return steps with the last drive through the street, where no pass shows it."""
    if all(at != told_at for at, _ in steps):
        before = next((row for at, row in reversed(steps) if at < told_at), nothing)
        steps = sorted([*steps, (told_at, before)], key=lambda step: step[0])
    return [
        (at, row)
        if at < told_at
        else (at, replace(row, driven_at=max(row.driven_at or told_at, told_at)))
        for at, row in steps
    ]


def _moments(
    rule: ClassRule,
    storm: Storm,
    snow: Accumulation,
    known: Sequence[tuple[datetime, Coverage]],
    spans: Sequence[JobSpan],
    last_s: int,
) -> list[int]:
    """Return the seconds at which a direction's color may change, in order, from 0."""
    moments: set[datetime | None] = {storm.started_at, *(at for at, _ in known)}
    rows = [one for _, one in known]
    times = (at for row in rows for at in (row.last_pass_at, row.cleared_at, row.worked_at))
    served = {at for at in times if at is not None}
    moments |= {row.worked_at + AT_WORK for row in rows if row.worked_at is not None}
    jobs: list[Job | None] = [job for job, _ in spans] or [None]
    for job in jobs:
        for since in (None, *served):
            ages = state_ages(rule, storm, since, job, snow)
            moments |= {ages.ageing_at, ages.due_at, ages.overdue_at}
    moments |= {at for job, closed_at in spans for at in (job.starts_at, closed_at)}
    seconds = [(at - storm.started_at).total_seconds() for at in moments if at is not None]
    # A color changes at an age, or right after it: both seconds are asked.
    asked = {0, *(ceil(s) for s in seconds), *(floor(s) + 1 for s in seconds)}
    return sorted(s for s in asked if 0 <= s <= last_s)


def _state_at(
    rule: ClassRule,
    storm: Storm,
    snow: Accumulation,
    known: Sequence[tuple[datetime, Coverage]],
    spans: Sequence[JobSpan],
) -> Callable[[int], int]:
    """Return a function of the state at a second; to be called with ascending seconds."""
    place = -1

    def state(second: int) -> int:
        nonlocal place
        now = storm.started_at + timedelta(seconds=second)
        while place + 1 < len(known) and known[place + 1][0] <= now:
            place += 1
        coverage = known[place][1] if place >= 0 else None
        open_jobs = [
            job
            for job, closed_at in spans
            if job.starts_at <= now and (closed_at is None or now < closed_at)
        ]
        job = open_jobs[-1] if open_jobs else None
        return int(coverage_state(coverage, rule, storm, now, job, snow))

    return state


def _changes(seconds: Iterable[int], state_at: Callable[[int], int]) -> list[tuple[int, int]]:
    course: list[tuple[int, int]] = []
    for second in seconds:
        state = state_at(second)
        if not course or course[-1][1] != state:
            course.append((second, state))
    return course


def _both(
    forward: Sequence[tuple[int, int]], backward: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, int]]:
    """Yield (second, forward, backward) wherever one of the two changes."""
    if len(forward) == len(backward) == 1:
        yield 0, forward[0][1], backward[0][1]
        return
    one, other = dict(forward), dict(backward)
    f, b = forward[0][1], backward[0][1]
    for second in sorted(one.keys() | other.keys()):
        f, b = one.get(second, f), other.get(second, b)
        yield second, f, b


def shares_of_states(
    network: StreetNetwork, changes: StreetChanges, seconds: Sequence[int], states: int
) -> NDArray[np.float64]:
    """Return which share of all driven metres was in each state: float64[len(seconds), states].

    `seconds` rise. Both directions of a street count, each with its length.
    """
    length_m = np.array([segment.length_m for segment in network.segments])
    weights = np.repeat(length_m, 2)
    now = changes.first
    shares = np.zeros((len(seconds), states))
    for row, (before, at) in enumerate(pairwise([-1, *seconds])):
        now = changes.after(now, before, at)
        flat = now.reshape(-1)
        known = flat >= 0
        shares[row] = np.bincount(flat[known], weights[known], states)
    whole_m = max(float(shares[0].sum()), 1e-9)
    result: NDArray[np.float64] = shares / whole_m
    return result
