"""Rules beyond the road class: in front of places, bus routes, slopes, named streets, zones.

A rule never lowers a street's class and never lengthens a cycle; an administrator's decision may.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

from data.errors import Need
from data.files.toml_reader import FieldMistake, TomlTable
from data.files.toml_values import IF_ANY, Number, Polygon, Text, Texts, some_of
from data.model import LonLat, ServiceClass
from data.osm.tags import PLACE_KINDS

HOUR = timedelta(hours=1)
WEEK_H = 168.0

Hours = Annotated[timedelta, Number(0.25, WEEK_H, HOUR)]


def class_code(value: object) -> str:
    """Return what may be the code of a class; "" where it is no text, which no class is."""
    return value.strip() if isinstance(value, str) else ""


_Class = Annotated[ServiceClass, BeforeValidator(class_code)]
ClassName = Annotated[_Class, Field(alias="class")]
"""Code of a class; whether the policy has it, the whole file knows."""


@dataclass(frozen=True, slots=True)
class NearRule(TomlTable):
    """Streets in front of places of these kinds: within reach, and the nearest one of any kind."""

    places: Annotated[tuple[str, ...], some_of(PLACE_KINDS)]
    within_m: Annotated[float, Number(1, 1000)]
    service_class: ClassName


@dataclass(frozen=True, slots=True)
class SteepRule(TomlTable):
    """Streets that rise or fall at least so many metres per hundred."""

    incline_pct: Annotated[float, Number(1, 100)]
    service_class: ClassName


@dataclass(frozen=True, slots=True)
class NamedRule(TomlTable):
    """Streets of these names, in any spelling that a caller may use."""

    names: Texts
    service_class: ClassName


@dataclass(frozen=True, slots=True)
class ZoneRule(TomlTable):
    """A part of the city with a class, a tighter cycle or both.

    It lies where its districts are, in a circle, or in a polygon: one of the three. The cycle
    counts for streets that have one; a street that is served on request needs the class too.
    """

    name: Text
    service_class: Annotated[_Class | None, Field(alias="class")] = None
    cycle: Annotated[Hours | None, Field(alias="cycle_h")] = None
    districts: Annotated[Texts, IF_ANY] = ()
    lon: Annotated[float, Number(-180, 180)] | None = None
    lat: Annotated[float, Number(-90, 90)] | None = None
    radius_m: Annotated[float, Number(1, 50_000), IF_ANY] = 0.0
    polygon: Annotated[Polygon, IF_ANY] = ()

    @property
    def centre(self) -> LonLat | None:
        """Where the circle has its middle."""
        return None if self.lon is None or self.lat is None else LonLat(self.lon, self.lat)

    def mistakes(self) -> Iterable[FieldMistake]:
        """Return what is said of no class and cycle, or of no part of the city, or of two."""
        if self.service_class is None and self.cycle is None:
            yield FieldMistake(("cycle_h",), None, "cycle_h, class or both")
        if (self.lon is None) != (self.lat is None):
            missing = "lon" if self.lon is None else "lat"
            yield FieldMistake((missing,), None, Need("a number"))
        ways = [bool(self.districts), self.centre is not None, bool(self.polygon)]
        if sum(ways) != 1 or (self.centre is None) != (not self.radius_m):
            need = "one of districts, lon with lat and radius_m, or polygon"
            yield FieldMistake(("districts",), None, need)


@dataclass(frozen=True, slots=True)
class StreetRules:
    """All rules of a policy beyond the road class."""

    near: tuple[NearRule, ...] = ()
    bus: ServiceClass | None = None
    steep: SteepRule | None = None
    named: tuple[NamedRule, ...] = ()
    zones: tuple[ZoneRule, ...] = ()

    @property
    def place_kinds(self) -> frozenset[str]:
        """The kinds of places that these rules ask for."""
        return frozenset(kind for rule in self.near for kind in rule.places)

    def classes(self) -> Iterator[tuple[tuple[str | int, ...], ServiceClass]]:
        """Return the classes that the rules give, each with where it stands in the file."""
        groups: tuple[tuple[str, Sequence[NearRule | NamedRule | ZoneRule]], ...] = (
            ("near", self.near),
            ("named", self.named),
            ("zone", self.zones),
        )
        for key, rules in groups:
            for at, rule in enumerate(rules):
                if rule.service_class is not None:
                    yield (key, at, "class"), rule.service_class
        if self.bus is not None:
            yield ("bus", "class"), self.bus
        if self.steep is not None:
            yield ("steep", "class"), self.steep.service_class
