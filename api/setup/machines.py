"""Depots, reload sites and machines: set-up pages, changes, files and undo."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from pydantic import Field
from starlette.responses import Response

from api.setup.config_files import write_fleet_text
from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext, Context
from api.web.download import attachment
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Base, Lat, Lon, UndoIn, Wire
from api.web.uploads import TABLE_LIMIT, content_of
from data.errors import InvalidError
from data.model import (
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
from data.setup.fleet_csv import csv_from_machines
from data.setup.fleet_tables import LIMITS, MATERIALS, OWNERS
from data.store.database.engine import Tx
from data.store.setup.city import get_report
from data.store.setup.machines import get_fleet
from data.units import mps_from_kmh
from fleet.setup.fleet_import import propose
from fleet.setup.machine_register import (
    NEW,
    SiteArea,
    find_last_change,
    fleet_text,
    remove_depot,
    remove_machine,
    remove_reload_site,
    save_depot,
    save_machine,
    save_reload_site,
    take_fleet_file,
    undo_fleet,
)
from maps.setup.machines import FleetView, ProposalView, fleet_view, proposal_view

MOST_CORNERS = 500
"""Corners of a site's area, at most; a surveyor's plan of a yard has fewer."""

router = APIRouter(route_class=CheckedRoute)

Key = Annotated[int, Path(ge=1, lt=2**63)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Said = Annotated[str, Field(max_length=80)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class SiteIn(Wire):
    """A site with its area; where the area is absent, it stays as it is."""

    base: Base
    name: Name
    lon: Lon
    lat: Lat
    radius_m: Number | None = None
    polygon: Annotated[list[tuple[Lon, Lat]], Field(max_length=MOST_CORNERS)] | None = None

    def site_area(self) -> SiteArea:
        """Return the area."""
        corners = self.polygon
        polygon = None if corners is None else tuple(LonLat(*corner) for corner in corners)
        return SiteArea(self.radius_m, polygon)


class DepotIn(SiteIn):
    """A depot placed by hand, which is no longer a default."""

    def depot(self, key: int) -> Depot:
        """Return the record."""
        return Depot(DepotId(key), self.name.strip(), LonLat(self.lon, self.lat))


class ReloadSiteIn(SiteIn):
    """A reload site."""

    fill_min: Number
    materials: list[str]

    def site(self, key: int) -> ReloadSite:
        """Return the record."""
        place = LonLat(self.lon, self.lat)
        materials = tuple(self.materials)
        return ReloadSite(
            ReloadSiteId(key), self.name.strip(), place, self.fill_min * 60, materials
        )


class MachineIn(Wire):
    """A machine in the units of the form; the reader of fleet files checks the limits."""

    base: Base
    name: Name
    type: str
    owner: str
    plow_kmh: Number | None
    salt_kmh: Number | None
    drive_kmh: Number
    blade_m: Number
    hopper_kg: Number
    min_street_m: Number
    depot_id: int
    shift_h: Number
    assumed: bool
    company: Said = ""
    contact: Said = ""
    arrive_min: Number = 0.0
    rate_h: Number = 0.0

    def machine(self, key: int) -> Vehicle:
        """Return the record."""
        speeds_kmh = {Treatment.PLOW: self.plow_kmh, Treatment.SALT: self.salt_kmh}
        speeds = {work: mps_from_kmh(kmh) for work, kmh in speeds_kmh.items() if kmh is not None}
        return Vehicle(
            id=VehicleId(key),
            name=self.name.strip(),
            type=self.type,
            owner=self.owner,
            capabilities=tuple(speeds),
            blade_m=self.blade_m,
            min_street_m=self.min_street_m,
            hopper_kg=self.hopper_kg,
            drive_speed_mps=mps_from_kmh(self.drive_kmh),
            work_speed_mps=speeds,
            depot_id=DepotId(self.depot_id),
            shift_h=self.shift_h,
            assumed=self.assumed,
            company=self.company.strip(),
            contact=self.contact.strip(),
            arrive_s=self.arrive_min * 60,
            rate_h=self.rate_h,
        )


class RemovalIn(Wire):
    """What is removed; machines of a depot move to another one."""

    base: Base
    move_to: int | None = None


@router.get("/setup/depots")
def depots_page(request: Request, context: AdminContext) -> Response:
    """Show depots and reload sites on the map."""
    return page(request, "setup/depots.html", {"boot": _boot(request, context)})


@router.get("/setup/machines")
def machines_page(request: Request, context: AdminContext) -> Response:
    """Show the machines as a table."""
    return page(request, "setup/machines.html", {"boot": _boot(request, context)})


@router.get("/api/setup/fleet")
def get_fleet_setup(context: AdminContext) -> FleetView:
    """Return depots, reload sites, machines and the last change."""
    with context.reading() as tx:
        return fleet_view(get_fleet(tx), find_last_change(tx), get_report(tx))


@router.post("/api/setup/depots")
def create_depot(wanted: DepotIn, context: AdminContext) -> FleetView:
    """Add a depot."""
    return update_depot(NEW, wanted, context)


@router.post("/api/setup/depots/{key}")
def update_depot(key: Key, wanted: DepotIn, context: AdminContext) -> FleetView:
    """Move or rename a depot."""
    depot, network = wanted.depot(key), context.app.network
    return _changed(
        context,
        lambda tx: save_depot(
            tx, context.actor, depot, wanted.base, network, context.now, wanted.site_area()
        ),
    )


@router.post("/api/setup/depots/{key}/remove")
def delete_depot(key: Key, wanted: RemovalIn, context: AdminContext) -> FleetView:
    """Remove a depot."""
    move_to = None if wanted.move_to is None else DepotId(wanted.move_to)
    network, now = context.app.network, context.now
    return _changed(
        context,
        lambda tx: remove_depot(
            tx, context.actor, DepotId(key), move_to, wanted.base, network, now
        ),
    )


@router.post("/api/setup/reload-sites")
def create_reload_site(wanted: ReloadSiteIn, context: AdminContext) -> FleetView:
    """Add a reload site."""
    return update_reload_site(NEW, wanted, context)


@router.post("/api/setup/reload-sites/{key}")
def update_reload_site(key: Key, wanted: ReloadSiteIn, context: AdminContext) -> FleetView:
    """Change a reload site."""
    site, network = wanted.site(key), context.app.network
    return _changed(
        context,
        lambda tx: save_reload_site(
            tx, context.actor, site, wanted.base, network, context.now, wanted.site_area()
        ),
    )


@router.post("/api/setup/reload-sites/{key}/remove")
def delete_reload_site(key: Key, wanted: RemovalIn, context: AdminContext) -> FleetView:
    """Remove a reload site."""
    site_id, network = ReloadSiteId(key), context.app.network
    return _changed(
        context,
        lambda tx: remove_reload_site(
            tx, context.actor, site_id, wanted.base, network, context.now
        ),
    )


@router.post("/api/setup/machines")
def create_machine(wanted: MachineIn, context: AdminContext) -> FleetView:
    """Add a machine."""
    return update_machine(NEW, wanted, context)


@router.post("/api/setup/machines/{key}")
def update_machine(key: Key, wanted: MachineIn, context: AdminContext) -> FleetView:
    """Change a machine."""
    machine, network = wanted.machine(key), context.app.network
    return _changed(
        context,
        lambda tx: save_machine(tx, context.actor, machine, wanted.base, network, context.now),
    )


@router.post("/api/setup/machines/{key}/remove")
def delete_machine(key: Key, wanted: RemovalIn, context: AdminContext) -> FleetView:
    """Remove a machine from the fleet."""
    machine_id, network = VehicleId(key), context.app.network
    return _changed(
        context,
        lambda tx: remove_machine(tx, context.actor, machine_id, wanted.base, network, context.now),
    )


@router.post("/api/setup/fleet/check", dependencies=[TABLE_LIMIT])
def check_machine_file(
    request: Request, file: Annotated[UploadFile, File()], context: AdminContext
) -> ProposalView:
    """Return a machine file's mistakes, or what it would change."""
    content = content_of(file)
    with context.reading() as tx:
        proposal, present = propose(tx, file.filename or "", content), get_fleet(tx)
    return proposal_view(present, proposal.fleet, proposal.mistakes, translator_of(request))


