"""Choices for the scope of a plan: classes, districts and machines, with their open jobs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import District, Job, ServiceClass, Shift, Vehicle
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """A class, and the number of its open jobs."""

    name: str
    jobs: int


@dataclass(frozen=True, slots=True)
class DistrictChoice:
    """A district, its name in the reader's language, and the number of its open jobs."""

    name: str
    label: str
    jobs: int


@dataclass(frozen=True, slots=True)
class MachineChoice:
    """A machine whose shift is not over."""

    id: int
    name: str
    type: str
    until: datetime


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """All choices for the scope of a plan."""

    classes: tuple[ClassChoice, ...]
    districts: tuple[DistrictChoice, ...]
    machines: tuple[MachineChoice, ...]


def plan_choices(
    jobs: Iterable[Job],
    districts: Iterable[District],
    shifts: Iterable[Shift],
    vehicles: Iterable[Vehicle],
    network: StreetNetwork,
    t: Translator,
) -> PlanChoices:
    """Return the choices for the scope of a plan; `jobs` are open, `shifts` not over."""
    by_class: Counter[ServiceClass] = Counter()
    by_district: Counter[str] = Counter()
    for job in jobs:
        by_class[job.service_class] += 1
        by_district[network.segment(job.segment_id).district] += 1
    until: dict[int, datetime] = {}
    for shift in shifts:
        until[shift.vehicle_id] = max(shift.ends_at, until.get(shift.vehicle_id, shift.ends_at))
    return PlanChoices(
        tuple(ClassChoice(name, by_class[name]) for name in t.classes_in_order(by_class)),
        tuple(
            DistrictChoice(each.name, t.named("district", each.name), by_district[each.name])
            for each in districts
        ),
        tuple(
            MachineChoice(each.id, each.name, each.type, until[each.id])
            for each in vehicles
            if each.id in until
        ),
    )
