"""Rules beyond the road class: in front of places, bus routes, slopes, named streets, zones.

A rule never lowers a street's class and never lengthens a cycle; an administrator's decision may.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_list, toml_number, toml_text
from data.model import LonLat, ServiceClass
from data.osm.tags import PLACE_KINDS

WEEK_H = 168.0
_FARTHEST_M = 1000.0
_CITY_M = 50_000.0


@dataclass(frozen=True, slots=True)
class NearRule:
    """Streets in front of places of these kinds: within reach, and the nearest one of any kind."""

    places: tuple[str, ...]
    within_m: float
    service_class: ServiceClass


@dataclass(frozen=True, slots=True)
class SteepRule:
    """Streets that rise or fall at least so many metres per hundred."""

    incline_pct: float
    service_class: ServiceClass


@dataclass(frozen=True, slots=True)
class NamedRule:
    """Streets of these names, in any spelling that a caller may use."""

    names: tuple[str, ...]
    service_class: ServiceClass


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A part of the city with a class, a tighter cycle or both.

    It lies where its districts are, in a circle, or in a polygon: one of the three. The cycle
    counts for streets that have one; a street that is served on request needs the class too.
    """

    name: str
    service_class: ServiceClass | None
    cycle: timedelta | None
    districts: tuple[str, ...] = ()
    centre: LonLat | None = None
    radius_m: float = 0.0
    polygon: tuple[LonLat, ...] = ()


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


def street_rules_of(root: TomlTable) -> StreetRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    parts = root.tables("zone")
    rules = StreetRules(
        near=tuple(_near(table) for table in root.tables("near")),
        bus=_bus(root.table("bus")) if "bus" in root else None,
        steep=_steep(root.table("steep")) if "steep" in root else None,
        named=tuple(_named(table) for table in root.tables("named")),
        zones=tuple(_zone(table) for table in parts),
    )
    names = [zone.name for zone in rules.zones]
    for before, table in enumerate(parts):
        if names[before] in names[:before]:
            table.refuse("name", names[before], "every name once")
    return rules


def street_rules_toml(rules: StreetRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    for near in rules.near:
        yield "[[near]]"
        yield f"places = {toml_list(near.places)}"
        yield f"within_m = {toml_number(near.within_m)}"
        yield from _class_toml(near.service_class)
    if rules.bus is not None:
        yield "[bus]"
        yield from _class_toml(rules.bus)
    if rules.steep is not None:
        yield "[steep]"
        yield f"incline_pct = {toml_number(rules.steep.incline_pct)}"
        yield from _class_toml(rules.steep.service_class)
    for named in rules.named:
        yield "[[named]]"
        yield f"names = {toml_list(named.names)}"
        yield from _class_toml(named.service_class)
    for zone in rules.zones:
        yield "[[zone]]"
        yield f"name = {toml_text(zone.name)}"
        yield from _place_toml(zone)
        if zone.cycle is not None:
            yield f"cycle_h = {toml_number(zone.cycle / timedelta(hours=1))}"
        if zone.service_class is not None:
            yield from _class_toml(zone.service_class)
        else:
            yield ""


def _class_toml(service_class: ServiceClass) -> Iterator[str]:
    yield f"class = {toml_text(service_class)}"
    yield ""


def _place_toml(zone: ZoneRule) -> Iterator[str]:
    if zone.districts:
        yield f"districts = {toml_list(zone.districts)}"
    if zone.centre is not None:
        yield f"lon = {toml_number(zone.centre.lon)}"
        yield f"lat = {toml_number(zone.centre.lat)}"
        yield f"radius_m = {toml_number(zone.radius_m)}"
    if zone.polygon:
        corners = (f"[{toml_number(lon)}, {toml_number(lat)}]" for lon, lat in zone.polygon)
        yield f"polygon = [{', '.join(corners)}]"


def _class(table: TomlTable) -> ServiceClass:
    return ServiceClass(table.choice("class", [each.value for each in ServiceClass]))


def _near(table: TomlTable) -> NearRule:
    rule = NearRule(
        places=table.choices("places", PLACE_KINDS),
        within_m=table.number("within_m", 1, _FARTHEST_M),
        service_class=_class(table),
    )
    table.done()
    return rule


def _bus(table: TomlTable) -> ServiceClass:
    service_class = _class(table)
    table.done()
    return service_class


def _steep(table: TomlTable) -> SteepRule:
    rule = SteepRule(table.number("incline_pct", 1, 100), _class(table))
    table.done()
    return rule


def _named(table: TomlTable) -> NamedRule:
    rule = NamedRule(table.texts("names"), _class(table))
    table.done()
    return rule


def _zone(table: TomlTable) -> ZoneRule:
    cycle_h = table.number("cycle_h", 0.25, WEEK_H) if "cycle_h" in table else None
    rule = ZoneRule(
        name=table.text("name"),
        service_class=_class(table) if "class" in table else None,
        cycle=None if cycle_h is None else timedelta(hours=cycle_h),
        districts=table.texts("districts") if "districts" in table else (),
        centre=_centre(table) if "lon" in table or "lat" in table else None,
        radius_m=table.number("radius_m", 1, _CITY_M) if "radius_m" in table else 0.0,
        polygon=table.places("polygon", 3) if "polygon" in table else (),
    )
    table.done()
    if rule.service_class is None and rule.cycle is None:
        table.refuse("cycle_h", None, "cycle_h, class or both")
    ways = [bool(rule.districts), rule.centre is not None, bool(rule.polygon)]
    if sum(ways) != 1 or (rule.centre is None) != (not rule.radius_m):
        table.refuse("districts", None, "one of districts, lon with lat and radius_m, or polygon")
    return rule


def _centre(table: TomlTable) -> LonLat:
    return LonLat(table.number("lon", -180, 180), table.number("lat", -90, 90))
