"""The service policy: from a street's attributes to class, deadline, passes and salt."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from math import ceil, cos, radians
from typing import Annotated

from pydantic import Field

from data.errors import Need
from data.files.toml_reader import (
    FieldMistake,
    TomlTable,
    own_name,
    read_table,
    read_toml,
    table_list,
    values_of,
)
from data.files.toml_values import IF_ANY, Flag, Number
from data.files.toml_writer import written_toml
from data.languages import in_language
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
from data.policy.access_rules import PublicRules, SignInRules
from data.policy.alert_rules import AlertRules, ForecastRules, WeatherFeedRules
from data.policy.check_rules import CheckRules
from data.policy.class_rules import (
    ClassLabel,
    ClassTable,
    ClassTables,
    PunctualityRules,
    class_table,
)
from data.policy.cost_rules import CostRules
from data.policy.crew_rules import CrewRules
from data.policy.evidence_rules import EvidenceRules
from data.policy.hours_rules import HoursRules
from data.policy.message_rules import MessageRules
from data.policy.sla_rules import FollowUpRules
from data.policy.street_rules import (
    ClassName,
    NamedRule,
    NearRule,
    SteepRule,
    StreetRules,
    ZoneRule,
)

DEFAULT_POLICY = files("data.samples").joinpath("policy.toml").read_text(encoding="utf-8")
"""Text of the policy that a new city starts with, comments included."""

_HEAD = "# Levels of service. Put it in force with `barfrub policy set --city NAME FILE`.\n\n"
_NEARLY_M = 0.05
"""A strip this narrow that is left over is not worth another pass."""


@dataclass(frozen=True, slots=True)
class JoinRule(TomlTable):
    """When a request joins an open job of the same street: distance, same class or any."""

    radius_m: Annotated[float, Number(0, 200)] = 25.0
    across_classes: Flag = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Levels of service of a city; `blade_m` counts passes before a vehicle is chosen.

    `rules` is the list of all classes of service, the most urgent first: the order of their tables
    in the file. `labels` says how each is called and drawn. `levels` holds the streets that their
    road class alone does not decide, by `street_rules` and by an administrator's decisions; no file
    has them.
    """

    rules: Mapping[ServiceClass, ClassRule]
    classes: Mapping[RoadClass, ServiceClass]
    blade_angle_deg: float
    overlap_m: float
    blade_m: float
    salt_gm2: float
    street_rules: StreetRules = field(default_factory=StreetRules)
    join: JoinRule = field(default_factory=JoinRule)
    punctuality: PunctualityRules = field(default_factory=PunctualityRules)
    levels: Mapping[SegmentId, Level] = field(default_factory=dict)
    followup: FollowUpRules = field(default_factory=FollowUpRules)
    evidence: EvidenceRules = field(default_factory=EvidenceRules)
    alerts: AlertRules = field(default_factory=AlertRules)
    forecast: ForecastRules = field(default_factory=ForecastRules)
    weather_feed: WeatherFeedRules = field(default_factory=WeatherFeedRules)
    costs: CostRules = field(default_factory=CostRules)
    messages: MessageRules = field(default_factory=MessageRules)
    vehicle_check: CheckRules = field(default_factory=CheckRules)
    hours: HoursRules = field(default_factory=HoursRules)
    crews: CrewRules = field(default_factory=CrewRules)
    sign_in: SignInRules = field(default_factory=SignInRules)
    public: PublicRules = field(default_factory=PublicRules)
    labels: Mapping[ServiceClass, ClassLabel] = field(default_factory=dict)

    @property
    def snow_ahead_mm(self) -> float:
        """The depth of snow that a storm is forecast for."""
        depth_cm = self.forecast.depth_cm
        return next(iter(self.rules.values())).trigger_mm if depth_cm is None else depth_cm * 10

    @property
    def last_class(self) -> ServiceClass:
        """The least urgent class."""
        return list(self.rules)[-1]

    def in_order(self, classes: Iterable[ServiceClass]) -> list[ServiceClass]:
        """Return these classes, each once, the most urgent first.

        Those that the policy has no longer come last.
        """
        wanted = set(classes)
        known = [code for code in self.rules if code in wanted]
        return known + sorted(wanted - self.rules.keys())

    def more_urgent(self, one: ServiceClass, other: ServiceClass) -> bool:
        """Whether the first of two classes of the policy comes before the second."""
        return one != other and next(code for code in self.rules if code in {one, other}) == one

    def class_rule(self, code: ServiceClass) -> ClassRule:
        """Return the rule of a class; the least urgent one's where it was removed."""
        return self.rules.get(code) or self.rules[self.last_class]

    def class_texts(self, language: str) -> dict[str, str]:
        """Return how classes are called: `class:` and `short:` with the code, by msgid."""
        texts: dict[str, str] = {}
        for code in self.rules:
            label = self.class_label(code)
            texts[f"short:{code}"] = in_language(label.shorts, language) or code
            texts[f"class:{code}"] = in_language(label.names, language) or texts[f"short:{code}"]
        return texts

    def class_label(self, code: ServiceClass) -> ClassLabel:
        """Return how a class is called.

        Where a file has no more than the usual names, from before they were said in all languages,
        it is called as usual in the others too.
        """
        own, usual = self.labels.get(code, ClassLabel()), _usual_labels().get(code)
        if usual is None or not usual.says_all_of(own):
            return own
        return replace(usual, colors=own.colors)

    def says_classes_in(self, language: str) -> bool:
        """Whether whoever reads this language meets no class by its name in another one.

        A name without a language is for all of them, a class without a name is said by its code.
        """
        labels = [self.class_label(code) for code in self.rules]
        texts = [each for label in labels for each in (label.names, label.shorts) if each]
        return all(each.get(language) or each.get("") for each in texts)

    def class_of(self, segment: Segment) -> ServiceClass:
        """Return the service class of a street."""
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


