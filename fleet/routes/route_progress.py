"""Progress of a whole plan: in memory while it is driven, or made for history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from data.model import DirectedSegment, LegProgress, Pass, Plan, PlanId, SegmentId, ShiftId
from data.policy.city_policy import Policy
from data.policy.evidence_rules import EvidenceRules
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.engine import Tx
from data.store.planning.plans import get_plan
from data.store.shifts.shifts import list_progress, list_progress_of_plan
from data.store.work import list_several_passes
from data.streets.network import StreetNetwork
from fleet.routes.leg_completion import (
    MADE_BEFORE,
    NOTHING_SEEN,
    LegPlace,
    PlanIndex,
    StreetWork,
    known_before,
    work_on,
)
from fleet.routes.plan_vs_actual import LegCheck, RouteCheck, at_moment, check_route, leg_check


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """A plan and the checks of its routes, in the plan's order."""

    plan: Plan
    routes: tuple[RouteCheck, ...]


class RouteProgress:
    """Checks of one plan, updated where evidence changed; for one thread at a time.

    `ended` are shifts that are over, `closed` are streets that nobody can drive now.
    """

    def __init__(self, index: PlanIndex, network: StreetNetwork, rules: EvidenceRules) -> None:
        self.index = index
        self.network = network
        self.rules = rules
        self.ended: Set[ShiftId] = frozenset()
        self.closed: Set[DirectedSegment] = frozenset()
        self.rested: Mapping[ShiftId, datetime] = {}
        self._known: Set[DirectedSegment] = frozenset()
        self._work: dict[DirectedSegment, StreetWork] = {}
        self._tapped: dict[ShiftId, Sequence[LegProgress]] = {}
        self._legs: dict[int, list[LegCheck]] = {}
        self._checks: dict[int, RouteCheck] = {}
        self._number = {route.shift_id: i for i, route in enumerate(index.plan.routes)}

    @property
    def plan(self) -> Plan:
        """The plan that is checked."""
        return self.index.plan

    def is_made_for(self, index: PlanIndex, network: StreetNetwork, rules: EvidenceRules) -> bool:
        """Whether this is of a plan, these streets and these rules."""
        return self.index is index and self.network is network and self.rules == rules

    def load(self, tx: Tx) -> None:
        """Read all evidence of the plan's streets, and all taps of its drivers."""
        self.know_before(tx)
        self._tapped = dict(list_progress_of_plan(tx, self.plan.id))
        self._legs.clear()
        self._checks.clear()
        self.read(tx, {step.segment_id for step in self.index.legs_on})

    def know_before(self, tx: Tx) -> None:
        """Read of which streets the plan knew passes when it was made."""
        self._known = known_before(self.index, list_several_passes(tx, self.plan.storm_id))

    def read(self, tx: Tx, segment_ids: Collection[SegmentId]) -> None:
        """Read the evidence of these streets again, since the plan began."""
        mine = {
            segment_id
            for segment_id in segment_ids
            if any(step in self.index.legs_on for step in _both(segment_id))
        }
        if mine:
            since = self.plan.since - MADE_BEFORE
            self.take(mine, list_work_and_drives(tx, self.plan.storm_id, mine, since))

    def take(
        self,
        segment_ids: Iterable[SegmentId],
        seen: Mapping[DirectedSegment, Collection[Pass]],
    ) -> None:
        """Replace the evidence of streets; routes without them stay as they are."""
        for step in (step for segment_id in segment_ids for step in _both(segment_id)):
            segment = self.network.find(step.segment_id)
            if step not in self.index.legs_on or segment is None:
                continue
            passes, known = seen.get(step, ()), step in self._known
            work = work_on(self.index, step, segment.length_m, passes, self.rules, known=known)
            if work != self._work.get(step, NOTHING_SEEN):
                self._work[step] = work
                for place in self.index.legs_on[step]:
                    self._changed(place)

    def read_taps(self, tx: Tx, shift_ids: Iterable[ShiftId]) -> None:
        """Read the taps of these shifts' drivers again."""
        for shift_id in shift_ids:
            if shift_id in self._number:
                self.tapped(shift_id, list_progress(tx, self.plan.id, shift_id))

    def tapped(self, shift_id: ShiftId, taps: Sequence[LegProgress]) -> None:
        """Replace the taps of the driver of a shift."""
        if self._tapped.get(shift_id, ()) == taps:
            return
        self._tapped[shift_id] = taps
        self._legs.pop(self._number[shift_id], None)
        self._checks.pop(self._number[shift_id], None)

    def checks(self, now: datetime) -> tuple[RouteCheck, ...]:
        """Return the check of each route by now."""
        blocked = self._blocked()
        return tuple(
            self._check(number, now, blocked.get(number, frozenset()))
            for number in range(len(self.plan.routes))
        )

    def check(self, number: int, now: datetime) -> RouteCheck:
        """Return the check of one route by now."""
        return self._check(number, now, self._blocked().get(number, frozenset()))

    def _blocked(self) -> dict[int, frozenset[int]]:
        """Return which legs of which routes work on closed streets."""
        found: dict[int, set[int]] = defaultdict(set)
        for step in self.closed:
            for place in self.index.legs_on.get(step, ()):
                found[place.route].add(place.leg)
        return {number: frozenset(legs) for number, legs in found.items()}

    def _check(self, number: int, now: datetime, blocked: frozenset[int]) -> RouteCheck:
        route = self.plan.routes[number]
        known = self._checks.get(number)
        if known is None:
            known = self._checks[number] = self._checked(number, now)
        ended = route.shift_id in self.ended
        rested = self.rested.get(route.shift_id)
        return at_moment(route, known, now, ended=ended, blocked=blocked, rested_until=rested)

    def _checked(self, number: int, now: datetime) -> RouteCheck:
        """Return the check of a route whose evidence or taps have changed."""
        route = self.plan.routes[number]
        tapped = self._tapped.get(route.shift_id, ())
        legs = self._legs.get(number)
        if legs is None:
            taps = {tap.leg: tap for tap in tapped}
            places = (LegPlace(number, i) for i in range(len(route.legs)))
            legs = [leg_check(self.index, at, self._work, taps.get(at.leg)) for at in places]
            self._legs[number] = legs
        return check_route(route, legs, tapped, now, self.plan.published_at)

    def _changed(self, place: LegPlace) -> None:
        """Check one leg again, and so its route."""
        self._checks.pop(place.route, None)
        legs = self._legs.get(place.route)
        if legs is not None:
            tapped = self._tapped.get(self.plan.routes[place.route].shift_id, ())
            tap = next((one for one in tapped if one.leg == place.leg), None)
            legs[place.leg] = leg_check(self.index, place, self._work, tap)


def check_plan(
    tx: Tx,
    plan_id: PlanId,
    network: StreetNetwork,
    policy: Policy,
    until: datetime,
    known: Mapping[DirectedSegment, Sequence[Pass]] | None = None,
) -> PlanCheck:
    """Return the check of a plan at a moment, from what is stored: for history.

    `known` are the passes of its storm, where they are read already for several plans.
    """
    plan = get_plan(tx, plan_id)
    progress = RouteProgress(PlanIndex(plan), network, policy.evidence)
    progress.know_before(tx)
    streets = {step.segment_id for step in progress.index.legs_on}
    seen: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    if known is None:
        known = list_work_and_drives(tx, plan.storm_id, streets)
    for step, passes in known.items():
        if step.segment_id in streets:
            seen[step] = [one for one in passes if one.ended_at <= until]
    progress.take(streets, seen)
    for shift_id, tapped in list_progress_of_plan(tx, plan_id).items():
        progress.tapped(shift_id, [tap for tap in tapped if tap.ended_at and tap.ended_at <= until])
    return PlanCheck(plan, progress.checks(until))


def _both(segment_id: SegmentId) -> tuple[DirectedSegment, DirectedSegment]:
    return DirectedSegment(segment_id, True), DirectedSegment(segment_id, False)
