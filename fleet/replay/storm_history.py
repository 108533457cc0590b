"""History of storms for the replay, read hour by hour on demand and cached."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from data.model import DirectedSegment, Storm, StormId, Vehicle, VehicleId
from data.policy.city_policy import Policy
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import list_coverage
from data.store.database.array_cache import find_arrays, save_arrays
from data.store.database.engine import Tx
from data.store.replay import (
    count_fixes_between,
    list_events_between,
    list_fixes_between,
    list_job_spans,
    list_storm_passes,
    list_vehicles_with_fixes,
    pass_mark,
    work_span,
)
from data.store.reports import segments_only_salted
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import CoverageState
from fleet.matching.map_matching import Matcher, StreetMatcher
from fleet.replay.color_history import (
    ColorRules,
    Proven,
    StreetChanges,
    color_rules,
    street_changes,
)
from fleet.replay.timeline_events import REVISED, VERBS, TimelineEvent, TimelineStreets, moments
from fleet.replay.track_history import AROUND, TrackPoint, tracks
from fleet.reports.storm_statistics import storm_requests

HOUR_S = 3_600
"""Seconds of one piece of history."""

STORMS_KEPT = 4
"""Storms whose colors stay in memory: some 10 MB each for a large city."""

HOURS_KEPT = 48
"""Hours of tracks that stay in memory: some 2 MB each for sixty trucks."""

FRESH_FOR = timedelta(seconds=60)
"""The colors of a storm that goes on are read again not more often than this."""

REST = 20
"""Nor more often than this many times as long as reading them took."""

GRACE = timedelta(minutes=2)
"""Colors that another process reads count as new for so much longer: it looks now and then only."""

EVENTS = 5_000
"""Lines of the audit log that are looked at."""

PARTS = ("first", "at_s", "street", "state")
"""Arrays of `StreetChanges`, by which a file has them."""

READ = "read"
"""What a file has besides of a storm that goes on, float64[2]: until when the colors are known, in
seconds since 1970, and how many seconds it took to read them."""

STATES = " ".join(CoverageState.__members__)
"""What the numbers in a file mean: one that was written with other states is not read."""

type Tracks = Sequence[tuple[VehicleId, Sequence[TrackPoint]]]


@dataclass(frozen=True, slots=True)
class StormTimeline:
    """A storm until a moment: the vehicles with fixes, and the events."""

    storm: Storm
    until: datetime
    vehicles: Sequence[Vehicle]
    happened: Sequence[TimelineEvent]
    changes: StreetChanges


@dataclass(frozen=True, slots=True)
class _Known:
    """Colors of a storm until a moment, their sources, and how long computing them took."""

    rules: ColorRules
    mark: object
    until: datetime
    changes: StreetChanges
    took: timedelta

    def fresh(self, now: datetime, grace: timedelta = timedelta(0)) -> bool:
        """Whether the colors of a storm that goes on are recent enough."""
        return now - self.until < max(FRESH_FOR, REST * self.took) + grace


class StormHistory:
    """Reads the history of storms; safe from any thread. Other streets or rules reset it.

    The colors of storms that are over are kept in `folder` too, if there is one. With
    `writes_active`, those of active storms as well; with `reads_active`, they are read there, as
    another process wrote them, because to compute them keeps others of this process waiting.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        writes_active: bool = False,
        reads_active: bool = False,
    ) -> None:
        self._folder = folder
        self._writes_active, self._reads_active = writes_active, reads_active
        self._lock, self._coloring, self._tracking = Lock(), Lock(), Lock()
        self._network: StreetNetwork | None = None
        self._matcher: Matcher | None = None
        self._colors: LRUCache[StormId, _Known] = LRUCache(STORMS_KEPT)
        self._tracks: LRUCache[tuple[datetime, int], Tracks] = LRUCache(HOURS_KEPT)

    def prepare(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
    ) -> None:
        """Compute the colors of a storm in advance."""
        self.changes(tx, storm, network, policy, now)

    def timeline(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
    ) -> StormTimeline:
        """Return the timeline of a storm."""
        until, changes = self.changes(tx, storm, network, policy, now)
        lines = list_events_between(tx, tuple(VERBS), storm.started_at, until, EVENTS)
        of_storm = list_events(tx, f"storm:{storm.id}")
        revised = [line for line in of_storm if line.verb == REVISED]
        asked = storm_requests(tx, storm, network, policy)
        return StormTimeline(
            storm,
            until,
            list_vehicles_with_fixes(tx, storm.started_at, until),
            moments(
                storm,
                until,
                [*lines, *revised],
                asked,
                changes,
                _streets(network, policy),
                work_span(tx, storm.id),
            ),
            changes,
        )

    def colors(
        self,
        tx: Tx,
        storm: Storm,
        network: StreetNetwork,
        policy: Policy,
        now: datetime,
        hour: int,
    ) -> StreetChanges:
        """Return the colors in an hour of a storm, counted from its start."""
        _, changes = self.changes(tx, storm, network, policy, now)
        return changes.between(hour * HOUR_S, (hour + 1) * HOUR_S)

    def tracks(self, tx: Tx, storm: Storm, network: StreetNetwork, hour: int) -> Tracks:
        """Return the tracks of vehicles in an hour of a storm."""
        since = storm.started_at + timedelta(seconds=hour * HOUR_S)
        until = since + timedelta(seconds=HOUR_S)
        key = (since, count_fixes_between(tx, since - AROUND, until + AROUND))
        with self._tracking:
            with self._lock:
                self._reset_if_new(network)
                known, matcher = self._tracks.get(key), self._matcher
            if known is None:
                matcher = matcher or StreetMatcher(network)
                fixes = list_fixes_between(tx, since - AROUND, until + AROUND)
                known = list(tracks(network, matcher, fixes, since, until))
            with self._lock:
                self._matcher = matcher
                self._tracks[key] = known
            return known

    def changes(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
    ) -> tuple[datetime, StreetChanges]:
        """Return until when the colors of a storm are known, and their changes.

        While somebody else reads them again, those of a while ago do for a storm that goes on.
        """
        mark, until = pass_mark(tx, storm.id), storm.ended_at or now
        known = self._known(storm, network, policy)
        if known is not None and _still_holds(known, storm, mark, now):
            return known.until, known.changes
        patient = known is None or storm.ended_at is not None
        if not self._coloring.acquire(blocking=patient) and known is not None:
            return known.until, known.changes
        try:
            known = self._known(storm, network, policy)
            if known is None or not _still_holds(known, storm, mark, now):
                known = self._read(tx, storm, network, policy, mark, until)
                with self._lock:
                    self._colors[storm.id] = known
        finally:
            self._coloring.release()
        return known.until, known.changes

    def _known(self, storm: Storm, network: StreetNetwork, policy: Policy) -> _Known | None:
        with self._lock:
            self._reset_if_new(network)
            known = self._colors.get(storm.id)
        return known if known is not None and known.rules == color_rules(policy) else None

    def _read(
        self,
        tx: Tx,
        storm: Storm,
        network: StreetNetwork,
        policy: Policy,
        mark: object,
        until: datetime,
    ) -> _Known:
        """Return the colors of a storm, from their file if it has them."""
        file = self._folder / f"storm-{storm.id}.npz" if self._folder else None
        rules = color_rules(policy)
        follows = f"{STATES} {network.version} {sha256(repr(rules).encode()).hexdigest()}"
        if storm.ended_at is None:
            origin = f"{follows} {storm.started_at} goes on"
            read = _read_active(file, origin, rules, mark) if self._reads_active and file else None
            if read is not None and read.until <= until and read.fresh(until, GRACE):
                return read
            began_s = time.monotonic()
            changes = street_changes(network, policy, storm, _proven(tx, storm, policy), until)
            took = timedelta(seconds=time.monotonic() - began_s)
            if self._writes_active and file:
                times = np.array([until.timestamp(), took.total_seconds()])
                save_arrays(file, origin, {**_parts(changes), READ: times})
            return _Known(rules, mark, until, changes, took)
        origin = f"{follows} {mark} {until}"
        stored = find_arrays(file, origin) if file else None
        if stored is not None:
            parts = (stored[name] for name in PARTS)
            return _Known(rules, mark, until, StreetChanges(*parts), timedelta(0))
        changes = street_changes(network, policy, storm, _proven(tx, storm, policy), until)
        if file:
            save_arrays(file, origin, _parts(changes))
        return _Known(rules, mark, until, changes, timedelta(0))

    def _reset_if_new(self, network: StreetNetwork) -> None:
        if self._network is not network:
            self._network, self._matcher = network, None
            self._tracks.clear()
            self._colors.clear()


