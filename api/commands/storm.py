"""`barfrub storm`: start and end a storm."""

from typing import Annotated

import typer

storm = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; else BARFRUB_CITY.")]


@storm.command()
def start(
    city: CityOption = None,
    name: Annotated[str, typer.Option(help="What people call it; else its date.")] = "",
) -> None:
    """Start a storm: a job for every street with a cycle, a shift for every vehicle."""
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from api.settings import Settings, chosen_city
    from data.store.cities import get_policy
    from data.store.engine import transaction
    from data.store.jobs import list_jobs
    from data.store.network import load_network
    from data.store.shifts import list_shifts
    from fleet.storms import start_storm, storm_name

    now = Clock().now()
    engine = open_city_database(chosen_city(Settings(), city))
    with transaction(engine) as tx:
        network = load_network(tx)
        started = start_storm(
            tx, CONSOLE, name or storm_name(tx, now), network, get_policy(tx), now
        )
        jobs, shifts = len(list_jobs(tx, started.id)), len(list_shifts(tx, started.id))
    typer.echo(f"Storm {started.name!r} has started: {jobs} jobs, {shifts} shifts.")


@storm.command()
def end(city: CityOption = None) -> None:
    """End the active storm; what is open is cancelled and its requests wait again."""
    from api.clock import Clock
    from api.console import CONSOLE, open_city_database
    from api.settings import Settings, chosen_city
    from data.errors import ConflictError
    from data.store.engine import transaction
    from data.store.storms import find_active_storm
    from fleet.storms import end_storm

    engine = open_city_database(chosen_city(Settings(), city))
    with transaction(engine) as tx:
        active = find_active_storm(tx)
        if active is None:
            raise ConflictError("no storm is active", reason="no_storm")
        end_storm(tx, CONSOLE, active.id, Clock().now())
    typer.echo(f"Storm {active.name!r} has ended.")
