"""`barfrub demo`: streets, fleet, plan, server and a simulated storm, with one command."""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.settings import Settings

CODE_FOLDER = Path(__file__).parents[2]

DEMO_CITY_FILE = CODE_FOLDER / "maps/static/vendor/demo/gothenburg.geojson"
"""Gothenburg in OpenStreetMap of 2016, inside an npm package; copied here at set-up."""

DEMO_TIMEZONE = "Europe/Stockholm"

DEMO_MARK = "demo"
"""A file in a city's folder that lets the next demo replace it; your own cities have none."""


def demo(
    file: Annotated[
        Path | None, typer.Option(help="Street file; Gothenburg where none is given.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Time zone of that file's city, as Asia/Tehran.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    seconds: Annotated[float, typer.Option(min=1, help="Time for the first plan.")] = 20.0,
    speed: Annotated[float, typer.Option(min=0.1, help="Storm seconds a second.")] = 30.0,
) -> None:
    """Run a storm in a box on a fresh city: plan, serve and simulate until Ctrl+C."""
    from api.commands.plan import plan
    from api.commands.serve import serve
    from api.settings import Settings
    from data.model import Role

    settings = Settings()
    folder = _fresh_city(settings, file, timezone)
    passwords = _enroll_everybody(folder)
    plan(city=folder.name, seconds=seconds, publish=True)

    typer.echo("\nSign in with:")
    for login, password in passwords.items():
        typer.echo(f"  {login:<14} {password}")
    typer.echo("")
    arguments = ["simulate", "--city", folder.name, "--url", f"http://127.0.0.1:{port}"]
    arguments += ["--operator", Role.OPERATOR]
    with subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        [sys.executable, "-m", "api", *arguments],
        cwd=CODE_FOLDER,
        env=os.environ
        | {
            "BARFRUB_VAR": str(settings.var.resolve()),
            "BARFRUB_OPERATOR_PASSWORD": passwords[Role.OPERATOR],
        },
    ) as simulation:
        try:
            serve(city=folder.name, port=port, speed=speed)
        finally:
            simulation.terminate()


def _fresh_city(settings: "Settings", file: Path | None, timezone: str | None) -> Path:
    import shutil

    from api.clock import Clock
    from api.console import CONSOLE
    from data.errors import ConflictError
    from fleet.cities import add_city

    source = file or DEMO_CITY_FILE
    zone = timezone or ("UTC" if file else DEMO_TIMEZONE)
    name = source.name.split(".")[0]
    folder = settings.city_folder(name)
    if folder.exists():
        if not (folder / DEMO_MARK).exists():
            raise ConflictError(
                f"city {name!r} is not a demo; nothing was changed",
                reason="city_not_demo",
                city=name,
            )
        shutil.rmtree(folder)
    typer.echo(f"Reading the streets of {name} …")
    report = add_city(folder, name, source, Clock().now(), CONSOLE, timezone=zone)
    (folder / DEMO_MARK).touch()
    typer.echo(f"{report['segments']:,} segments, {report['length_km']:,.0f} km")
    _take_urmias_fleet(folder)
    return folder


def _take_urmias_fleet(folder: Path) -> None:
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from data.fleet_file import URMIA_FLEET
    from data.store.engine import transaction
    from data.store.network import load_network
    from fleet.cities import set_fleet

    engine = open_city_database(folder)
    with transaction(engine) as tx:
        set_fleet(tx, CONSOLE, URMIA_FLEET, load_network(tx), Clock().now())
    engine.dispose()


def _enroll_everybody(folder: Path) -> dict[str, str]:
    """Add a user for every role and return their passwords by login."""
    from api.auth import hash_password
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from data.model import Role
    from data.store.engine import transaction
    from fleet.people import enroll

    passwords = {role.value: secrets.token_urlsafe(8) for role in Role}
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        for login, password in passwords.items():
            enroll(tx, CONSOLE, login, [Role(login)], "en", hash_password(password), Clock().now())
    engine.dispose()
    return passwords
