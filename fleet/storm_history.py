"""The history of storms for a replay: read when somebody asks, hour by hour, and kept a while."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from data.model import DirectedSegment, Storm, StormId, Vehicle, VehicleId
from data.network import StreetNetwork
from data.policy import Policy
from data.store.coverage import list_coverage
from data.store.engine import Tx
from data.store.events import list_events
from data.store.history import (
    count_fixes_between,
    list_events_between,
    list_fixes_between,
    list_job_spans,
    list_storm_passes,
    list_vehicles_heard,
    pass_mark,
    work_span,
)
from data.store.performance import segments_only_salted
from fleet.history import Proven, StreetChanges, street_changes
from fleet.history_events import REVISED, VERBS, Happened, Streets, moments
from fleet.history_tracks import AROUND, TrackPoint, tracks
from fleet.matching import Matcher, StreetMatcher
from fleet.records import storm_requests

HOUR_S = 3_600
"""Seconds of one piece of history."""

STORMS_KEPT = 4
"""Storms whose colors stay in memory: some 10 MB each for a large city."""

HOURS_KEPT = 48
"""Hours of tracks that stay in memory: some 2 MB each for sixty trucks."""

FRESH_FOR = timedelta(seconds=60)
"""The colors of a storm that goes on are read anew not more often than this."""

EVENTS = 5_000
"""Lines of the storm book that are looked at."""

type Tracks = Sequence[tuple[VehicleId, Sequence[TrackPoint]]]


@dataclass(frozen=True, slots=True)
class Story:
    """A storm from its start until a moment: which vehicles were heard, and what happened."""

    storm: Storm
    until: datetime
    vehicles: Sequence[Vehicle]
    happened: Sequence[Happened]
    changes: StreetChanges


class StormHistory:
    """Reads what storms were like; safe from any thread. Other streets or rules begin anew."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ground: tuple[StreetNetwork, Policy] | None = None
        self._matcher: Matcher | None = None
        self._colors: OrderedDict[StormId, tuple[object, datetime, StreetChanges]] = OrderedDict()
        self._tracks: OrderedDict[tuple[datetime, int], Tracks] = OrderedDict()

    def story(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
    ) -> Story:
        """Return a storm as a whole."""
        until, changes = self._changes(tx, storm, network, policy, now)
        book = list_events_between(tx, tuple(VERBS), storm.started_at, until, EVENTS)
        of_storm = list_events(tx, f"storm:{storm.id}")
        revised = [line for line in of_storm if line.verb == REVISED]
        asked = storm_requests(tx, storm, network, policy)
        return Story(
            storm,
            until,
            list_vehicles_heard(tx, storm.started_at, until),
            moments(
                storm,
                until,
                [*book, *revised],
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
        _, changes = self._changes(tx, storm, network, policy, now)
        return changes.between(hour * HOUR_S, (hour + 1) * HOUR_S)

    def tracks(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, hour: int
    ) -> Tracks:
        """Return where vehicles were in an hour of a storm."""
        since = storm.started_at + timedelta(seconds=hour * HOUR_S)
        until = since + timedelta(seconds=HOUR_S)
        key = (since, count_fixes_between(tx, since - AROUND, until + AROUND))
        with self._lock:
            self._stand_on(network, policy)
            known = self._tracks.get(key)
            if known is None:
                if self._matcher is None:
                    self._matcher = StreetMatcher(network)
                fixes = list_fixes_between(tx, since - AROUND, until + AROUND)
                known = list(tracks(network, self._matcher, fixes, since, until))
                self._tracks[key] = known
                while len(self._tracks) > HOURS_KEPT:
                    self._tracks.popitem(last=False)
            self._tracks.move_to_end(key)
            return known

    def _changes(
        self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
    ) -> tuple[datetime, StreetChanges]:
        with self._lock:
            self._stand_on(network, policy)
            mark, known = pass_mark(tx, storm.id), self._colors.get(storm.id)
            until = storm.ended_at or now
            if known is not None and storm.ended_at is None and now - known[1] < FRESH_FOR:
                return known[1], known[2]
            if known is None or known[:2] != (mark, until):
                proven = _proven(tx, storm, policy)
                known = mark, until, street_changes(network, policy, storm, proven, until)
                self._colors[storm.id] = known
                while len(self._colors) > STORMS_KEPT:
                    self._colors.popitem(last=False)
            self._colors.move_to_end(storm.id)
            return until, known[2]

    def _stand_on(self, network: StreetNetwork, policy: Policy) -> None:
        ground = self._ground
        if ground is not None and ground[0] is network and ground[1] == policy:
            return
        if ground is None or ground[0] is not network:
            self._matcher = None
            self._tracks.clear()
        self._colors.clear()
        self._ground = (network, policy)


def _streets(network: StreetNetwork, policy: Policy) -> Streets:
    rules = [policy.rule_of(segment) for segment in network.segments]
    return Streets(
        [None if rule.cycle is None else rule.service_class for rule in rules],
        [segment.length_m for segment in network.segments],
    )


def _proven(tx: Tx, storm: Storm, policy: Policy) -> Proven:
    return Proven(
        list_storm_passes(tx, storm.id),
        {DirectedSegment(row.segment_id, row.forward): row for row in list_coverage(tx, storm.id)},
        frozenset(segments_only_salted(tx, storm.id)),
        list_job_spans(tx, storm.id),
        policy.evidence,
    )
