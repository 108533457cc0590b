"""`barfrub coverage`: recompute a storm's coverage, and list its revisions."""

from typing import Annotated

import typer

from fleet.context import CityContext

coverage = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]
StormOption = Annotated[
    int | None, typer.Option("--storm", help="Number of the storm; by default the newest.")
]


@coverage.callback()
def coverages() -> None:
    """Recompute coverage and show its revisions."""


@coverage.command()
def rebuild(city: CityOption = None, storm: StormOption = None) -> None:
    """Recompute a storm's coverage from its positions, with today's streets and policy.

    What changed makes a numbered revision. Jobs that nothing proves any more are named and stay
    done until somebody looks.
    """
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city, prepare_numba
    from data.store.database.engine import transaction
    from data.store.storms.storm_policies import get_storm_policy
    from data.store.streets.network import load_network
    from fleet.evidence.recompute import recompute
    from fleet.storms.storm_start import chosen_storm

    settings = Settings()
    prepare_numba(settings)
    engine = open_city_database(chosen_city(settings, city))
    with transaction(engine) as tx:
        found, network = chosen_storm(tx, storm), load_network(tx)
        policy = get_storm_policy(tx, found.id)
        done = recompute(CityContext(tx, network, policy, Clock().now()), CONSOLE, found.id)
    typer.echo(f"Storm {found.name!r}: {done.windows} track windows recomputed.")
    if done.revision is None:
        typer.echo("Nothing changed.")
        return
    typer.echo(f"Revision {done.revision.number}: {done.revision.directions} directions changed.")
    if done.jobs:
        typer.echo(f"{len(done.jobs)} jobs completed.")
    if done.doubtful:
        typer.echo(f"Completed jobs without evidence: {', '.join(map(str, done.doubtful))}")


@coverage.command()
def revisions(city: CityOption = None, storm: StormOption = None) -> None:
    """List the revisions of a storm's coverage."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.store.coverage.coverage_revisions import list_revisions
    from data.store.database.engine import reading
    from fleet.storms.storm_start import chosen_storm

    engine = open_city_database(chosen_city(Settings(), city))
    with reading(engine) as tx:
        found = chosen_storm(tx, storm)
        known = list_revisions(tx, found.id)
    if not known:
        typer.echo(f"Storm {found.name!r} has no coverage revision.")
    for one in known:
        typer.echo(
            f"{one.number}  {one.made_at:%Y-%m-%d %H:%M}Z  {one.cause}  "
            f"{one.directions} directions  network {one.network_version[:12]}"
        )
