"""Accounts of storms for `fleet.reports.performance`, read once and cached.

A storm that has ended is read once; of one that goes on, only directions that were served again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from cachetools import LRUCache

from data.model import DirectedSegment, SegmentId, ServiceClass, Storm, StormId, Treatment
from data.model.periods import Period, PeriodKind
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_passes
from data.store.coverage.coverage_revisions import newest_revision
from data.store.database.engine import Tx
from data.store.reports import (
    ReceivedRequest,
    ServedMark,
    list_requests_received,
    list_served_marks,
    segments_only_salted,
)
from data.store.storms.storms import list_storms
from data.streets.network import StreetNetwork
from fleet.coverage.street_coverage import counting, whole_passes
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.vehicle_days import vehicle_days
from fleet.reports.fairness import Fairness, StormService, fairness, times_served
from fleet.reports.own_and_hired import MoneySpent, storm_money
from fleet.reports.pass_ages import LaneAges, PassAges, lane_ages, pass_ages
from fleet.reports.performance import (
    Lanes,
    Performance,
    RequestTiming,
    Served,
    Spells,
    late_for_s,
    late_spells,
    performance,
    promised_lanes,
)
from fleet.reports.restatements import Restatement, restated, rule_changes
from fleet.reports.worst_streets import LaneStates

STORMS_KEPT = 6
"""Storms whose proof stays in memory; a large one takes some 20 MB."""


@dataclass(frozen=True, slots=True)
class Account:
    """Data of one storm, ready to be measured at any moment of it.

    `asked_for` are the streets of its requests, `marks` how often each direction was passed over.
    """

    storm: Storm
    lanes: Lanes
    spells: Spells
    asked: tuple[RequestTiming, ...]
    served: Served
    marks: Mapping[DirectedSegment, ServedMark]
    asked_for: frozenset[SegmentId]
    restated: tuple[Restatement, ...]

    def fairness(self, inhabitants: Mapping[str, int], moment: datetime) -> Fairness | None:
        """Return how evenly the service was shared out from the first flake to a moment of it.

        `inhabitants` are of districts by name. `None` where there is nothing to share out.
        """
        return fairness(self._service(), inhabitants, moment)

    def cleared_m(self, moment: datetime) -> float:
        """Return the lane metres cleared by a moment of the storm, each time that they were."""
        return float(self.lanes.lane_m @ times_served(self._service(), moment))

    def _service(self) -> StormService:
        return StormService(self.lanes, self.spells, self.served, self.asked_for, self.storm)

    def ages(self, moment: datetime) -> Mapping[ServiceClass, PassAges]:
        """Return how long ago the streets of each class were cleared at a moment of the storm."""
        return pass_ages(self.lanes, self._lane_ages(moment))

    def lane_states(self, moment: datetime) -> LaneStates:
        """Return how late each direction is at a moment of the storm, and when it was cleared."""
        elapsed_s = (moment - self.storm.started_at).total_seconds()
        late_s = late_for_s(self.lanes, self.spells, elapsed_s)
        return LaneStates(self.lanes, late_s, self._lane_ages(moment))

    def _lane_ages(self, moment: datetime) -> LaneAges:
        return lane_ages(self.lanes, self.served, self.storm.snow_at, moment)

    def at(self, moment: datetime) -> Performance:
        """Return the performance at a moment, clamped to the storm."""
        moment = min(moment, self.storm.ended_at or moment)
        moment = max(moment, self.storm.started_at)
        return performance(self.lanes, self.spells, self.asked, self.storm.started_at, moment)


@dataclass(slots=True)
class _Kept:
    policy: Policy
    lanes: Lanes
    marks: dict[DirectedSegment, ServedMark] = field(default_factory=dict)
    served: dict[DirectedSegment, Sequence[datetime]] = field(default_factory=dict)
    spells: Spells | None = None
    restated: dict[int, Restatement] = field(default_factory=dict)
    whole_at: int | None = None
    """The revision at which it was read after the storm's end: nothing was added since."""


