"""`barfrub demo`: streets, fleet, plan, server and a simulated storm, with one command."""

import os
import secrets
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.settings import Settings

CODE_FOLDER = Path(__file__).parents[2]

DEMO_CITY_FILE = CODE_FOLDER / "maps/static/vendor/demo/gothenburg.geojson"
"""Gothenburg in OpenStreetMap of 2016, inside an npm package; copied here at set-up."""

DEMO_TIMEZONE = "Europe/Stockholm"

SAMPLE_CITY = "sample-fa"
"""What the drawn Persian town is called where a street file is asked for."""

DEMO_MARK = "demo"
"""A file in a city's folder that lets the next demo replace it; your own cities have none."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the storm is: streets, clock, language and machines.

    `name` is what commands call the city, `title` what its pages call it.
    """

    name: str
    title: str
    file: Path
    timezone: str
    language: str
    fleet: str
    districts: Path | None = None
    services: bool = False


def demo(
    file: Annotated[
        Path | None,
        typer.Option(
            help=f"Street file; Gothenburg where none is given; {SAMPLE_CITY} for a Persian town."
        ),
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
    with tempfile.TemporaryDirectory() as drawn:
        scene = _scene(file, timezone, Path(drawn))
        folder = _fresh_city(settings, scene)
    passwords = _enroll_everybody(folder, scene.language or "en")
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


def _scene(file: Path | None, timezone: str | None, drawn: Path) -> Scene:
    from data.fleet_file import BARFABAD_FLEET, URMIA_FLEET

    if file is None:
        zone = timezone or DEMO_TIMEZONE
        return _found(DEMO_CITY_FILE, zone, URMIA_FLEET)
    if str(file) != SAMPLE_CITY:
        return _found(file, timezone or "UTC", URMIA_FLEET)
    from data.town import TOWN_NAME, draw_town, write_districts, write_town

    streets, districts = drawn / "barfabad.osm.pbf", drawn / "districts.geojson"
    write_town(draw_town(), streets)
    write_districts(districts)
    return Scene(
        SAMPLE_CITY,
        TOWN_NAME,
        streets,
        timezone or "Asia/Tehran",
        "fa",
        BARFABAD_FLEET,
        districts,
        services=True,
    )


def _found(file: Path, timezone: str, fleet: str) -> Scene:
    name = file.name.split(".")[0]
    return Scene(name, name, file, timezone, "", fleet)


def _fresh_city(settings: "Settings", scene: Scene) -> Path:
    import shutil

    from api.clock import Clock
    from api.console import CONSOLE
    from data.errors import ConflictError
    from fleet.cities import add_city

    folder = settings.city_folder(scene.name)
    if folder.exists():
        if not (folder / DEMO_MARK).exists():
            raise ConflictError(
                f"city {scene.name!r} is not a demo; nothing was changed",
                reason="city_not_demo",
                city=scene.name,
            )
        shutil.rmtree(folder)
    typer.echo(f"Reading the streets of {scene.name} …")
    report = add_city(
        folder,
        scene.title,
        scene.file,
        Clock().now(),
        CONSOLE,
        timezone=scene.timezone,
        services=scene.services,
        districts=scene.districts,
        language=scene.language,
    )
    (folder / DEMO_MARK).touch()
    typer.echo(f"{report['segments']:,} segments, {report['length_km']:,.0f} km")
    _let_it_snow(folder, scene)
    return folder


def _let_it_snow(folder: Path, scene: Scene) -> None:
    """Bring the machines, and start a storm that is called as people there would call it."""
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from data.store.cities import get_policy
    from data.store.engine import transaction
    from data.store.network import load_network
    from fleet.cities import set_fleet
    from fleet.storms import start_storm
    from maps.i18n import translator

    now, t = Clock().now(), translator(scene.language or "en", scene.timezone)
    name = t("Snow of {date}", date=t.date(now))
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, CONSOLE, scene.fleet, network, now)
        start_storm(tx, CONSOLE, name, network, get_policy(tx), now)
    engine.dispose()


def _enroll_everybody(folder: Path, language: str) -> dict[str, str]:
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
            hidden = hash_password(password)
            enroll(tx, CONSOLE, login, [Role(login)], language, hidden, Clock().now())
    engine.dispose()
    return passwords
