"""`barfrub city`: create a city from a street file, show, update, export and remove it."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.setup.sample import sample

SHOWN = 30
"""Removed streets that a comparison lists, the longest."""

URMIA = "urmia"
"""Name of the built-in file of Urmia's districts."""

city = typer.Typer(no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name of the city in commands.")]
FileArgument = Annotated[
    Path | None,
    typer.Argument(help="OpenStreetMap (.osm.pbf, .osm, .osm.gz, .osm.bz2) or GeoJSON."),
]
PlaceOption = Annotated[
    str | None,
    typer.Option(
        help='A place to download from OpenStreetMap instead of a file, like "Urmia, Iran".'
    ),
]
BoundaryOption = Annotated[
    Path | None, typer.Option(help="Polygon (.geojson, .gpkg) that limits the streets.")
]
DistrictsOption = Annotated[
    str | None,
    typer.Option(
        help=f"Districts: polygons (.geojson, .gpkg), names (.toml, .txt), or the word {URMIA}."
    ),
]


@city.command()
def add(
    name: NameArgument,
    file: FileArgument = None,
    place: PlaceOption = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Time zone, like Asia/Tehran; by default that of the city's place."),
    ] = None,
    services: Annotated[
        bool, typer.Option("--services", help="Include service ways and alleys.")
    ] = False,
    boundary: BoundaryOption = None,
    districts: DistrictsOption = None,
    language: Annotated[
        str, typer.Option(help="Language of its pages, such as en or fa; by default the browser's.")
    ] = "",
) -> None:
    """Create a city from a street file; nothing changes where the file is unusable."""
    from api.cli.setup.city_report import print_report
    from api.config.clock import Clock
    from api.config.console import CONSOLE
    from api.config.settings import Settings
    from fleet.setup.city_setup import NewCity, add_city

    settings = Settings()
    folder = settings.city_folder(name)
    streets, outline = _source(file, place, boundary)
    report = add_city(
        folder,
        NewCity(
            name,
            streets,
            timezone=timezone or "",
            services=services,
            boundary=outline,
            districts=_districts(districts),
            language=language,
            database_url=settings.database,
        ),
        Clock().now(),
        CONSOLE,
        report=_progress,
    )
    print_report(report)
    if timezone is None:
        zone = report["timezone"]
        print(f"barfrub: no --timezone given: the city's clock is {zone}", file=sys.stderr)
    if report["depots_assumed"]:
        print("Depots and machines are assumed: edit fleet.toml, then `barfrub fleet set`.")


