"""Levels of service: what a street is, and what lies at it, to class, deadline, passes and salt."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from importlib.resources import files
from math import ceil, cos, radians

from data.errors import InvalidError, Need
from data.files.toml_reader import TomlTable, read_toml
from data.files.toml_writer import toml_list, toml_number
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
from data.policy.alert_rules import AlertRules, alert_rules_of, alert_rules_toml
from data.policy.cost_rules import CostRules, cost_rules_of, cost_rules_toml
from data.policy.crew_rules import CrewRules, crew_rules_of, crew_rules_toml
from data.policy.evidence_rules import EvidenceRules, evidence_rules_of, evidence_rules_toml
from data.policy.message_rules import MessageRules, message_rules_of, message_rules_toml
from data.policy.sla_rules import FollowUpRules, followup_rules_of, followup_rules_toml
from data.policy.street_rules import WEEK_H, StreetRules, street_rules_of, street_rules_toml

DEFAULT_POLICY = files("data.samples").joinpath("policy.toml").read_text(encoding="utf-8")
"""Text of the policy that a new city starts with, comments included."""

_HOUR = timedelta(hours=1)
_NEARLY_M = 0.05
"""A strip this narrow that is left over is not worth another pass."""


@dataclass(frozen=True, slots=True)
class JoinRule:
    """When a request joins an open job of the same street: so near, of the same class or of any."""

    radius_m: float = 25.0
    across_classes: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What a city promises its streets; `blade_m` counts passes before a vehicle is chosen.

    `levels` holds the streets that their road class alone does not decide, by `street_rules` and by
    an administrator's decisions; no file has them.
    """

    rules: Mapping[ServiceClass, ClassRule]
    classes: Mapping[RoadClass, ServiceClass]
    blade_angle_deg: float
    overlap_m: float
    blade_m: float
    salt_gm2: float
    street_rules: StreetRules = field(default_factory=StreetRules)
    join: JoinRule = field(default_factory=JoinRule)
    levels: Mapping[SegmentId, Level] = field(default_factory=dict)
    followup: FollowUpRules = field(default_factory=FollowUpRules)
    evidence: EvidenceRules = field(default_factory=EvidenceRules)
    alerts: AlertRules = field(default_factory=AlertRules)
    costs: CostRules = field(default_factory=CostRules)
    messages: MessageRules = field(default_factory=MessageRules)
    crews: CrewRules = field(default_factory=CrewRules)

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


def policy_from_toml(text: str, mistakes: list[InvalidError] | None = None) -> Policy:
    """Return the policy of a `policy.toml`; raise `InvalidError` naming field, value and need.

    With a list of `mistakes`, all of them are added there, and the policy counts only while it
    stays empty; what is no TOML at all is raised in any case.
    """
    return policy_from(read_toml(text, "policy.toml", mistakes))


def policy_from(root: TomlTable) -> Policy:
    """Return the policy of the root table of a `policy.toml`."""
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
        tables.refuse("roads", ", ".join(missing) + " missing", "every road class")
    passes, spreading = root.table("passes"), root.table("spreading")
    policy = Policy(
        rules,
        classes,
        blade_angle_deg=passes.number("blade_angle_deg", 0, 60),
        overlap_m=passes.number("overlap_m", 0, 2),
        blade_m=passes.number("blade_m", 0.5, 12),
        salt_gm2=spreading.number("salt_gm2", 0, 200),
        street_rules=street_rules_of(root),
        join=_join(root.table("join")) if "join" in root else JoinRule(),
        followup=followup_rules_of(root),
        evidence=evidence_rules_of(root),
        alerts=alert_rules_of(root),
        costs=cost_rules_of(root),
        messages=message_rules_of(root),
        crews=crew_rules_of(root),
    )
    for table in (passes, spreading, root):
        table.done()
    if policy.effective_blade_m(policy.blade_m) < 0.5:
        passes.refuse("blade_m", policy.blade_m, "at least 0.5 m after angle and overlap")
    return policy


def _roads(table: TomlTable, taken: Mapping[RoadClass, ServiceClass]) -> list[RoadClass]:
    roads = [RoadClass(word) for word in table.choices("roads", [road.value for road in RoadClass])]
    for road in roads:
        if road in taken:
            table.refuse("roads", road.value, Need("not in {other} too", other=taken[road]))
    return roads


def _rule(service_class: ServiceClass, table: TomlTable) -> ClassRule:
    cycle_h = table.number("cycle_h", 0.25, WEEK_H) if "cycle_h" in table else None
    return ClassRule(
        service_class,
        trigger_mm=round(table.number("trigger_cm", 0, 200) * 10, 6),
        cycle=None if cycle_h is None else timedelta(hours=cycle_h),
        deadline=timedelta(hours=table.number("deadline_h", 0.25, WEEK_H)),
        weight=table.number("weight", 0.001, 1e6),
    )


def _join(table: TomlTable) -> JoinRule:
    rule = JoinRule(table.number("radius_m", 0, 200), table.flag("across_classes"))
    table.done()
    return rule


def toml_from_policy(policy: Policy) -> str:
    """Return a `policy.toml` from which the same policy is read again."""
    return "\n".join(_lines(policy)).rstrip() + "\n"


def _lines(policy: Policy) -> Iterator[str]:
    yield "# Levels of service. Put it in force with `barfrub policy set --city NAME FILE`."
    yield ""
    for service_class, rule in policy.rules.items():
        yield from _class_lines(policy, service_class, rule)
    yield "[passes]"
    yield f"blade_angle_deg = {toml_number(policy.blade_angle_deg)}"
    yield f"overlap_m = {toml_number(policy.overlap_m)}"
    yield f"blade_m = {toml_number(policy.blade_m)}"
    yield ""
    yield "[spreading]"
    yield f"salt_gm2 = {toml_number(policy.salt_gm2)}"
    yield ""
    yield "[join]"
    yield f"radius_m = {toml_number(policy.join.radius_m)}"
    yield f"across_classes = {str(policy.join.across_classes).lower()}"
    yield ""
    yield from street_rules_toml(policy.street_rules)
    yield from evidence_rules_toml(policy.evidence)
    yield from followup_rules_toml(policy.followup)
    yield from alert_rules_toml(policy.alerts)
    yield from cost_rules_toml(policy.costs)
    yield from crew_rules_toml(policy.crews)
    yield from message_rules_toml(policy.messages)


def _class_lines(policy: Policy, service_class: ServiceClass, rule: ClassRule) -> Iterator[str]:
    roads = [road for road, its_class in policy.classes.items() if its_class is service_class]
    yield f"[class.{service_class}]"
    yield f"roads = {toml_list(roads)}"
    yield f"trigger_cm = {toml_number(round(rule.trigger_mm / 10, 7))}"
    if rule.cycle is not None:
        yield f"cycle_h = {toml_number(rule.cycle / _HOUR)}"
    yield f"deadline_h = {toml_number(rule.deadline / _HOUR)}"
    yield f"weight = {toml_number(rule.weight)}"
    yield ""
