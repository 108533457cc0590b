"""`barfrub city`: make a city from a street file, and show what it holds."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

city = typer.Typer(no_args_is_help=True)


@city.command()
def add(
    name: Annotated[str, typer.Argument(help="What this city is called in commands.")],
    file: Annotated[
        Path, typer.Argument(help="OpenStreetMap (.osm.pbf, .osm, .osm.gz, .osm.bz2) or GeoJSON.")
    ],
    timezone: Annotated[
        str | None, typer.Option(help="Time zone of the city, like Asia/Tehran.")
    ] = None,
    services: Annotated[
        bool, typer.Option("--services", help="With service ways and alleys.")
    ] = False,
) -> None:
    """Make a city from a street file; nothing is changed when the file does not fit."""
    from api.clock import Clock
    from api.console import CONSOLE
    from api.settings import Settings
    from fleet.cities import add_city

    if timezone is None:
        print("barfrub: no --timezone given, so the city's clock is UTC", file=sys.stderr)
    print(f"Reading {file.name} …", file=sys.stderr)
    report = add_city(
        Settings().city_folder(name),
        name,
        file,
        Clock().now(),
        CONSOLE,
        timezone=timezone or "UTC",
        services=services,
    )
    _print(report)
    if report["depots_assumed"]:
        print("Depots and machines are assumed: edit fleet.toml, then `barfrub fleet set`.")


@city.command()
def show(
    name: Annotated[str | None, typer.Argument(help="City; else BARFRUB_CITY.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Show what a city holds and what its depots cannot reach."""
    from api.console import open_city_database
    from api.settings import Settings, chosen_city
    from data.store.cities import get_report
    from data.store.engine import reading

    with reading(open_city_database(chosen_city(Settings(), name))) as tx:
        report = get_report(tx)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _print(report)


def _print(report: dict[str, object]) -> None:
    shown = [
        ("City", f"{report['name']} ({report['timezone']}), network {report['version']}"),
        ("Streets", f"{report['segments']} segments, {report['length_km']:.0f} km"),
        ("Junctions", report["junctions"]),
        ("Named", f"{report['named_share']:.0%}"),
        ("One-way", f"{report['oneway_share']:.0%}"),
        (
            "Turn signs",
            f"{report['restrictions']} (and {report['restrictions_skipped']} that do not fit)",
        ),
        ("Addresses", report["addresses"]),
        ("Places", report["places"]),
        ("Depots", f"{report['depots']}, {report['depots_assumed']} of them assumed"),
        (
            "Unreachable",
            f"{report['unreachable']} segments, {report['unreachable_km']:.1f} km: "
            "no depot can reach them and return",
        ),
        ("Map", report["attribution"]),
    ]
    for label, value in shown:
        print(f"{label:<12} {value}")