@dataclass(frozen=True, slots=True)
class _PassesTable(TomlTable):
    """`[passes]`: the blade that passes are counted with."""

    blade_angle_deg: Annotated[float, Number(0, 60)]
    overlap_m: Annotated[float, Number(0, 2)]
    blade_m: Annotated[float, Number(0.5, 12)]

    def mistakes(self) -> Iterator[FieldMistake]:
        """Return the blade that clears nothing."""
        if self.blade_m * cos(radians(self.blade_angle_deg)) - self.overlap_m < 0.5:
            need = "at least 0.5 m after angle and overlap"
            yield FieldMistake(("blade_m",), self.blade_m, need)


@dataclass(frozen=True, slots=True)
class _SpreadingTable(TomlTable):
    """`[spreading]`: how much salt."""

    salt_gm2: Annotated[float, Number(0, 200)]


@dataclass(frozen=True, slots=True)
class _BusTable(TomlTable):
    """`[bus]`: the least class of streets that buses use."""

    service_class: ClassName


@dataclass(frozen=True, slots=True)
class _PolicyTable(TomlTable):
    """A whole `policy.toml`."""

    classes: Annotated[ClassTables, Field(alias="class")]
    passes: _PassesTable
    spreading: _SpreadingTable
    join: JoinRule = field(default_factory=JoinRule)
    punctuality: PunctualityRules = field(default_factory=PunctualityRules)
    near: Annotated[tuple[NearRule, ...], table_list("near"), IF_ANY] = ()
    bus: _BusTable | None = None
    steep: SteepRule | None = None
    named: Annotated[tuple[NamedRule, ...], table_list("named"), IF_ANY] = ()
    zone: Annotated[tuple[ZoneRule, ...], table_list("zone", own_name), IF_ANY] = ()
    evidence: EvidenceRules = field(default_factory=EvidenceRules)
    followup: FollowUpRules = field(default_factory=FollowUpRules)
    alerts: AlertRules = field(default_factory=AlertRules)
    forecast: ForecastRules = field(default_factory=ForecastRules)
    weather_feed: WeatherFeedRules = field(default_factory=WeatherFeedRules)
    costs: CostRules = field(default_factory=CostRules)
    crews: CrewRules = field(default_factory=CrewRules)
    messages: MessageRules = field(default_factory=MessageRules)
    vehicle_check: CheckRules = field(default_factory=CheckRules)
    hours: HoursRules = field(default_factory=HoursRules)
    sign_in: SignInRules = field(default_factory=SignInRules)
    public: PublicRules = field(default_factory=PublicRules)

    def street_rules(self) -> StreetRules:
        """Return the rules beyond the road class."""
        bus = None if self.bus is None else self.bus.service_class
        return StreetRules(self.near, bus, self.steep, self.named, self.zone)

    def mistakes(self) -> Iterator[FieldMistake]:
        """Return the classes that a rule or a target names and the policy does not have."""
        need = Need("one of {expected}", expected=", ".join(self.classes))
        for path, code in (*self.street_rules().classes(), *self.followup.classes()):
            if code not in self.classes:
                yield FieldMistake(path, code, need)


