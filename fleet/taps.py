"""What drivers tap as done, as evidence: for machines whose sensors do not tell.

A tap counts once it can no longer be taken back. Where the machine's own sensor spoke meanwhile,
the sensor decides and the tap proves nothing - unless the sensor is dead, or shows that it is
broken: then a tap counts where positions show the machine on the street, and is less sure.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import Enum, auto

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Leg,
    LegKind,
    LegProgress,
    Pass,
    PlanId,
    Route,
    Segment,
    ShiftId,
    Storm,
    Treatment,
    VehicleId,
)
from data.network import StreetNetwork
from data.policy import Policy
from data.store.coverage import list_seen
from data.store.engine import Tx
from data.store.plans import find_route
from data.store.positions import first_words, sensors_between
from data.store.shifts import list_progress, list_unproved, mark_proved
from fleet.driving import DONE, UNDO_WITHIN
from fleet.evidence import Proof, keep_evidence

AT_ONCE = 200
"""Legs looked at in one transaction."""

SEEN, UNSEEN, AGAINST_SENSOR = 0.9, 0.5, 0.6
"""Confidence in a tap where positions show the machine on the street, where they do not, and where
they do but its sensor is broken."""

DEAD_AFTER = timedelta(minutes=20)
"""A sensor that has said nothing but "up" for so long of work, as its driver taps it, is dead."""

LONGEST = timedelta(minutes=30)
"""A tap tells of what was done since the one before, but of no more than this."""


def taps_wait(tx: Tx, storm: Storm, now: datetime) -> bool:
    """Whether there are taps that can no longer be taken back and are no evidence yet."""
    return bool(list_unproved(tx, storm.id, DONE, now - UNDO_WITHIN, 1))


def prove_taps(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, now: datetime
) -> Proof:
    """Store as passes what drivers did, and return what that changed."""
    ripe = list_unproved(tx, storm.id, DONE, now - UNDO_WITHIN, AT_ONCE)
    by_route: dict[tuple[PlanId, ShiftId], list[LegProgress]] = defaultdict(list)
    for tap in ripe:
        by_route[tap.plan_id, tap.shift_id].append(tap)
    passes: list[Pass] = []
    for (plan_id, shift_id), taps in by_route.items():
        route = find_route(tx, plan_id, shift_id)
        if route is not None:
            passes += _passes(tx, storm, network, route, plan_id, taps)
    mark_proved(tx, ripe)
    return keep_evidence(tx, storm, network, policy, passes, now)


def _passes(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    route: Route,
    plan_id: PlanId,
    taps: Sequence[LegProgress],
) -> Iterator[Pass]:
    """Yield a pass for every street of work legs that no sensor tells of."""
    all_taps = list_progress(tx, plan_id, route.shift_id)
    moments = [each.ended_at for each in all_taps if each.ended_at is not None]
    for tap in taps:
        leg = route.legs[tap.leg]
        if leg.kind is not LegKind.WORK or tap.ended_at is None:
            continue
        began_at = _began_at(storm, tap.ended_at, moments)
        sensor = _sensor(tx, storm, route.vehicle_id, leg, began_at, tap.ended_at)
        seen = _seen_on(tx, storm, leg, began_at)
        for step in leg.path:
            segment = network.find(step.segment_id)
            confidence = _confidence(sensor, seen.get(step, ()))
            if segment is not None and confidence:  # a newer file may not have it any more
                yield _pass(route, leg, segment, step, began_at, tap.ended_at, confidence)


class _Sensor(Enum):
    """What is known of the sensor that should tell of a leg."""

    SILENT = auto()
    ALIVE = auto()
    DEAD = auto()


def _sensor(
    tx: Tx, storm: Storm, vehicle_id: VehicleId, leg: Leg, since: datetime, until: datetime
) -> _Sensor:
    blade, spreader = sensors_between(tx, vehicle_id, since, until)
    if not (blade if leg.blade else spreader):
        return _Sensor.SILENT
    first, at_work = first_words(tx, vehicle_id, storm.started_at, until, of_blade=leg.blade)
    dead = not at_work and first is not None and until - first >= DEAD_AFTER
    return _Sensor.DEAD if dead else _Sensor.ALIVE


def _confidence(sensor: _Sensor, seen: Sequence[Pass]) -> float:
    """Return how sure a tap is of a street; 0 where it proves nothing."""
    if sensor is _Sensor.SILENT:
        return SEEN if seen else UNSEEN
    if sensor is _Sensor.ALIVE:  # a sensor not to be believed leaves the speed pattern
        seen = [one for one in seen if one.treatment and one.evidence.kind is EvidenceKind.SPEED]
    return AGAINST_SENSOR if seen else 0.0


def _pass(
    route: Route,
    leg: Leg,
    segment: Segment,
    step: DirectedSegment,
    began_at: datetime,
    ended_at: datetime,
    confidence: float,
) -> Pass:
    return Pass(
        segment_id=segment.id,
        forward=step.forward,
        from_m=0.0,
        to_m=segment.length_m,
        vehicle_id=route.vehicle_id,
        started_at=began_at,
        ended_at=ended_at,
        treatment=Treatment.PLOW if leg.blade else Treatment.SALT,
        evidence=Evidence(EvidenceKind.DRIVER, confidence),
        material_kg=0.0,
    )


def _began_at(storm: Storm, ended_at: datetime, moments: Sequence[datetime]) -> datetime:
    """Return when the work of a tap began at the earliest: at the tap before it."""
    before = [moment for moment in moments if moment < ended_at]
    return max([storm.started_at, ended_at - LONGEST, *before])


def _seen_on(tx: Tx, storm: Storm, leg: Leg, since: datetime) -> dict[DirectedSegment, list[Pass]]:
    """Return what positions show on the streets of a leg since then."""
    seen = list_seen(tx, storm.id, {step.segment_id for step in leg.path})
    return {way: [one for one in mine if one.ended_at >= since] for way, mine in seen.items()}