@router.post("/api/setup/fleet/file", dependencies=[TABLE_LIMIT])
def import_machine_file(
    file: Annotated[UploadFile, File()],
    base: Annotated[int, Form(ge=0, lt=2**63)],
    context: AdminContext,
) -> FleetView:
    """Import a machine file, completely or not at all."""
    content, network = content_of(file), context.app.network

    def take(tx: Tx) -> object:
        proposal = propose(tx, file.filename or "", content)
        if proposal.mistakes:
            wrong = proposal.mistakes[0]
            raise InvalidError(f"{wrong.line}: {wrong.field}", wrong.got, wrong.expected)
        return take_fleet_file(tx, context.actor, proposal.text, base, network, context.now)

    return _changed(context, take)


@router.post("/api/setup/fleet/undo")
def undo_fleet_change(wanted: UndoIn, context: AdminContext) -> FleetView:
    """Undo the last change."""
    network = context.app.network
    return _changed(
        context, lambda tx: undo_fleet(tx, context.actor, wanted.change, network, context.now)
    )


@router.get("/setup/fleet.toml")
def download_fleet(context: AdminContext) -> Response:
    """Return the fleet file in force."""
    with context.reading() as tx:
        return attachment(fleet_text(tx), "application/toml", "fleet.toml")


@router.get("/setup/machines.csv")
def download_machines(context: AdminContext) -> Response:
    """Return the machines as CSV with column heads in the reader's language."""
    with context.reading() as tx:
        fleet = get_fleet(tx)
    table = csv_from_machines(fleet.vehicles, fleet.depots, context.language)
    return attachment(f"\ufeff{table}", "text/csv", "machines.csv")


def _changed(context: Context, change: Callable[[Tx], object]) -> FleetView:
    app = context.app
    with context.writing() as tx:
        change(tx)
        view = fleet_view(get_fleet(tx), find_last_change(tx), get_report(tx))
    write_fleet_text(app.engine, app.folder)
    app.city_state.refresh()
    return view


def _boot(request: Request, context: Context) -> dict[str, object]:
    words = {
        "limits": LIMITS,
        "types": VEHICLE_TYPES,
        "owners": OWNERS,
        "materials": MATERIALS,
        "radius_m": {"depot": YARD_RADIUS_M, "site": RELOAD_RADIUS_M},
    }
    return {**boot_of(request, context), "machines": words}