@city.command()
def update(
    name: NameArgument,
    file: FileArgument = None,
    place: PlaceOption = None,
    boundary: BoundaryOption = None,
    districts: DistrictsOption = None,
    services: Annotated[
        bool | None, typer.Option(help="Include service ways and alleys; by default as before.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would change.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="List every removed street, not only the longest.")
    ] = False,
) -> None:
    """Import a newer street file; unchanged streets keep their history.

    Its boundary and districts stay too where no others are given. It may be served meanwhile.
    """
    from api.cli.setup.city_report import print_difference, print_report
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import reading
    from fleet.setup.street_update import compare, take_over

    folder = chosen_city(Settings(), name)
    streets, outline = _source(file, place, boundary)
    database = open_city_database(folder)
    parts = _districts(districts)
    with reading(database) as tx:
        newer = compare(
            tx, streets, boundary=outline, districts=parts, services=services, report=_progress
        )
    print_difference(newer, None if every else SHOWN)
    if dry_run:
        print("Nothing was changed.")
        return
    report = take_over(database, folder, newer, Clock().now(), CONSOLE, report=_progress)
    print_report(report)
    if report["plan_superseded"]:
        print("The published plan is for the streets before this update: make a new one.")


@city.command()
def former(name: NameArgument) -> None:
    """List streets that newer files removed: when, and what replaced them."""
    from api.cli.setup.city_report import replaced_text
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import reading
    from data.store.streets.network import list_former_segments

    with reading(open_city_database(chosen_city(Settings(), name))) as tx:
        gone = list_former_segments(tx)
    for street in sorted(gone, key=lambda each: each.gone_at):
        print(f"{street.gone_at:%Y-%m-%d}  {replaced_text(street.id, street, street.successors)}")
    if not gone:
        print("No street was removed.")


@city.command()
def show(
    name: Annotated[str | None, typer.Argument(help="City; by default BARFRUB_CITY.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show a city's figures and the streets that no depot reaches."""
    from api.cli.setup.city_report import print_report
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.database.engine import reading
    from data.store.setup.city import get_report

    with reading(open_city_database(chosen_city(Settings(), name))) as tx:
        report = get_report(tx)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        print_report(report)


@city.command("list")
def list_all() -> None:
    """List the cities on this machine."""
    from api.cli.setup.city_report import city_line
    from api.config.console import open_city_database
    from api.config.settings import Settings, list_cities
    from data.errors import BarfrubError
    from data.store.database.engine import reading
    from data.store.setup.city import get_report

    settings = Settings()
    for name in list_cities(settings):
        try:
            with reading(open_city_database(settings.city_folder(name))) as tx:
                line = city_line(get_report(tx))
        except BarfrubError as error:  # as one of an older version: the others are still listed
            line = str(error)
        print(f"{name:<20} {line}".rstrip())


@city.command()
def remove(
    name: NameArgument,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete the city; this cannot be undone.")
    ] = False,
) -> None:
    """Delete a city with its storms, requests, evidence and training; shows what would be lost."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from api.training.hosting.progress import require_none
    from api.training.hosting.sandbox_control import delete_sandbox
    from data.store.database.engine import reading
    from fleet.setup.city_removal import holdings_of, remove_city
    from fleet.training.sandbox.folder import sandbox_of

    settings = Settings()
    folder, sandbox = chosen_city(settings, name), sandbox_of(settings.var, name)
    database = open_city_database(folder)
    with reading(database) as tx:
        held = holdings_of(tx, folder)
    database.dispose()
    print(
        f"{name}: {held.segments:,} segments, {held.storms} storms, {held.requests} requests, "
        f"{held.bytes / 1e6:,.0f} MB in {folder}"
        + (f" and {held.schema_bytes / 1e6:,.0f} MB on PostgreSQL" if held.schema_bytes else "")
        + (", with its training" if sandbox.exists else "")
    )
    if not yes:
        print("Nothing was deleted. Add --yes to delete it for good.")
        raise typer.Exit(1)
    require_none(sandbox)
    remove_city(folder)
    if sandbox.exists:
        delete_sandbox(sandbox)
    print("Deleted.")


@city.command()
def move(
    name: NameArgument,
    to: Annotated[
        str, typer.Argument(help="postgresql://user@host/database, or sqlite for a file.")
    ],
    backup: Annotated[
        bool, typer.Option(help="Back the city up below BARFRUB_VAR/backups first.")
    ] = True,
) -> None:
    """Move a city's tables to PostgreSQL or back; its server and workers are stopped meanwhile."""
    from api.cli.setup.backup import save_city
    from api.config.clock import Clock
    from api.config.settings import Settings, chosen_city
    from data.errors import InvalidError
    from data.store.database.city_address import address_in
    from fleet.setup.city_move import move_city

    if to != "sqlite" and not to.startswith("postgresql://"):
        raise InvalidError("TO", to, "postgresql://user@host/database, or sqlite")
    settings = Settings()
    folder = chosen_city(settings, name)
    if backup:
        backups = settings.var / "backups"
        backups.mkdir(exist_ok=True)
        print(f"Saved in {save_city(settings, folder, backups, Clock().now())}")
    target = None if to == "sqlite" else address_in(to, name)
    moved = move_city(folder, target, lambda table, rows: print(f"{table:<20} {rows:>12,} rows"))
    print(f"{name} is on {target or 'SQLite'}: {moved.rows:,} rows, each as it was.")
    print(f"The audit log is whole; its last line: {moved.receipt}")


@city.command()
def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="File to write: .gpkg, .geojson, .parquet or .csv.")],
    storm: Annotated[
        int | None, typer.Option(help="Number of a storm whose coverage is added as attributes.")
    ] = None,
) -> None:
    """Export the streets for QGIS, with class, reason and the coverage of a storm."""
    from api.cli.setup.city_report import picture_of
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.exchange.gis import write_streets
    from data.model import StormId
    from data.store.database.engine import reading
    from data.store.setup.city import get_policy
    from data.store.storms.storm_policies import get_storm_policy
    from data.store.streets.network import load_network
    from maps.reports.coverage_table import coverage_columns, level_columns

    with reading(open_city_database(chosen_city(Settings(), name))) as tx:
        network = load_network(tx)
        policy = get_policy(tx) if storm is None else get_storm_policy(tx, StormId(storm))
        if storm is None:
            columns = level_columns(network, policy)
        else:
            columns = coverage_columns(picture_of(tx, network, policy, storm))
    columns["subject"] = [policy.level_of(segment).subject for segment in network.segments]
    write_streets(network, columns, file)
    print(f"{len(network.segments):,} segments in {file}")


def _source(
    file: Path | None, place: str | None, boundary: Path | None
) -> tuple[Path, Path | None]:
    """Return the street file and its boundary; a downloaded place has its own boundary."""
    from api.config.settings import Settings
    from data.errors import InvalidError

    if (file is None) == (place is None):
        raise InvalidError("FILE", str(file or ""), "either a street file or --place")
    if file is not None:
        print(f"Reading {file.name} …", file=sys.stderr)
        return file, boundary
    from data.osm.place_download import fetch_place

    print(f"Asking OpenStreetMap for {place} …", file=sys.stderr)
    found = fetch_place(place or "", Settings().var / "places")
    return found.streets, boundary or found.boundary


def _districts(word: str | None) -> Path | None:
    from data.setup.districts import URMIA_DISTRICTS

    if word is None:
        return None
    return URMIA_DISTRICTS if word == URMIA else Path(word)


def _progress(step: str) -> None:
    print(f"  {step}", file=sys.stderr)


city.command()(sample)
