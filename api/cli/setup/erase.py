"""`barfrub erase`: erase personal data now instead of on the server's schedule."""

from typing import Annotated

import typer

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]


def erase(city: CityOption = None) -> None:
    """Erase callers and photos whose retention time is over."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from api.processes.city_state import CityStateHolder
    from api.processes.tasks.retention_task import RetentionTask

    settings = Settings()
    folder = chosen_city(settings, city)
    engine = open_city_database(folder)
    eraser = RetentionTask(engine, Clock(), CityStateHolder(engine), settings, folder)
    erased = eraser.erase(CONSOLE)
    typer.echo(
        f"Erased: {erased.callers} callers, words of {erased.requests} requests, "
        f"{len(erased.photos)} photos."
    )
