"""Depots, reload sites and machines as a `fleet.toml`."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files

import shapely

from data.errors import InvalidError, Need
from data.files.toml_reader import TomlTable, read_toml
from data.model import (
    OWN,
    RELOAD_RADIUS_M,
    YARD_RADIUS_M,
    Depot,
    DepotId,
    LonLat,
    ReloadSite,
    ReloadSiteId,
    Treatment,
    Vehicle,
    VehicleId,
)
from data.streets.projection import distance_m
from data.units import KMH_MPS, mps_from_kmh

DEFAULT_FLEET = files("data.samples").joinpath("fleet-small.toml").read_text(encoding="utf-8")
"""Text of the fleet that a new city starts with, comments included."""

_PERSIAN_NAMES = {"Plow truck": "برف‌روب", "Grader": "گریدر", "Mini-loader": "مینی‌لودر"}
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_PERSIAN = re.compile("[\u0600-\u06ff]")

URMIA_FLEET = files("data.samples").joinpath("fleet-urmia.toml").read_text(encoding="utf-8")
"""Text of the sample with Urmia's 66 machines."""

BARFABAD_FLEET = files("data.samples").joinpath("fleet-barfabad.toml").read_text(encoding="utf-8")
"""Text of the sample with the 14 machines of the drawn town."""

VEHICLE_TYPES = (
    "dump_truck",
    "blade_truck",
    "grader",
    "loader",
    "mini_loader",
    "backhoe",
    "salt_spreader",
    "tractor",
    "pickup",
)
OWNERS = (OWN, "reserve", "contractor")
MATERIALS = ("salt", "sand", "brine")

LIMITS: Mapping[str, tuple[float, float]] = {
    "plow_kmh": (1, 80),
    "salt_kmh": (1, 80),
    "drive_kmh": (1, 120),
    "blade_m": (0, 12),
    "hopper_kg": (0, 40_000),
    "min_street_m": (0, 20),
    "shift_h": (0.5, 24),
    "fill_min": (0, 600),
    "radius_m": (5, 2_000),
    "arrive_min": (0, 2_880),
    "rate_h": (0, 1e12),
}
"""Least and greatest value of each number of a fleet."""

NO_DEPOT = DepotId(0)
"""Depot of the vehicles of a file without depots, until `with_depots` gives them one."""

DEFAULT_FILL_MIN = 10.0
MOST_MACHINES = 5_000
_MAX_COUNT = 500


@dataclass(frozen=True, slots=True)
class FleetFile:
    """What a `fleet.toml` says; ids count from 1 in the order of the file."""

    depots: tuple[Depot, ...]
    reload_sites: tuple[ReloadSite, ...]
    vehicles: tuple[Vehicle, ...]


def fleet_from_toml(text: str, mistakes: list[InvalidError] | None = None) -> FleetFile:
    """Return the fleet; raise `InvalidError` naming field, value and need.

    With a list of `mistakes`, all of them are added there, and the fleet counts only while it
    stays empty; what is no TOML at all is raised in any case.
    """
    root = read_toml(text, "fleet.toml", mistakes)
    yards, heaps, parks = (root.tables(key) for key in ("depot", "reload", "vehicle"))
    depots = tuple(_depot(n, table) for n, table in enumerate(yards, 1))
    sites = tuple(_reload_site(n, table) for n, table in enumerate(heaps, 1))
    vehicles = vehicles_from(parks, depots)
    root.done()
    _refuse_repeated(zip(yards, (depot.name for depot in depots), strict=True))
    _refuse_repeated(zip(heaps, (site.name for site in sites), strict=True))
    if not vehicles:
        root.refuse("vehicle", None, "at least one [[vehicle]]")
    return FleetFile(depots, sites, vehicles)


def default_fleet(language: str = "") -> str:
    """Return the text that a new city starts with, names of machines in its language."""
    text = DEFAULT_FLEET
    for english, persian in _PERSIAN_NAMES.items() if language == "fa" else ():
        text = text.replace(f'"{english}"', f'"{persian}"')
    return text


def numbered(name: str, number: int) -> str:
    """Return the name of one of several, in the digits that belong to its letters."""
    digits = str(number)
    return f"{name} {digits.translate(_PERSIAN_DIGITS) if _PERSIAN.search(name) else digits}"


def with_depots(fleet: FleetFile, depots: Sequence[Depot]) -> FleetFile:
    """Return the fleet spread over these depots, for a file that has none of its own.

    Where the file has no reload site either, every depot becomes one. A fleet with depots only
    gets the reload sites.
    """
    if not fleet.depots:
        vehicles = tuple(
            replace(vehicle, depot_id=depots[i % len(depots)].id)
            for i, vehicle in enumerate(fleet.vehicles)
        )
        fleet = replace(fleet, depots=tuple(depots), vehicles=vehicles)
    if not fleet.reload_sites:
        sites = tuple(
            ReloadSite(ReloadSiteId(n), depot.name, depot.location, DEFAULT_FILL_MIN * 60)
            for n, depot in enumerate(fleet.depots, 1)
        )
        fleet = replace(fleet, reload_sites=sites)
    return fleet