def _read_active(file: Path, origin: str, rules: ColorRules, mark: object) -> _Known | None:
    """Return the colors of an active storm as another process wrote them."""
    stored = find_arrays(file, origin)
    if stored is None:
        return None
    until_s, took_s = stored[READ].tolist()
    changes = StreetChanges(*(stored[name] for name in PARTS))
    until = datetime.fromtimestamp(until_s, UTC)
    return _Known(rules, mark, until, changes, timedelta(seconds=took_s))


def _parts(changes: StreetChanges) -> dict[str, NDArray[Any]]:
    return {name: getattr(changes, name) for name in PARTS}


def _still_holds(known: _Known, storm: Storm, mark: object, now: datetime) -> bool:
    if storm.ended_at is None:
        return known.fresh(now)
    return known.mark == mark and known.until == storm.ended_at


def _streets(network: StreetNetwork, policy: Policy) -> TimelineStreets:
    rules = [policy.rule_of(segment) for segment in network.segments]
    return TimelineStreets(
        [None if rule.cycle is None else rule.service_class for rule in rules],
        [segment.length_m for segment in network.segments],
        tuple(policy.rules),
    )


def _proven(tx: Tx, storm: Storm, policy: Policy) -> Proven:
    return Proven(
        list_storm_passes(tx, storm.id),
        {DirectedSegment(row.segment_id, row.forward): row for row in list_coverage(tx, storm.id)},
        frozenset(segments_only_salted(tx, storm.id)),
        list_job_spans(tx, storm.id),
        policy.evidence,
    )
