"""Classes of service as `policy.toml` lists them: one table each, the most urgent class first."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WrapValidator
from pydantic_core.core_schema import ValidatorFunctionWrapHandler

from data.errors import Need
from data.files.toml_reader import FieldMistake, TomlTable, needed, whole_mapping
from data.files.toml_values import IF_ANY, Number, Text, some_of
from data.model import ByLanguage, ClassRule, RoadClass, ServiceClass
from data.policy.street_rules import Hours

MOST_CLASSES = 10
"""Classes in a policy: more of them nobody tells apart on a map."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,15}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class PunctualityRules(TomlTable):
    """How surely deadlines are to be kept: the section `[punctuality]` of `policy.toml`.

    Plans leave so much time that `kept_pct` of a hundred ends are in time, as far as storms taught
    how far ends are off; 50 leaves none.
    """

    kept_pct: Annotated[float, Number(50, 99)] = 80.0

    @property
    def probability(self) -> float:
        """The share of ends that are to be in time."""
        return self.kept_pct / 100


@dataclass(frozen=True, slots=True)
class ClassLabel:
    """How a class is called and drawn; what is empty follows from its code and its rank.

    `colors` are those of the light and of the dark theme.
    """

    names: ByLanguage = field(default_factory=dict)
    shorts: ByLanguage = field(default_factory=dict)
    colors: tuple[str, ...] = ()

    def says_all_of(self, other: "ClassLabel") -> bool:
        """Whether the other one's texts are all among its own, maybe in fewer languages."""
        return (
            other.names.items() <= self.names.items()
            and other.shorts.items() <= self.shorts.items()
        )


def _by_language(value: object) -> object:
    return value if isinstance(value, dict) else {"": value}


def _plain(texts: ByLanguage) -> object:
    return texts[""] if list(texts) == [""] else texts


def _two_colors(colors: tuple[str, ...]) -> tuple[str, ...]:
    if len(colors) != 2 or not all(_COLOR.fullmatch(color) for color in colors):
        raise needed("two colors like {example}: light and dark theme", example="#51158c")
    return colors


_Name = Annotated[Mapping[str, Text], BeforeValidator(_by_language), PlainSerializer(_plain)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTable(TomlTable):
    """`[class.P1]`: how a class is called, its streets by their road classes, and its level."""

    name: Annotated[_Name, IF_ANY] = field(default_factory=dict)
    short: Annotated[_Name, IF_ANY] = field(default_factory=dict)
    colors: Annotated[tuple[Text, ...], AfterValidator(_two_colors), IF_ANY] = ()
    roads: Annotated[tuple[RoadClass, ...], some_of(RoadClass)] = ()
    trigger_cm: Annotated[float, Number(0, 200)]
    cycle: Annotated[Hours | None, Field(alias="cycle_h")] = None
    deadline: Annotated[Hours, Field(alias="deadline_h")]
    weight: Annotated[float, Number(0.001, 1e6)]

    def rule(self, code: ServiceClass) -> ClassRule:
        """Return the level of service."""
        trigger_mm = round(self.trigger_cm * 10, 6)
        return ClassRule(code, trigger_mm, self.cycle, self.deadline, self.weight)

    def label(self) -> ClassLabel:
        """Return how the class is called and drawn."""
        return ClassLabel(self.name, self.short, self.colors)


def class_table(rule: ClassRule, roads: tuple[RoadClass, ...], label: ClassLabel) -> ClassTable:
    """Return the table that says these of a class."""
    return ClassTable(
        name=label.names,
        short=label.shorts,
        colors=label.colors,
        roads=roads,
        trigger_cm=round(rule.trigger_mm / 10, 7),
        cycle=rule.cycle,
        deadline=rule.deadline,
        weight=rule.weight,
    )


def _read(values: object, handler: ValidatorFunctionWrapHandler) -> object:
    return whole_mapping(values, handler, _roads_twice_or_never, _wrong_codes)


def _wrong_codes(codes: list[str]) -> Iterator[FieldMistake]:
    if not 1 <= len(codes) <= MOST_CLASSES:
        yield FieldMistake((), len(codes), Need("1 to {count} classes", count=MOST_CLASSES))
    for code in codes:
        if not _CODE.fullmatch(code):
            yield FieldMistake((code,), code, "a letter, then letters and digits: at most 16")


def _roads_twice_or_never(tables: Mapping[ServiceClass, ClassTable]) -> Iterator[FieldMistake]:
    taken: dict[RoadClass, ServiceClass] = {}
    for code, table in tables.items():
        for road in table.roads:
            if road in taken:
                need = Need("not in {other} too", other=taken[road])
                yield FieldMistake((code, "roads"), road.value, need)
            taken[road] = code
    missing = [road for road in RoadClass if road not in taken]
    if missing:
        yield FieldMistake(("roads",), ", ".join(missing) + " missing", "every road class")


ClassTables = Annotated[Mapping[ServiceClass, ClassTable], WrapValidator(_read)]
"""All classes of a policy by code, the most urgent first."""