def toml_from_fleet(fleet: FleetFile) -> str:
    """Return the text that `fleet_from_toml` reads back to the same fleet."""
    names = {depot.id: depot.name for depot in fleet.depots}
    tables = [_depot_toml(depot) for depot in fleet.depots]
    tables += [_reload_toml(site) for site in fleet.reload_sites]
    tables += [_vehicle_toml(vehicle, names.get(vehicle.depot_id)) for vehicle in fleet.vehicles]
    return "\n".join(tables)


def depots_toml(depots: Sequence[Depot]) -> str:
    """Return tables to append to a file without depots."""
    return "".join("\n" + _depot_toml(depot) for depot in depots)


def _location(table: TomlTable) -> LonLat:
    return LonLat(table.number("lon", -180, 180), table.number("lat", -85, 85))


def _depot(number: int, table: TomlTable) -> Depot:
    location = _location(table)
    depot = Depot(
        DepotId(number),
        table.text("name"),
        location,
        assumed=table.flag("assumed"),
        radius_m=table.number("radius_m", *LIMITS["radius_m"], default=YARD_RADIUS_M),
        polygon=_polygon(table, location),
    )
    table.done()
    return depot


def _reload_site(number: int, table: TomlTable) -> ReloadSite:
    location = _location(table)
    site = ReloadSite(
        ReloadSiteId(number),
        table.text("name"),
        location,
        fill_s=table.number("fill_min", *LIMITS["fill_min"], default=DEFAULT_FILL_MIN) * 60,
        materials=table.choices("materials", MATERIALS, default=("salt",)),
        radius_m=table.number("radius_m", *LIMITS["radius_m"], default=RELOAD_RADIUS_M),
        polygon=_polygon(table, location),
    )
    table.done()
    return site


def _polygon(table: TomlTable, location: LonLat) -> tuple[LonLat, ...]:
    """Return the corners of a ground that was drawn around a place, or near it."""
    corners = table.places("polygon", 3) if "polygon" in table else ()
    if not corners:
        return ()
    ground, (_, farthest_m) = shapely.Polygon(corners), LIMITS["radius_m"]
    if not ground.is_valid or ground.area <= 0.0:
        got = shapely.is_valid_reason(ground).partition("[")[2].removesuffix("]")
        table.refuse("polygon", got, "a line around a ground that does not cross itself")
    away = max(corners, key=lambda corner: distance_m(location, corner))
    if distance_m(location, away) > farthest_m:
        need = Need("corners at most {metres} m away from its pin", metres=farthest_m)
        table.refuse("polygon", f"{away.lat:.5f}, {away.lon:.5f}", need)
    return corners


def vehicles_from(tables: Sequence[TomlTable], depots: Sequence[Depot]) -> tuple[Vehicle, ...]:
    """Return the machines of the tables, each named once and in its depot; ids count from 1."""
    found: list[Vehicle] = []
    named: list[tuple[TomlTable, str]] = []
    for table in tables:
        alike = _vehicles(table, depots, len(found))
        if len(found) + len(alike) > MOST_MACHINES:
            need = Need("at most {count} machines", count=MOST_MACHINES)
            table.refuse("count", len(found) + len(alike), need)
            break
        found.extend(alike)
        named.extend((table, vehicle.name) for vehicle in alike)
    _refuse_repeated(named)
    return tuple(found)


def _vehicles(table: TomlTable, depots: Sequence[Depot], before: int) -> list[Vehicle]:
    name = table.text("name")
    count = table.whole("count", 1, _MAX_COUNT) if "count" in table else None
    speeds = _work_speeds(table.table("work_kmh"))
    vehicle = Vehicle(
        id=VehicleId(before + 1),
        name=name,
        type=table.choice("type", VEHICLE_TYPES),
        owner=table.choice("owner", OWNERS, default="own"),
        capabilities=tuple(speeds),
        blade_m=table.number("blade_m", *LIMITS["blade_m"]),
        min_street_m=table.number("min_street_m", *LIMITS["min_street_m"]),
        hopper_kg=table.number("hopper_kg", *LIMITS["hopper_kg"]),
        drive_speed_mps=mps_from_kmh(table.number("drive_kmh", *LIMITS["drive_kmh"])),
        work_speed_mps=speeds,
        depot_id=NO_DEPOT,
        shift_h=table.number("shift_h", *LIMITS["shift_h"]),
        assumed=table.flag("assumed"),
        company=table.text("company") if "company" in table else "",
        contact=table.text("contact") if "contact" in table else "",
        arrive_s=table.number("arrive_min", *LIMITS["arrive_min"], 0.0) * 60,
        rate_h=table.number("rate_h", *LIMITS["rate_h"], 0.0),
    )
    _refuse_unequipped(table, vehicle)
    depot = table.choice("depot", [d.name for d in depots]) if "depot" in table else None
    table.done()
    numbers = range(before, before + (count or 1))
    return [
        replace(
            vehicle,
            id=VehicleId(i + 1),
            name=name if count is None else numbered(name, i - before + 1),
            depot_id=_depot_id(depots, depot, i),
        )
        for i in numbers
    ]