def policy_from_toml(text: str) -> Policy:
    """Return the policy of a `policy.toml`.

    Raises `InvalidFileError` with every mistake, or `InvalidError` for what is no TOML.
    """
    return policy_from(read_toml(text, "policy.toml"))


def policy_from(values: Mapping[str, object]) -> Policy:
    """Return the policy of the values of a `policy.toml`."""
    table = read_table(_PolicyTable, values, "policy.toml")
    return Policy(
        rules={each: its.rule(each) for each, its in table.classes.items()},
        classes={road: each for each, its in table.classes.items() for road in its.roads},
        blade_angle_deg=table.passes.blade_angle_deg,
        overlap_m=table.passes.overlap_m,
        blade_m=table.passes.blade_m,
        salt_gm2=table.spreading.salt_gm2,
        street_rules=table.street_rules(),
        join=table.join,
        punctuality=table.punctuality,
        followup=table.followup,
        evidence=table.evidence,
        alerts=table.alerts,
        forecast=table.forecast,
        weather_feed=table.weather_feed,
        costs=table.costs,
        messages=table.messages,
        vehicle_check=table.vehicle_check,
        hours=table.hours,
        crews=table.crews,
        sign_in=table.sign_in,
        public=table.public,
        labels={each: its.label() for each, its in table.classes.items()},
    )


def policy_values(policy: Policy) -> dict[str, object]:
    """Return the values of a `policy.toml` from which the same policy is read again."""
    streets = policy.street_rules
    return values_of(
        _PolicyTable(
            classes={each: _table_of(policy, rule) for each, rule in policy.rules.items()},
            passes=_PassesTable(policy.blade_angle_deg, policy.overlap_m, policy.blade_m),
            spreading=_SpreadingTable(policy.salt_gm2),
            join=policy.join,
            punctuality=policy.punctuality,
            near=streets.near,
            bus=None if streets.bus is None else _BusTable(streets.bus),
            steep=streets.steep,
            named=streets.named,
            zone=streets.zones,
            evidence=policy.evidence,
            followup=policy.followup,
            alerts=policy.alerts,
            forecast=policy.forecast,
            weather_feed=policy.weather_feed,
            costs=policy.costs,
            crews=policy.crews,
            messages=policy.messages,
            vehicle_check=policy.vehicle_check,
            hours=policy.hours,
            sign_in=policy.sign_in,
            public=policy.public,
        )
    )


def toml_from_policy(policy: Policy, over: str = _HEAD) -> str:
    """Return a `policy.toml` from which the same policy is read again.

    What stands in the file `over` which it is written stays: comments, and the order of tables.
    """
    return written_toml(policy_values(policy), over)


@cache
def _usual_labels() -> Mapping[ServiceClass, ClassLabel]:
    """Return what classes are called where a policy from before names has none."""
    return policy_from_toml(DEFAULT_POLICY).labels


def _table_of(policy: Policy, rule: ClassRule) -> ClassTable:
    code = rule.service_class
    roads = tuple(road for road, its in policy.classes.items() if its == code)
    return class_table(rule, roads, policy.labels.get(code, ClassLabel()))
