"""Depots, reload sites and machines as the pages of the set-up show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.files.csv_sheet import Mistake
from data.model import Depot, Event, LonLat, ReloadSite, Treatment, Vehicle
from data.setup.fleet_file import FleetFile
from data.units import KMH_MPS
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class DepotView:
    """A depot, and the number of machines that start there."""

    id: int
    name: str
    lon: float
    lat: float
    assumed: bool
    machines: int
    radius_m: float
    polygon: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class ReloadSiteView:
    """A reload site; its id changes with every change of the fleet."""

    id: int
    name: str
    lon: float
    lat: float
    fill_min: float
    materials: tuple[str, ...]
    radius_m: float
    polygon: tuple[LonLat, ...]


@dataclass(frozen=True, slots=True)
class MachineView:
    """A machine in the units of its form; the speed of work that it cannot do is `None`."""

    id: int
    name: str
    type: str
    owner: str
    plow_kmh: float | None
    salt_kmh: float | None
    drive_kmh: float
    blade_m: float
    hopper_kg: float
    min_street_m: float
    depot_id: int
    depot: str
    shift_h: float
    assumed: bool
    company: str
    contact: str
    arrive_min: float
    rate_h: float


@dataclass(frozen=True, slots=True)
class MachineChangeView:
    """A change of the fleet that may be undone: `what` was done to the thing called `name`."""

    id: int
    what: str
    name: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class FleetView:
    """The fleet, its last change, and the streets out of reach; an edit sends `base` back."""

    depots: tuple[DepotView, ...]
    reload_sites: tuple[ReloadSiteView, ...]
    machines: tuple[MachineView, ...]
    base: int
    last_change: MachineChangeView | None
    unreachable: int
    unreachable_km: float


@dataclass(frozen=True, slots=True)
class MistakeView:
    """A mistake in a file, in the reader's language; line 0 is the file as a whole."""

    line: int
    field: str
    got: str
    expected: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """Changes that a file would make, by names of machines; none while it has mistakes.

    `depots` is `None` where they stay as they are.
    """

    mistakes: tuple[MistakeView, ...]
    machines: int
    depots: int | None
    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def fleet_view(fleet: FleetFile, last: Event | None, report: Mapping[str, object]) -> FleetView:
    """Return the fleet for the pages; `report` is the city's."""
    names = {depot.id: depot.name for depot in fleet.depots}
    return FleetView(
        depots=tuple(_depot_view(depot, fleet.vehicles) for depot in fleet.depots),
        reload_sites=tuple(_reload_site_view(site) for site in fleet.reload_sites),
        machines=tuple(_machine_view(each, names[each.depot_id]) for each in fleet.vehicles),
        base=last.id if last else 0,
        last_change=change_view(last) if last else None,
        unreachable=int(str(report.get("unreachable", 0))),
        unreachable_km=float(str(report.get("unreachable_km", 0))),
    )


def change_view(event: Event) -> MachineChangeView:
    """Return a change of fleet or policy; `what` is empty for one from the command line."""
    return MachineChangeView(
        id=event.id,
        what=str(event.after.get("what", "file.taken")),
        name=str(event.after.get("name", "")),
        at=event.at,
        by=event.actor.id,
    )


def proposal_view(
    present: FleetFile, proposed: FleetFile, mistakes: Iterable[Mistake], t: Translator
) -> ProposalView:
    """Return the changes of a file against the fleet in force."""
    wrong = tuple(mistake_view(mistake, t) for mistake in mistakes)
    if wrong:
        return ProposalView(wrong, 0, None, (), (), ())
    old, new = (_by_name(fleet, with_depots=bool(proposed.depots)) for fleet in (present, proposed))
    return ProposalView(
        mistakes=(),
        machines=len(proposed.vehicles),
        depots=None if proposed.depots == present.depots else len(proposed.depots),
        added=tuple(name for name in new if name not in old),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        gone=tuple(name for name in old if name not in new),
    )


def mistake_view(mistake: Mistake, t: Translator) -> MistakeView:
    """Return a mistake in words; a field has the name of its column."""
    return MistakeView(
        line=mistake.line,
        field=_field(mistake.field, t),
        got=mistake.got[:80],
        expected=_choices(mistake.field, t) or t.need(mistake.expected),
    )


def _field(code: str, t: Translator) -> str:
    msgid = f"field:{code}"
    return t(msgid) if msgid in t.texts() else code


def _choices(field: str, t: Translator) -> str:
    """Return the allowed words of a field of a spreadsheet, if it is restricted."""
    codes = {"type": "machine:", "owner": "owner:"}.get(field)
    if codes is None:
        return ""
    words = [text for text in t.texts() if text.startswith(codes)]
    return t("one of {expected}", expected=t(", ").join(t(word) for word in words))


def _depot_view(depot: Depot, vehicles: Sequence[Vehicle]) -> DepotView:
    return DepotView(
        id=depot.id,
        name=depot.name,
        lon=depot.location.lon,
        lat=depot.location.lat,
        assumed=depot.assumed,
        machines=sum(vehicle.depot_id == depot.id for vehicle in vehicles),
        radius_m=depot.radius_m,
        polygon=depot.polygon,
    )


def _reload_site_view(site: ReloadSite) -> ReloadSiteView:
    return ReloadSiteView(
        id=site.id,
        name=site.name,
        lon=site.location.lon,
        lat=site.location.lat,
        fill_min=round(site.fill_s / 60, 6),
        materials=site.materials,
        radius_m=site.radius_m,
        polygon=site.polygon,
    )


def _machine_view(vehicle: Vehicle, depot: str) -> MachineView:
    speeds = vehicle.work_speed_mps
    return MachineView(
        id=vehicle.id,
        name=vehicle.name,
        type=vehicle.type,
        owner=vehicle.owner,
        plow_kmh=_kmh(speeds.get(Treatment.PLOW)),
        salt_kmh=_kmh(speeds.get(Treatment.SALT)),
        drive_kmh=round(vehicle.drive_speed_mps / KMH_MPS, 6),
        blade_m=vehicle.blade_m,
        hopper_kg=vehicle.hopper_kg,
        min_street_m=vehicle.min_street_m,
        depot_id=vehicle.depot_id,
        depot=depot,
        shift_h=vehicle.shift_h,
        assumed=vehicle.assumed,
        company=vehicle.company,
        contact=vehicle.contact,
        arrive_min=round(vehicle.arrive_s / 60, 6),
        rate_h=vehicle.rate_h,
    )


def _kmh(speed_mps: float | None) -> float | None:
    return None if speed_mps is None else round(speed_mps / KMH_MPS, 6)


def _by_name(fleet: FleetFile, *, with_depots: bool) -> dict[str, MachineView]:
    """Return the fields to compare of each machine, by name; ids differ between fleets."""
    names = {depot.id: depot.name for depot in fleet.depots if with_depots}
    views = (_machine_view(each, names.get(each.depot_id, "")) for each in fleet.vehicles)
    return {view.name: replace(view, id=0, depot_id=0) for view in views}
