"""`barfrub plan`: make a plan for the active storm, print it in figures, write it to files."""

from pathlib import Path
from typing import Annotated

import typer


def plan(
    city: Annotated[str | None, typer.Option(help="City; else BARFRUB_CITY.")] = None,
    seconds: Annotated[
        float, typer.Option(min=1, max=3600, help="How long to look for a better plan.")
    ] = 30.0,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the plan, times in ISO 8601 UTC.")
    ] = None,
    geojson_file: Annotated[
        Path | None, typer.Option("--geojson", help="Write the routes as lines.")
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Write a page with a map of the routes.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Send the plan to the trucks at once.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Another seed finds another plan.")] = 1,
) -> None:
    """Plan the routes of the active storm; start one where none is active."""
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
    print_figures(figures, made)
    write_plan(engine, made, prepared, json_file, geojson_file, map_file)
