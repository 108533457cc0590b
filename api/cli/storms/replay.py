"""`barfrub replay`: import a recorded GPS log."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer


def replay(
    file: Annotated[
        Path, typer.Argument(help="Log: .csv (vehicle,time,lat,lon ...), .gpx, .geojson; also .gz.")
    ],
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    storm: Annotated[
        str, typer.Option(help="Create a storm of this name, from the first fix to the last.")
    ] = "",
    url: Annotated[
        str, typer.Option(help="Send to this server; without it, write to the database.")
    ] = "",
    token: Annotated[
        str, typer.Option(help="Token of a tracker, for a log of one vehicle and a remote server.")
    ] = "",
    speed: Annotated[
        str, typer.Option(help="With --url: multiple of real time, or max for no limit.")
    ] = "max",
    create_vehicles: Annotated[
        bool, typer.Option("--create-vehicles", help="Create vehicles that the city does not have.")
    ] = False,
    renamed: Annotated[
        list[str] | None,
        typer.Option("--map", help="LOG=CITY: the name of a vehicle in the log and in the city."),
    ] = None,
) -> None:
    """Import a recorded GPS log with its original times.

    Doing it again changes nothing, and after a break it goes on. Without --url no server may have
    the city open. Evidence counts for --storm, else for the storm that goes on.
    """
    import asyncio

    from api.config.clock import Clock
    from api.config.console import open_city_database
    from api.config.garbage import uncollected
    from api.config.settings import Settings, chosen_city, prepare_numba
    from data.errors import InvalidError

    settings, began_s = Settings(), time.monotonic()
    prepare_numba(settings)
    from api.cli.storms.log_replay import print_outcome, sent, taken_in
    from api.simulation.log_import import close_storm_of_log, make_ready
    from fleet.tracking.track_files import read_log

    pace, names_here = _pace(speed), _renamed(renamed or [])
    with uncollected():
        fixes = read_log(file)
    if not fixes:
        raise InvalidError("file", file.name, "at least one fix")
    names = {fix.vehicle for fix in fixes}
    typer.echo(f"{len(fixes):,} fixes of {len(names)} vehicles")
    if token:
        if not url or len(names) > 1:
            raise InvalidError("--token", "", "--url, and a log of one vehicle")
        outcome = asyncio.run(sent(url, fixes, dict.fromkeys(names, token), pace))
        print_outcome(outcome, began_s)
        return

    folder = chosen_city(settings, city)
    engine, now = open_city_database(folder), Clock().now()
    first_at, last_at = min(f.fixed_at for f in fixes), max(f.fixed_at for f in fixes)
    ready = make_ready(
        engine, names, first_at, now, storm=storm, renamed=names_here, create=create_vehicles
    )
    if url:
        outcome = asyncio.run(sent(url, fixes, ready.tokens, pace, engine))
    else:
        outcome = taken_in(folder, engine, ready, fixes)
    if ready.storm is not None:
        close_storm_of_log(engine, ready.storm, last_at)
    print_outcome(outcome, began_s)


def _pace(text: str) -> float | None:
    from data.errors import InvalidError

    if text == "max":
        return None
    try:
        pace = float(text.removesuffix("x"))
    except ValueError:
        pace = 0.0
    if not 0 < pace < float("inf"):
        raise InvalidError("--speed", text, "a number above 0, or max")
    return pace


def _renamed(pairs: Sequence[str]) -> Mapping[str, str]:
    from data.errors import InvalidError

    found: dict[str, str] = {}
    for pair in pairs:
        theirs, equals, ours = pair.partition("=")
        if not (theirs.strip() and equals and ours.strip()):
            raise InvalidError("--map", pair, "LOG=OURS")
        found[theirs.strip()] = ours.strip()
    return found
