"""`barfrub replay`: a recorded log becomes the history of a city."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.simulation.log_import import Outcome, Ready
    from data.store.database.engine import Database
    from fleet.tracking.track_fixes import LoggedFix


def replay(
    file: Annotated[
        Path, typer.Argument(help="Log: .csv (vehicle,time,lat,lon ...), .gpx, .geojson; also .gz.")
    ],
    city: Annotated[str | None, typer.Option(help="City; else BARFRUB_CITY.")] = None,
    storm: Annotated[
        str, typer.Option(help="Make a storm of this name, from the first fix to the last.")
    ] = "",
    url: Annotated[
        str, typer.Option(help="Send to this server's door; without, into the database.")
    ] = "",
    token: Annotated[
        str, typer.Option(help="Of a device: for a log of one vehicle and a server elsewhere.")
    ] = "",
    speed: Annotated[
        str, typer.Option(help="With --url: times real time, or max for as fast as it goes.")
    ] = "max",
    create_vehicles: Annotated[
        bool, typer.Option("--create-vehicles", help="Add vehicles that the city does not have.")
    ] = False,
    renamed: Annotated[
        list[str] | None, typer.Option("--map", help="LOG=OURS: what a vehicle is called here.")
    ] = None,
) -> None:
    """Take a recorded log in, with the times at which its fixes were made.

    Doing it again changes nothing, and after a break it goes on. Without --url no server may have
    the city open. Evidence counts for --storm, else for the storm that goes on.
    """
    import asyncio

    from api.config.clock import Clock
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city, prepare_numba
    from api.simulation.log_import import close_storm_of_log, make_ready, uncollected
    from data.errors import InvalidError
    from fleet.tracking.track_files import read_log

    settings, began_s = Settings(), time.monotonic()
    prepare_numba(settings)
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
        outcome = asyncio.run(_send(url, fixes, dict.fromkeys(names, token), pace))
        _tell(outcome, began_s)
        return

    folder = chosen_city(settings, city)
    engine, now = open_city_database(folder), Clock().now()
    first_at, last_at = min(f.fixed_at for f in fixes), max(f.fixed_at for f in fixes)
    ready = make_ready(
        engine, names, first_at, now, storm=storm, renamed=names_here, create=create_vehicles
    )
    if url:
        outcome = asyncio.run(_send(url, fixes, ready.tokens, pace, engine))
    else:
        outcome = _take_in(folder, engine, ready, fixes)
    if ready.storm is not None:
        close_storm_of_log(engine, ready.storm, last_at)
    _tell(outcome, began_s)


async def _send(
    url: str,
    fixes: Sequence["LoggedFix"],
    tokens: Mapping[str, str],
    pace: float | None,
    engine: "Database | None" = None,
) -> "Outcome":
    """Send the log; where its database is at hand, wait until the server has looked at it."""
    from api.simulation.log_sender import door_of, send_log, wait_for_digestion

    async with door_of(url) as client:
        outcome = await send_log(client, fixes, tokens, pace, typer.echo)
    if engine is not None:
        await wait_for_digestion(engine, typer.echo)
    return outcome


def _take_in(
    folder: Path, engine: "Database", ready: "Ready", fixes: Sequence["LoggedFix"]
) -> "Outcome":
    from api.config.clock import Clock
    from api.simulation.log_import import take_in
    from data.store.database.city_lock import holding
    from fleet.setup.log_import import positions_of_log

    with holding(folder, alone=True):
        now = Clock().now()
        positions, wrong = positions_of_log(fixes, ready.vehicles, ready.devices, now)
        outcome = take_in(engine, ready, positions, typer.echo)
    outcome.repeated += len(fixes) - len(positions) - wrong.total()
    outcome.refused += wrong
    return outcome


def _tell(outcome: "Outcome", began_s: float) -> None:
    took_s = time.monotonic() - began_s
    typer.echo(f"{outcome.stored:,} fixes are new, {outcome.repeated:,} were known; {took_s:.1f} s")
    for reason, count in outcome.refused.most_common():
        typer.echo(f"{count:,} were refused: {reason}")


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
