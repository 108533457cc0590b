"""`barfrub demo`: streets, fleet, plan, server and a simulated storm, with one command."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from api.config.settings import Settings
from api.simulation.demo_city import CODE_FOLDER, NIGHT_DISPATCHER, SAMPLE_CITY

OPERATOR = "operator"
"""Who enters the simulated calls: the user of that role."""


def demo(
    file: Annotated[
        Path | None,
        typer.Option(help=f"Street file; by default Gothenburg; {SAMPLE_CITY} for a Persian town."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Time zone of that file's city, such as Asia/Tehran.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    seconds: Annotated[
        float, typer.Option(min=1, help="Seconds to search for the first plan.")
    ] = 20.0,
    scenario: Annotated[
        str,
        typer.Option(
            help="What happens in the storm: a scenario.toml, or the name of one that ships."
        ),
    ] = "",
    speed: Annotated[
        float, typer.Option(min=0.1, help="Speed of the storm, in storm seconds per second.")
    ] = 30.0,
    night_dispatcher: Annotated[
        bool,
        typer.Option(
            help="Whether a simulated dispatcher enters snowfall, plans shifts and publishes "
            "plans where nobody else does."
        ),
    ] = True,
) -> None:
    """Run a demo on a new city: plan, serve and simulate a storm until Ctrl+C."""
    import logging

    from api.cli.serve import serve
    from api.cli.storms.plan import plan
    from api.config.logs import REQUESTS
    from api.config.settings import prepare_numba
    from api.simulation.demo_storm import enroll_everybody, fresh_city, scene_of
    from api.simulation.scenario_choice import found_scenario

    settings = Settings()
    prepare_numba(settings)

    from api.processes.workers.kernel_compiler import KernelCompiler
    from routing.search.warm_up import CITY

    scene = scene_of(file, timezone)
    found_scenario(scenario)  # a mistake in it is told before streets are read
    with KernelCompiler(CITY):
        typer.echo(f"Reading the streets of {scene.name} …")
        folder = fresh_city(settings, scene)
        passwords = enroll_everybody(folder, scene, night_dispatcher=night_dispatcher)
        plan(city=folder.name, seconds=seconds, publish=True)

    logging.getLogger(REQUESTS).setLevel(logging.WARNING)  # or the passwords scroll away
    typer.echo("\nSign in with:")
    for login, password in passwords.items():
        if login != NIGHT_DISPATCHER:  # simulated: nobody needs to sign in as it
            typer.echo(f"  {login:<14} {password}")
    typer.echo("")
    with _simulation(settings, folder.name, port, passwords, scenario):
        serve(city=folder.name, port=port, speed=speed)


@contextmanager
def _simulation(
    settings: Settings, city: str, port: int, passwords: Mapping[str, str], scenario: str
) -> Iterator[None]:
    """Run the simulation against the server in another process."""
    arguments = ["simulate", "--city", city, "--url", f"http://127.0.0.1:{port}"]
    arguments += ["--operator", OPERATOR]
    if scenario:
        arguments += ["--scenario", str(Path(scenario).resolve()) if "." in scenario else scenario]
    if NIGHT_DISPATCHER in passwords:
        arguments += ["--dispatcher", NIGHT_DISPATCHER]
    with subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        [sys.executable, "-m", "api", *arguments],
        cwd=CODE_FOLDER,
        env=os.environ
        | {
            "BARFRUB_VAR": str(settings.var.resolve()),
            "BARFRUB_OPERATOR_PASSWORD": passwords[OPERATOR],
            "BARFRUB_DISPATCHER_PASSWORD": passwords.get(NIGHT_DISPATCHER, ""),
        },
    ) as simulation:
        try:
            yield
        finally:
            simulation.terminate()
