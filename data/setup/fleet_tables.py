"""Tables of a `fleet.toml`, and their conversion to depots, reload sites and machines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

import shapely
from pydantic import Field

from data.errors import Need
from data.files.toml_reader import FieldMistake, TomlTable, own_name, table_list
from data.files.toml_values import IF_ANY, Flag, Number, Polygon, Text, one_of, some_of
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
from data.model.machines import VEHICLE_TYPES
from data.streets.projection import distance_m
from data.units import KMH_MPS, mps_from_kmh

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

_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_PERSIAN = re.compile("[\u0600-\u06ff]")

_SAME = (
    "type",
    "owner",
    "blade_m",
    "min_street_m",
    "hopper_kg",
    "shift_h",
    "assumed",
    "company",
    "contact",
    "rate_h",
)
"""Fields with the same name and unit in `Vehicle` and its table."""


_Radius = Annotated[float, Number(*LIMITS["radius_m"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _SiteTable(TomlTable):
    """Common fields of depots and reload sites: name, location, and polygon of the site."""

    name: Text
    lon: Annotated[float, Number(-180, 180)]
    lat: Annotated[float, Number(-85, 85)]
    polygon: Annotated[Polygon, IF_ANY] = ()

    @property
    def location(self) -> LonLat:
        """The point of the site."""
        return LonLat(self.lon, self.lat)

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield the mistakes of the polygon: it crosses itself, or is too far from the location."""
        if not self.polygon:
            return
        area, (_, farthest_m) = shapely.Polygon(self.polygon), LIMITS["radius_m"]
        if not area.is_valid or area.area <= 0.0:
            got = shapely.is_valid_reason(area).partition("[")[2].removesuffix("]")
            need = Need("a line around a site area that does not cross itself")
            yield FieldMistake(("polygon",), got, need)
        away = max(self.polygon, key=lambda corner: distance_m(self.location, corner))
        if distance_m(self.location, away) > farthest_m:
            need = Need("corners at most {metres} m away from its pin", metres=farthest_m)
            yield FieldMistake(("polygon",), f"{away.lat:.5f}, {away.lon:.5f}", need)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotTable(_SiteTable):
    """A `[[depot]]` table."""

    assumed: Annotated[Flag, IF_ANY] = False
    radius_m: Annotated[_Radius, Field(exclude_if=YARD_RADIUS_M.__eq__)] = YARD_RADIUS_M

    def depot(self, number: int) -> Depot:
        """Return the depot; `number` is its place in the file, from 1."""
        area = (self.radius_m, self.polygon)
        return Depot(DepotId(number), self.name, self.location, self.assumed, *area)

    @classmethod
    def of(cls, depot: Depot) -> Self:
        """Return the table of a depot."""
        return cls(
            name=depot.name,
            **depot.location._asdict(),
            polygon=depot.polygon,
            assumed=depot.assumed,
            radius_m=depot.radius_m,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadTable(_SiteTable):
    """A `[[reload]]` table."""

    fill_min: Annotated[float, Number(*LIMITS["fill_min"])] = DEFAULT_FILL_MIN
    materials: Annotated[tuple[str, ...], some_of(MATERIALS)] = ("salt",)
    radius_m: Annotated[_Radius, Field(exclude_if=RELOAD_RADIUS_M.__eq__)] = RELOAD_RADIUS_M

    def site(self, number: int) -> ReloadSite:
        """Return the reload site; `number` is its place in the file, from 1."""
        return ReloadSite(
            ReloadSiteId(number),
            self.name,
            self.location,
            fill_s=self.fill_min * 60,
            materials=self.materials,
            radius_m=self.radius_m,
            polygon=self.polygon,
        )

    @classmethod
    def of(cls, site: ReloadSite) -> Self:
        """Return the table of a reload site."""
        return cls(
            name=site.name,
            **site.location._asdict(),
            polygon=site.polygon,
            fill_min=_rounded(site.fill_s / 60),
            materials=site.materials,
            radius_m=site.radius_m,
        )


@dataclass(frozen=True, slots=True)
class _SpeedsTable(TomlTable):
    """A `work_kmh` table: working speed in km/h of each treatment that a machine can do."""

    plow: Annotated[float, Number(*LIMITS["plow_kmh"])] | None = None
    salt: Annotated[float, Number(*LIMITS["salt_kmh"])] | None = None

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield a mistake where a machine has no working speed."""
        if not self.mps():
            yield FieldMistake((), None, "a speed for plow, salt or both")

    def mps(self) -> dict[Treatment, float]:
        """Return the speeds in metres per second."""
        speeds = {Treatment.PLOW: self.plow, Treatment.SALT: self.salt}
        return {treatment: mps_from_kmh(kmh) for treatment, kmh in speeds.items() if kmh}


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleTable(TomlTable):
    """A `[[vehicle]]` table: a machine, or `count` equal ones."""

    name: Text
    count: Annotated[int, Number(1, _MAX_COUNT, whole=True)] | None = None
    type: Annotated[str, one_of(VEHICLE_TYPES)]
    owner: Annotated[str, one_of(OWNERS)] = OWN
    work_kmh: _SpeedsTable
    drive_kmh: Annotated[float, Number(*LIMITS["drive_kmh"])]
    blade_m: Annotated[float, Number(*LIMITS["blade_m"])]
    hopper_kg: Annotated[float, Number(*LIMITS["hopper_kg"])]
    min_street_m: Annotated[float, Number(*LIMITS["min_street_m"])]
    shift_h: Annotated[float, Number(*LIMITS["shift_h"])]
    depot: Text | None = None
    assumed: Annotated[Flag, IF_ANY] = False
    company: Annotated[Text, IF_ANY] = ""
    contact: Annotated[Text, IF_ANY] = ""
    arrive_min: Annotated[float, Number(*LIMITS["arrive_min"]), IF_ANY] = 0.0
    rate_h: Annotated[float, Number(*LIMITS["rate_h"]), IF_ANY] = 0.0

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield a mistake for equipment that a machine needs for its work and lacks."""
        if self.work_kmh.plow and not self.blade_m:
            yield FieldMistake(("blade_m",), 0, "more than 0 for a machine that plows")
        if self.work_kmh.salt and not self.hopper_kg:
            yield FieldMistake(("hopper_kg",), 0, "more than 0 for a machine that salts")

    def vehicles(self, depots: Sequence[Depot], before: int) -> Iterator[Vehicle]:
        """Return the machines of the table, numbered after those of earlier tables."""
        speeds = self.work_kmh.mps()
        same: dict[str, Any] = {key: getattr(self, key) for key in _SAME}
        for n in range(1, (self.count or 1) + 1):
            yield Vehicle(
                id=VehicleId(before + n),
                name=self.name if self.count is None else numbered(self.name, n),
                capabilities=tuple(speeds),
                drive_speed_mps=mps_from_kmh(self.drive_kmh),
                work_speed_mps=speeds,
                depot_id=_depot_id(depots, self.depot, before + n - 1),
                arrive_s=self.arrive_min * 60,
                **same,
            )

    @classmethod
    def of(cls, vehicle: Vehicle, depot: str | None) -> Self:
        """Return the table of a machine; `depot` is the name of its depot."""
        kmh = {name: _rounded(mps / KMH_MPS) for name, mps in vehicle.work_speed_mps.items()}
        same: dict[str, Any] = {key: getattr(vehicle, key) for key in _SAME}
        return cls(
            name=vehicle.name,
            work_kmh=_SpeedsTable(kmh.get(Treatment.PLOW), kmh.get(Treatment.SALT)),
            drive_kmh=_rounded(vehicle.drive_speed_mps / KMH_MPS),
            depot=depot,
            arrive_min=_rounded(vehicle.arrive_s / 60),
            **same,
        )


def machine_names(table: Mapping[str, object]) -> list[str]:
    """Return the names of the machines of a table that may have other mistakes."""
    names, count = own_name(table), table.get("count")
    if not names or not isinstance(count, int | float) or not 1 <= count <= _MAX_COUNT:
        return names
    return [numbered(names[0], n) for n in range(1, int(count) + 1)]


@dataclass(frozen=True, slots=True)
class FleetTable(TomlTable):
    """A whole `fleet.toml`."""

    depot: Annotated[tuple[DepotTable, ...], table_list("depot", own_name), IF_ANY] = ()
    reload: Annotated[tuple[ReloadTable, ...], table_list("reload", own_name), IF_ANY] = ()
    vehicle: Annotated[tuple[VehicleTable, ...], table_list("vehicle", machine_names), IF_ANY] = ()

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield a mistake where there is no machine."""
        if not self.vehicle:
            yield FieldMistake(("vehicle",), None, "at least one [[vehicle]]")


def numbered(name: str, number: int) -> str:
    """Return a name followed by a number, in Persian digits after a Persian name."""
    digits = str(number)
    return f"{name} {digits.translate(_PERSIAN_DIGITS) if _PERSIAN.search(name) else digits}"


def vehicles_from(
    tables: Sequence[VehicleTable], depots: Sequence[Depot]
) -> tuple[tuple[Vehicle, ...], list[FieldMistake]]:
    """Return the machines of the tables, and a mistake where they are more than `MOST_MACHINES`.

    A machine without a depot is given one in turn; ids count from 1.
    """
    vehicles: list[Vehicle] = []
    for index, table in enumerate(tables):
        count = len(vehicles) + (table.count or 1)
        if count > MOST_MACHINES:
            need = Need("at most {count} machines", count=MOST_MACHINES)
            return tuple(vehicles), [FieldMistake((index, "count"), count, need)]
        vehicles.extend(table.vehicles(depots, len(vehicles)))
    return tuple(vehicles), []


def unknown_depots(names: Iterable[object], depots: Sequence[Depot]) -> Iterator[FieldMistake]:
    """Yield a mistake for each name, by its index, that is no depot's."""
    known = [depot.name for depot in depots]
    for index, name in enumerate(names):
        if name is not None and name not in known:
            need = Need("one of {expected}", expected=", ".join(known))
            yield FieldMistake((index, "depot"), name, need)


def _depot_id(depots: Sequence[Depot], name: str | None, index: int) -> DepotId:
    if not depots:
        return NO_DEPOT
    if name is None:
        return depots[index % len(depots)].id
    return next((depot.id for depot in depots if depot.name == name), NO_DEPOT)


def _rounded(value: float) -> float:
    """Return a number to nine digits, which undoes errors of converting units."""
    return float(f"{value:.9g}")
