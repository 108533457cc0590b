"""Pass detection between two fixes: which stretch was worked on, and which was only driven."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import Evidence, EvidenceKind, Pass, Position, Treatment
from data.policy.city_policy import clear_width_m
from data.streets.network import StreetNetwork
from fleet.coverage.route_expectations import ExpectedWork
from fleet.coverage.sensor_state import SensorReading, Switch
from fleet.matching.driven_paths import DrivenStretch, total_m

STEADY = timedelta(seconds=15)
"""Over a longer gap, equipment counts as working only if it worked at both ends."""

WORKING, WORKING_MPS = 1.3, 1.5
"""Up to so many times its working speed and as much more, a vehicle may be at work."""

FAST, FAST_MPS = 2.0, 10.0
"""At so many times its working speed it is not, nor is a slow machine at so much."""

JUMP_M = 25.0
"""What a receiver's error may add to the way between two fixes."""

ON_ROUTE, NO_ROUTE = 0.8, 0.4
"""How sure a speed pattern is: on a street that the vehicle's route works on, and without route."""

OFF_ROUTE = 0.1
"""How likely a vehicle is to work on another street, where one of its route looks the same."""


EITHER = 0.5
"""How sure work is where a blade has just moved, on a street that the route has both to work on and
to drive along: a receiver's error decides."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """A fix with the believed sensor states."""

    fix: Position
    claim: SensorReading

    def without(self, broken: frozenset[Switch]) -> "Sighted":
        """Return the same without the readings of some sensors."""
        return Sighted(self.fix, self.claim.without(broken))


def too_fast_mps(work_mps: float) -> float:
    """Return the speed above which a vehicle is not at work, whatever its sensor says."""
    return max(FAST * work_mps, FAST_MPS)


def at_work_mps(work_mps: float) -> float:
    """Return the speed up to which a vehicle may be at work."""
    return WORKING * work_mps + WORKING_MPS


class WorkingVehicle(NamedTuple):
    """A vehicle's expected work, its working speeds, and whether it can plow at all."""

    order: ExpectedWork | None
    work_mps: float
    plows: bool


def proofs(
    network: StreetNetwork,
    a: Sighted,
    b: Sighted,
    stretches: Sequence[DrivenStretch],
    confidence: float,
    vehicle: WorkingVehicle,
) -> Iterator[Pass]:
    """Yield a pass for every stretch between two fixes and every treatment there."""
    order, work_mps, plows = vehicle.order, vehicle.work_mps, vehicle.plows
    if not stretches:
        return
    elapsed, whole_m, gone_m = b.fix.fixed_at - a.fix.fixed_at, total_m(stretches), 0.0
    elapsed_s = elapsed.total_seconds()
    fast = whole_m > too_fast_mps(work_mps) * elapsed_s + JUMP_M
    slow = whole_m <= at_work_mps(work_mps) * elapsed_s
    for stretch in stretches:
        started_at = a.fix.fixed_at + elapsed * (gone_m / whole_m)
        gone_m += stretch.to_m - stretch.from_m
        ended_at = a.fix.fixed_at + elapsed * (gone_m / whole_m)
        sure = _pattern(a, stretch, order) if plows and slow else 0.0
        expected = None if order is None else order.works_on(stretch.directed)
        likely = _off_route(confidence) if expected is False else confidence
        if expected is None and order is not None and _moved(a, b):
            likely *= EITHER
        for treatment, evidence in _evidence(a, b, likely, sure, expected, fast=fast):
            yield _pass(network, a.fix, stretch, started_at, ended_at, treatment, evidence)


def _moved(a: Sighted, b: Sighted) -> bool:
    """Whether the blade moved between two fixes or just before."""
    return a.claim.fresh or a.claim.blade is not b.claim.blade


def _off_route(confidence: float) -> float:
    """Return the confidence (Bayes) of a match on a street that the route does not work on."""
    there = OFF_ROUTE * confidence
    return there / (there + 1.0 - confidence)


def _evidence(
    a: Sighted, b: Sighted, confidence: float, sure: float, expected: bool | None, *, fast: bool
) -> Iterator[tuple[Treatment | None, Evidence]]:
    """Yield each treatment with its evidence; none for a street that was only driven."""
    brief = b.fix.fixed_at - a.fix.fixed_at <= STEADY
    early = expected is False and a.claim.fresh
    plowed = (
        _at_work(a.claim.blade, b.claim.blade, expected, brief=brief) and not fast and not early
    )
    salted = _at_work(a.claim.spreader, b.claim.spreader, expected, brief=brief)
    if plowed:
        yield Treatment.PLOW, Evidence(EvidenceKind.BLADE, confidence)
    if salted:
        yield Treatment.SALT, Evidence(EvidenceKind.SPREADER, confidence)
    if not plowed and not salted:
        treatment = Treatment.PLOW if sure else None
        yield treatment, Evidence(EvidenceKind.SPEED, confidence * (sure or 1.0))


def _at_work(a: bool | None, b: bool | None, expected: bool | None, *, brief: bool) -> bool:
    """Whether equipment worked between two fixes.

    Where it worked at one of them alone, `expected` decides: whether the route works there.
    """
    if a and b:
        return True
    if expected is not None and a is not None and b is not None:
        return expected and (a or b)
    return bool(a) and brief


def _pattern(a: Sighted, stretch: DrivenStretch, order: ExpectedWork | None) -> float:
    """Return the confidence (0-1) that a slow drive is plowing; 0 where the sensor reports."""
    if a.claim.blade is not None:
        return 0.0
    if order is None:
        return NO_ROUTE
    return ON_ROUTE if stretch.directed in order.work else 0.0


def _pass(
    network: StreetNetwork,
    fix: Position,
    stretch: DrivenStretch,
    started_at: datetime,
    ended_at: datetime,
    treatment: Treatment | None,
    evidence: Evidence,
) -> Pass:
    segment = network.segment(stretch.directed.segment_id)
    from_m, to_m = stretch.from_m, stretch.to_m
    if not stretch.directed.forward:
        from_m, to_m = segment.length_m - to_m, segment.length_m - from_m
    material_kg = 0.0
    if treatment is Treatment.SALT and fix.rate_gm2 is not None:
        material_kg = fix.rate_gm2 * clear_width_m(segment) * (to_m - from_m) / 1000
    return Pass(
        segment_id=segment.id,
        forward=stretch.directed.forward,
        from_m=from_m,
        to_m=to_m,
        vehicle_id=fix.vehicle_id,
        started_at=started_at,
        ended_at=ended_at,
        treatment=treatment,
        evidence=evidence,
        material_kg=material_kg,
    )
