"""Levels of service: road class and width to service class, deadline, passes and salt."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.resources import files
from math import ceil, cos, radians

from data.errors import InvalidError
from data.model import (
    ClassRule,
    Level,
    LevelReason,
    Oneway,
    RoadClass,
    Segment,
    SegmentId,
    ServiceClass,
)
from data.toml_table import TomlTable, read_toml

DEFAULT_POLICY = files("data.samples").joinpath("policy.toml").read_text(encoding="utf-8")
"""Text of the policy that a new city starts with, comments included."""

_WEEK_H = 168.0
_NEARLY_M = 0.05
"""A strip this narrow that is left over is not worth another pass."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a city promises its streets; `blade_m` counts passes before a vehicle is chosen.

    `levels` holds the streets that their road class alone does not decide.
    """

    rules: Mapping[ServiceClass, ClassRule]
    classes: Mapping[RoadClass, ServiceClass]
    blade_angle_deg: float
    overlap_m: float
    blade_m: float
    salt_gm2: float
    levels: Mapping[SegmentId, Level] = field(default_factory=dict)

    def class_of(self, segment: Segment) -> ServiceClass:
        """Return how soon a street is served."""
        return self.level_of(segment).service_class

    def level_of(self, segment: Segment) -> Level:
        """Return the class of a street and why it has it."""
        known = self.levels.get(segment.id)
        return known or Level(self.classes[segment.road_class], LevelReason.ROAD)

    def rule_of(self, segment: Segment) -> ClassRule:
        """Return the level of service of a street, with its own cycle where it has one."""
        level = self.level_of(segment)
        rule = self.rules[level.service_class]
        return rule if level.cycle is None else replace(rule, cycle=level.cycle)

    def effective_blade_m(self, blade_m: float) -> float:
        """Return the width that an angled blade clears beside the last pass."""
        return blade_m * cos(radians(self.blade_angle_deg)) - self.overlap_m

    def passes_for(self, segment: Segment, blade_m: float | None = None) -> int:
        """Return passes per direction; 1 for a machine without a blade, which only spreads."""
        effective_m = self.effective_blade_m(self.blade_m if blade_m is None else blade_m)
        if effective_m <= 0:
            return 1
        return max(1, ceil((clear_width_m(segment) - _NEARLY_M) / effective_m))

    def salt_kg(self, segment: Segment) -> float:
        """Return the salt for one direction."""
        return segment.length_m * clear_width_m(segment) * self.salt_gm2 / 1000


def clear_width_m(segment: Segment) -> float:
    """Return the width to clear per direction: half a two-way street, all of a one-way."""
    return segment.width_m / 2 if segment.oneway is Oneway.NO else segment.width_m


def policy_from_toml(text: str) -> Policy:
    """Return the policy of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    root = read_toml(text, "policy.toml")
    tables = root.table("class")
    rules: dict[ServiceClass, ClassRule] = {}
    classes: dict[RoadClass, ServiceClass] = {}
    for service_class in ServiceClass:
        table = tables.table(service_class)
        for road in _roads(table, classes):
            classes[road] = service_class
        rules[service_class] = _rule(service_class, table)
        table.done()
    tables.done()
    missing = [road for road in RoadClass if road not in classes]
    if missing:
        raise InvalidError("class: roads", ", ".join(missing) + " missing", "every road class")
    passes, spreading = root.table("passes"), root.table("spreading")
    policy = Policy(
        rules,
        classes,
        blade_angle_deg=passes.number("blade_angle_deg", 0, 60),
        overlap_m=passes.number("overlap_m", 0, 2),
        blade_m=passes.number("blade_m", 0.5, 12),
        salt_gm2=spreading.number("salt_gm2", 0, 200),
    )
    for table in (passes, spreading, root):
        table.done()
    if policy.effective_blade_m(policy.blade_m) < 0.5:
        raise InvalidError("passes.blade_m", policy.blade_m, "at least 0.5 m after angle, overlap")
    return policy


def _roads(table: TomlTable, taken: Mapping[RoadClass, ServiceClass]) -> list[RoadClass]:
    roads = [RoadClass(word) for word in table.choices("roads", [road.value for road in RoadClass])]
    for road in roads:
        if road in taken:
            raise InvalidError(f"{table.path}.roads", road.value, f"not in {taken[road]} too")
    return roads


def _rule(service_class: ServiceClass, table: TomlTable) -> ClassRule:
    cycle_h = table.number("cycle_h", 0.25, _WEEK_H) if "cycle_h" in table else None
    return ClassRule(
        service_class,
        trigger_mm=table.number("trigger_cm", 0, 200) * 10,
        cycle=None if cycle_h is None else timedelta(hours=cycle_h),
        deadline=timedelta(hours=table.number("deadline_h", 0.25, _WEEK_H)),
        weight=table.number("weight", 0.001, 1e6),
    )
