"""How long everything takes in one plan: what was learned, for the snow and the hours ahead."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import exp
from statistics import mean
from zoneinfo import ZoneInfo

from data.model import (
    Coverage,
    DirectedSegment,
    ReloadSite,
    RoadClass,
    Segment,
    SegmentId,
    Shift,
    Storm,
    StormId,
    Vehicle,
)
from data.model.planning.paces import (
    AS_ASSUMED,
    ConditionRatio,
    LearnedPace,
    Movement,
    Pace,
    PaceProposalId,
    Scatter,
)
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import find_proposal_in_force, find_proposal_in_force_id
from data.store.setup.city import get_city
from data.store.setup.machines import list_reload_sites, list_vehicles
from data.store.storms.storm_policies import get_storm_policy
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.coverage.snow_accumulation import accumulation_of
from fleet.learning.corrections import corrections, without_corrected
from fleet.learning.street_effects import HOURS, DepthRatios, hats
from routing.problem.finish_odds import FinishOdds

HOUR = timedelta(hours=1)


def plan_pace(city: CityContext, storm: Storm, shifts: Sequence[Shift]) -> Pace:
    """Return the pace of a plan for the hours of its shifts that are still to come."""
    proposal = find_proposal_in_force(city.tx)
    if proposal is None:
        return AS_ASSUMED
    depths_mm = _depths_mm(city, storm)
    begins_at = max(min((shift.starts_at for shift in shifts), default=city.now), city.now)
    ends_at = max((shift.ends_at for shift in shifts), default=begins_at)
    hours = hours_between(begins_at, ends_at, ZoneInfo(get_city(city.tx).timezone))
    machines, sites = list_vehicles(city.tx), list_reload_sites(city.tx)
    return pace_from(proposal.learned, machines, city.network.segments, depths_mm, hours, sites)


def odds_of_ends(tx: Tx, storm_id: StormId) -> FinishOdds | None:
    """Return how sure ends of a storm's routes are; `None` where no storm taught that yet."""
    proposal = find_proposal_in_force(tx)
    scatter = None if proposal is None else proposal.learned.scatter
    if scatter is None:
        return None
    return FinishOdds(*scatter, get_storm_policy(tx, storm_id).punctuality.probability)


class ScatterInForce:
    """How far ends are off by the proposal in force, which is read where it is another one."""

    def __init__(self) -> None:
        self._known: tuple[PaceProposalId | None, Scatter | None] = (None, None)

    def odds(self, tx: Tx, policy: Policy) -> FinishOdds | None:
        """Return how sure ends are; `None` where no storm taught that yet."""
        proposal_id = find_proposal_in_force_id(tx)
        if proposal_id != self._known[0]:
            proposal = find_proposal_in_force(tx)
            self._known = (proposal_id, None if proposal is None else proposal.learned.scatter)
        scatter = self._known[1]
        return None if scatter is None else FinishOdds(*scatter, policy.punctuality.probability)


def pace_from(
    learned: LearnedPace,
    machines: Sequence[Vehicle],
    segments: Sequence[Segment],
    depths_mm: Mapping[SegmentId, float] | None,
    hours: Sequence[float],
    sites: Sequence[ReloadSite],
) -> Pace:
    """Return what was learned as factors, but for what the fleet file says otherwise since then.

    Parameters
    ----------
    depths_mm
        The snow that lies on each street, `None` where nobody entered any: then it counts as that
        of the drives that all is from.
    hours
        Local hours of the day that the plan is driven in.
    """
    corrected = corrections(learned, machines, sites)
    learned = without_corrected(learned, corrected)
    kinds: dict[tuple[Movement, str, RoadClass], float] = {}
    streets: dict[tuple[Movement, SegmentId], float] = {}
    for one in learned.movements:
        movement, usual = one.movement, one.ratio.log
        seen = {
            (kind.machine, kind.road): kind.ratio.log
            for kind in learned.kinds
            if kind.movement is movement
        }
        for machine in {each.type for each in machines}:
            for road in RoadClass:
                times = exp(seen.get((machine, road), usual)) * one.mean
                as_written = (movement, machine) in corrected.speeds
                kinds[movement, machine, road] = 1.0 if as_written else times
        hour = _hour_log(learned.hours, movement, hours)
        depth = DepthRatios(learned.depths, movement)
        own = {
            street.segment_id: street.ratio.log
            for street in learned.streets
            if street.movement is movement
        }
        for segment in segments:
            lying_mm = None if depths_mm is None else depths_mm.get(segment.id, 0.0)
            ratio = own.get(segment.id, 0.0) + depth.log_at(lying_mm) + hour
            streets[movement, segment.id] = exp(ratio)
    return Pace(
        kinds=kinds,
        streets=streets,
        turns_s={one.kind: one.seconds for one in learned.turns},
        fills_s={one.site_id: one.seconds for one in learned.fills},
        stops={one.machine: one.stop_share for one in learned.habits},
        scatter=learned.scatter,
    )


def hours_between(since: datetime, until: datetime, zone: ZoneInfo) -> list[float]:
    """Return the local hours of the day from a moment to another one, at least the first."""
    count = max(int((until - since) / HOUR), 1)
    return [float((since + n * HOUR).astimezone(zone).hour) for n in range(min(count, 24))]


def _hour_log(
    ratios: Sequence[ConditionRatio], movement: Movement, hours: Sequence[float]
) -> float:
    """Return the mean logarithm over some hours of the day; 0 at those never driven."""
    known = {one.at: one.ratio.log for one in ratios if one.movement is movement}
    logs = [
        sum(share * known.get(HOURS[i], 0.0) for i, share in hats(hour, HOURS, 24.0))
        for hour in hours
    ]
    return mean(logs) if logs else 0.0


def _depths_mm(city: CityContext, storm: Storm) -> dict[SegmentId, float] | None:
    """Return how much snow will lie on each street when its work begins.

    That is what lies now, by all that was entered, and at least what its class begins at. `None`
    where nobody entered any.
    """
    if not storm.snowfall:
        return None
    snow = accumulation_of(storm)
    at = max(city.now, snow.known_until or city.now)
    plowed = plowed_at(list_coverage(city.tx, storm.id), city.network)
    return {
        segment.id: max(
            snow.lying_mm(plowed.get(segment.id), at), _trigger_mm(city.policy, segment)
        )
        for segment in city.network.segments
    }


def plowed_at(coverage: Iterable[Coverage], network: StreetNetwork) -> dict[SegmentId, datetime]:
    """Return when each street was plowed last, in the direction where that is longest ago.

    Streets with a direction that nobody has plowed yet are left out.
    """
    found: defaultdict[SegmentId, dict[bool, datetime]] = defaultdict(dict)
    for row in coverage:
        if row.plowed_at is not None:
            found[row.segment_id][row.forward] = row.plowed_at
    return {
        segment_id: min(known.values())
        for segment_id, known in found.items()
        if all(
            forward in known or network.arc(DirectedSegment(segment_id, forward)) is None
            for forward in (True, False)
        )
    }


def _trigger_mm(policy: Policy, segment: Segment) -> float:
    return policy.class_rule(policy.class_of(segment)).trigger_mm
