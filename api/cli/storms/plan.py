"""`barfrub plan`: plan the active storm, print the figures, write files."""

from pathlib import Path
from typing import Annotated

import typer


def plan(
    city: Annotated[str | None, typer.Option(help="City; by default BARFRUB_CITY.")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="Seconds to search.")] = 30.0,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write the plan as JSON, with times in ISO 8601 UTC."),
    ] = None,
    geojson_file: Annotated[
        Path | None, typer.Option("--geojson", help="Write the routes as GeoJSON lines.")
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Write a page with a map of the routes.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish the plan to the trucks at once.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Random seed; each seed gives another plan.")] = 1,
) -> None:
    """Plan the routes of the active storm; start a storm where none is active."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city, prepare_numba

    settings = Settings()
    prepare_numba(settings)
    engine = open_city_database(chosen_city(settings, city))

    from api.cli.storms.plan_run import made_plan, print_figures, write_plan
    from fleet.planning.plan_summary import figures_of

    threads = settings.solver_threads
    made, prepared = made_plan(engine, seconds, seed, threads, publish=publish)
    figures = figures_of(made, prepared.jobs, prepared.vehicles, prepared.network, prepared.policy)
    print_figures(figures, made, prepared.network)
    write_plan(engine, made, prepared, json_file, geojson_file, map_file)
