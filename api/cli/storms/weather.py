"""`barfrub weather`: forecasts of snow and road weather from files."""

from pathlib import Path
from typing import Annotated

import typer

weather = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]
FileArgument = Annotated[
    Path,
    typer.Argument(
        exists=True,
        dir_okay=False,
        help="JSON of met.no or Open-Meteo, or CSV of road weather: station, time, road_c, …",
    ),
]


@weather.callback()
def weathers() -> None:
    """Take forecasts of snow and road weather."""


@weather.command("import")
def take(file: FileArgument, city: CityOption = None) -> None:
    """Take a forecast or road weather from a file, completely or not at all."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.model.storm_conditions import Forecast
    from data.store.database.engine import reading, transaction
    from data.store.setup.city import get_city
    from fleet.weather.forecast_intake import read_file, take_read

    engine, now = open_city_database(chosen_city(Settings(), city)), Clock().now()
    with reading(engine) as tx:
        zone = get_city(tx).timezone
    found = read_file(file.read_bytes(), zone, now)
    with transaction(engine) as tx:
        taken = take_read(tx, CONSOLE, found, now)
    if isinstance(taken, Forecast):
        fallen_cm = sum(hour.snow_mm for hour in taken.hours) / 10
        hours = len(taken.hours)
        typer.echo(f"Forecast of {taken.made_at:%Y-%m-%d %H:%M}Z: {fallen_cm:g} cm in {hours} h.")
        return
    stations = len({one.station for one in taken})
    typer.echo(f"{len(taken)} measurements of {stations} stations.")