class StormRecords:
    """Reads accounts of storms; safe from any thread. Other streets or policies reset it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._network: StreetNetwork | None = None
        self._kept: LRUCache[StormId, _Kept] = LRUCache(STORMS_KEPT)
        self._logs = LogMemory()

    def account(self, tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy) -> Account:
        """Return the account of a storm, by the streets of today and its own policy."""
        received = _received(tx, storm)
        asked = _timings(received, storm, network, policy)
        asked_for = frozenset(one.segment_id for one in received if one.segment_id is not None)
        with self._lock:
            kept = self._kept[storm.id] = self._taken(storm, network, policy)
            revision = newest_revision(tx, storm.id)
            if kept.spells is None or kept.whole_at != revision:
                _follow(tx, storm, network, policy, kept)
                kept.spells = late_spells(kept.lanes, kept.served, storm)
                kept.whole_at = None if storm.ended_at is None else revision
            changes = rule_changes(tx, storm, policy)
            restatements = restated(changes, kept.served, network, kept.restated)
            return Account(
                storm,
                kept.lanes,
                kept.spells,
                asked,
                dict(kept.served),
                kept.marks,
                asked_for,
                restatements,
            )

    def spent(self, tx: Tx, storm: Storm, policy: Policy, now: datetime) -> MoneySpent:
        """Return what a storm cost until now, as far as the logs of its machines were read."""
        period = Period(PeriodKind.STORM, storm.started_at, min(storm.ended_at or now, now))
        days = vehicle_days(tx, self._logs, period, policy.hours)
        return storm_money(tx, storm, policy, days, period)

    def _taken(self, storm: Storm, network: StreetNetwork, policy: Policy) -> _Kept:
        """Return what is kept of a storm, off the shelf; nothing yet for a new one."""
        if self._network is not network:
            self._network = network
            self._kept.clear()
        kept = self._kept.pop(storm.id, None)
        if kept is not None and kept.policy == policy:
            return kept
        alike = (each.lanes for each in self._kept.values() if each.policy == policy)
        lanes = next(alike, None) or promised_lanes(network, policy)
        return _Kept(policy, lanes)


def storm_requests(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy
) -> tuple[RequestTiming, ...]:
    """Return the requests of a storm: those since the end of the storm before.

    The clock of a request made between two storms, or before the first flake, starts with the
    snow. What nobody has
    placed on a street yet is promised the longest of all deadlines.
    """
    return _timings(_received(tx, storm), storm, network, policy)


def _received(tx: Tx, storm: Storm) -> list[ReceivedRequest]:
    """Return the requests made since the end of the storm before, until this one's."""
    earlier = [
        one.ended_at for one in list_storms(tx) if one.ended_at and one.ended_at <= storm.started_at
    ]
    return list_requests_received(tx, max(earlier, default=None), storm.ended_at)


def _timings(
    received: Sequence[ReceivedRequest], storm: Storm, network: StreetNetwork, policy: Policy
) -> tuple[RequestTiming, ...]:
    longest = max(rule.deadline for rule in policy.rules.values())
    return tuple(_asked(one, storm, network, policy, longest) for one in received)


def _asked(
    one: ReceivedRequest,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    longest: timedelta,
) -> RequestTiming:
    since = max(one.received_at, storm.snow_at)
    segment = None if one.segment_id is None else network.find(one.segment_id)
    if segment is not None:
        rule = policy.rule_of(segment)
        due_at, service_class = since + rule.deadline, rule.service_class
        return RequestTiming(since, due_at, one.answered_at, service_class, segment.district)
    deadline = policy.class_rule(one.service_class).deadline if one.service_class else longest
    district = "" if one.service_class else None  # a street that a newer file no longer has
    return RequestTiming(since, since + deadline, one.answered_at, one.service_class, district)


def _follow(tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, kept: _Kept) -> None:
    """Update a cached account with what the database has since."""
    marks = {mark.directed: mark for mark in list_served_marks(tx, storm.id)}
    changed = [mark for directed, mark in marks.items() if kept.marks.get(directed) != mark]
    for gone in kept.marks.keys() - marks.keys():
        del kept.served[gone]
    kept.served |= {mark.directed: (mark.last_pass_at,) for mark in changed}
    kept.served |= _served_again(tx, storm, network, policy, changed)
    kept.marks = marks


def _served_again(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    marks: Sequence[ServedMark],
) -> Served:
    """Return all moments at which directions were served that were so more than once."""
    often = [
        mark
        for mark in marks
        if mark.passes_done > mark.passes_needed and network.find(mark.directed.segment_id)
    ]
    if not often:
        return {}
    passes = list_passes(tx, storm.id, {mark.directed.segment_id for mark in often})
    salted = segments_only_salted(tx, storm.id)
    served: dict[DirectedSegment, Sequence[datetime]] = {}
    for mark in often:
        segment = network.segment(mark.directed.segment_id)
        treatment = Treatment.SALT if segment.id in salted else Treatment.PLOW
        proved = counting(passes.get(mark.directed, ()), policy.evidence)
        fitting = [one for one in proved if one.treatment is treatment]
        times = whole_passes(fitting, segment.length_m, mark.passes_needed)
        times = times[mark.passes_needed - 1 :]
        if times:
            served[mark.directed] = times
    return served