def _work_speeds(table: TomlTable) -> dict[Treatment, float]:
    speeds = {
        treatment: mps_from_kmh(table.number(treatment, *LIMITS[f"{treatment}_kmh"]))
        for treatment in Treatment
        if treatment in table
    }
    if not speeds:
        table.refuse("", None, "a speed for plow, salt or both")
    table.done()
    return speeds


def _refuse_unequipped(table: TomlTable, vehicle: Vehicle) -> None:
    if Treatment.PLOW in vehicle.capabilities and not vehicle.blade_m:
        table.refuse("blade_m", 0, "more than 0 for a machine that plows")
    if Treatment.SALT in vehicle.capabilities and not vehicle.hopper_kg:
        table.refuse("hopper_kg", 0, "more than 0 for a machine that salts")


def _depot_id(depots: Sequence[Depot], name: str | None, index: int) -> DepotId:
    if not depots:
        return NO_DEPOT
    if name is None:
        return depots[index % len(depots)].id
    return next((depot.id for depot in depots if depot.name == name), NO_DEPOT)


def _refuse_repeated(named: Iterable[tuple[TomlTable, str]]) -> None:
    known: set[str] = set()
    for table, name in named:
        if name in known:
            table.refuse("name", name, "every name once")
        known.add(name)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    return f"{value:.9g}"


def _place_toml(name: str, location: LonLat) -> list[str]:
    return [f"name = {_text(name)}", f"lon = {location.lon!r}", f"lat = {location.lat!r}"]


def _depot_toml(depot: Depot) -> str:
    lines = ["[[depot]]", *_place_toml(depot.name, depot.location)]
    assumed = ["assumed = true"] if depot.assumed else []
    return "\n".join([*lines, *assumed, *_ground_toml(depot, YARD_RADIUS_M), ""])


def _reload_toml(site: ReloadSite) -> str:
    return "\n".join(
        [
            "[[reload]]",
            *_place_toml(site.name, site.location),
            f"fill_min = {_number(site.fill_s / 60)}",
            f"materials = [{', '.join(map(_text, site.materials))}]",
            *_ground_toml(site, RELOAD_RADIUS_M),
            "",
        ]
    )


def _ground_toml(site: Depot | ReloadSite, usual_m: float) -> list[str]:
    """Return how far a site reaches, where somebody said it."""
    lines = [] if site.radius_m == usual_m else [f"radius_m = {_number(site.radius_m)}"]
    if site.polygon:
        corners = ", ".join(f"[{lon!r}, {lat!r}]" for lon, lat in site.polygon)
        lines.append(f"polygon = [{corners}]")
    return lines


def _vehicle_toml(vehicle: Vehicle, depot: str | None) -> str:
    speeds = ", ".join(
        f"{treatment} = {_number(speed_mps / KMH_MPS)}"
        for treatment, speed_mps in vehicle.work_speed_mps.items()
    )
    lines = [
        "[[vehicle]]",
        f"name = {_text(vehicle.name)}",
        f"type = {_text(vehicle.type)}",
        f"owner = {_text(vehicle.owner)}",
        f"work_kmh = {{ {speeds} }}",
        f"drive_kmh = {_number(vehicle.drive_speed_mps / KMH_MPS)}",
        f"blade_m = {_number(vehicle.blade_m)}",
        f"hopper_kg = {_number(vehicle.hopper_kg)}",
        f"min_street_m = {_number(vehicle.min_street_m)}",
        f"shift_h = {_number(vehicle.shift_h)}",
    ]
    if depot is not None:
        lines.append(f"depot = {_text(depot)}")
    if vehicle.assumed:
        lines.append("assumed = true")
    return "\n".join([*lines, *_hire_toml(vehicle), ""])


def _hire_toml(vehicle: Vehicle) -> Iterator[str]:
    """Yield whose the machine is and what it costs, where anybody said so."""
    for key, text in (("company", vehicle.company), ("contact", vehicle.contact)):
        if text:
            yield f"{key} = {_text(text)}"
    for key, value in (("arrive_min", vehicle.arrive_s / 60), ("rate_h", vehicle.rate_h)):
        if value:
            yield f"{key} = {_number(value)}"
