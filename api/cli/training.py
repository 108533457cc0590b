"""`barfrub training`: rehearse a storm on a copy of one's own city, beside the real one."""

from typing import Annotated

import typer

training = typer.Typer(no_args_is_help=True, help="Rehearse a storm on a copy of a city.")

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]


@training.command()
def start(
    city: CityOption = None,
    scenario: Annotated[
        str,
        typer.Option(
            help="What happens in the storm: a scenario.toml, or the name of one that ships. "
            "Without one the last rehearsal goes on where it stands."
        ),
    ] = "",
    port: Annotated[
        int | None, typer.Option(help="Port of the rehearsal; by default a free one from 8001 on.")
    ] = None,
    speed: Annotated[float | None, typer.Option(help="Speed of its clock, 0.1 to 60.")] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed; each seed gives another storm.")
    ] = 1,
    started_by: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Copy the city into a sandbox, begin a storm in it, and serve it until Ctrl+C."""
    import signal
    from threading import Event

    from api.config.console import CONSOLE
    from api.config.logs import configure_logs
    from api.config.settings import Settings, chosen_city, prepare_numba
    from api.training.hosting.low_priority import step_back
    from api.training.hosting.sandbox_processes import address_of_server
    from api.training.hosting.starting import TrainingStart, run_training
    from data.model import Actor, ActorKind
    from fleet.training.sandbox.folder import sandbox_of

    settings, stopped = Settings(), Event()
    prepare_numba(settings)
    configure_logs(settings.log)
    step_back()
    sandbox = sandbox_of(settings.var, chosen_city(settings, city).name)
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopped.set())
    name, text = _scenario(scenario)
    actor = Actor(ActorKind.USER, started_by) if started_by else CONSOLE
    run_training(
        settings,
        sandbox,
        TrainingStart(name, text, seed, speed, port),
        actor,
        stopped,
        lambda port: typer.echo(
            f"The rehearsal is at {address_of_server(settings, port)}/ (Ctrl+C stops it)"
        ),
    )


@training.command()
def stop(city: CityOption = None) -> None:
    """Stop a rehearsal; it can go on later where it stands."""
    from api.config.settings import Settings, chosen_city
    from api.training.hosting.sandbox_control import stop_host
    from fleet.training.sandbox.folder import sandbox_of

    settings = Settings()
    stop_host(sandbox_of(settings.var, chosen_city(settings, city).name))


@training.command()
def delete(city: CityOption = None) -> None:
    """Delete the sandbox of a city, with all that was rehearsed in it."""
    from api.config.settings import Settings, chosen_city
    from api.training.hosting.sandbox_control import delete_sandbox
    from fleet.training.sandbox.folder import sandbox_of

    settings = Settings()
    delete_sandbox(sandbox_of(settings.var, chosen_city(settings, city).name))


@training.command(name="list")
def list_() -> None:
    """Print the sandboxes: city, scenario, whether one runs and where, and its time."""
    from api.config.settings import Settings
    from api.training.hosting.sandbox_control import state_of
    from fleet.training.sandbox.folder import list_sandboxes

    settings = Settings()
    for sandbox in list_sandboxes(settings.var):
        state = state_of(sandbox)
        port = f"port {state.progress.port}" if state.running else "-"
        now = f"{state.now:%Y-%m-%d %H:%M}Z" if state.now else "-"
        print(sandbox.city, state.scenario_name, state.progress.step, port, now, sep="\t")


@training.command()
def scenarios() -> None:
    """Print the scenarios that ship: name, hours and title."""
    from data.languages import in_language
    from data.training import HOUR, SHIPPED, shipped_scenario

    for name in SHIPPED:
        one = shipped_scenario(name)
        print(name, f"{one.lasts_h / HOUR:g} h", in_language(one.title, "en"), sep="\t")


@training.command()
def scenario(
    storm: Annotated[int, typer.Option(help="Number of a storm that is closed.")],
    city: CityOption = None,
    file: Annotated[str, typer.Option(help="Where to write it; by default it is printed.")] = "",
) -> None:
    """Make the scenario of a past storm: its snow, calls and breakdowns, and nobody's words."""
    from pathlib import Path

    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from api.training.past_storms import scenario_file
    from data.model import StormId
    from data.store.database.engine import reading
    from data.store.setup.city import get_city
    from data.store.streets.network import load_network

    engine = open_city_database(chosen_city(Settings(), city))
    with reading(engine) as tx:
        text = scenario_file(tx, StormId(storm), load_network(tx), get_city(tx).timezone)
    if file:
        Path(file).write_text(text, encoding="utf-8")
    else:
        typer.echo(text, nl=False)


def _scenario(wanted: str) -> tuple[str, str]:
    """Return what a scenario is called and its TOML, both empty where none is wanted."""
    from pathlib import Path

    from api.simulation.scenario_choice import found_scenario
    from data.training import SHIPPED, shipped_text

    found_scenario(wanted)  # a mistake in it is told before anything is copied
    if wanted in {"", *SHIPPED}:
        return wanted, shipped_text(wanted) if wanted else ""
    return Path(wanted).stem, Path(wanted).read_text(encoding="utf-8")
