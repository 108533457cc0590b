"""What was corrected since it was learned: such speeds and filling times speak for themselves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from data.model import ReloadSite, ReloadSiteId, Vehicle
from data.model.planning.paces import AssumedSpeeds, LearnedPace, Movement

type Speeds = frozenset[tuple[Movement, str]]
"""Movements of types of machines."""


@dataclass(frozen=True, slots=True)
class InPlans:
    """What plans use of what was learned; speeds `by_file` are as the fleet file says."""

    learned: LearnedPace = field(default_factory=LearnedPace)
    by_file: Speeds = frozenset()


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the fleet file says otherwise now: movements of types of machines, and reload sites."""

    speeds: Speeds
    fills: frozenset[ReloadSiteId]


def assumed_speeds(machines: Sequence[Vehicle]) -> tuple[AssumedSpeeds, ...]:
    """Return the speeds of each type of machine, by what it does."""
    found: defaultdict[tuple[Movement, str], set[float]] = defaultdict(set)
    for machine in machines:
        for movement, mps in _speeds(machine):
            found[movement, machine.type].add(mps)
    return tuple(
        AssumedSpeeds(movement, machine, tuple(sorted(known)))
        for (movement, machine), known in sorted(found.items())
    )


def corrections(
    learned: LearnedPace, machines: Sequence[Vehicle], sites: Sequence[ReloadSite]
) -> Corrections:
    """Return what machines and sites say otherwise than when it was learned.

    Types that were not there then have nothing to differ from; a machine more or less of a type
    corrects nothing.
    """
    now = {(one.movement, one.machine): set(one.mps) for one in assumed_speeds(machines)}
    fill_s = {site.id: site.fill_s for site in sites}
    before = [((one.movement, one.machine), set(one.mps)) for one in learned.speeds]
    return Corrections(
        speeds=frozenset(
            key for key, mps in before if not (mps <= now.get(key, mps) or mps >= now.get(key, mps))
        ),
        fills=frozenset(
            one.site_id
            for one in learned.fills
            if fill_s.get(one.site_id, one.assumed_s) != one.assumed_s
        ),
    )


def without_corrected(learned: LearnedPace, corrected: Corrections) -> LearnedPace:
    """Return what still counts of what was learned."""
    return replace(
        learned,
        kinds=tuple(
            one for one in learned.kinds if (one.movement, one.machine) not in corrected.speeds
        ),
        fills=tuple(one for one in learned.fills if one.site_id not in corrected.fills),
    )


def _speeds(machine: Vehicle) -> Iterator[tuple[Movement, float]]:
    yield Movement.DRIVE, machine.drive_speed_mps
    for treatment, mps in machine.work_speed_mps.items():
        yield Movement(treatment), mps
