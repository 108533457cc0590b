"""`barfrub city sample`: the street file of an invented town, for trying Barfrub."""

from pathlib import Path
from typing import Annotated

import typer


def sample(
    file: Annotated[Path, typer.Argument(help="File to write, NAME.osm.pbf.")],
    districts: Annotated[
        Path | None, typer.Option(help="Write the town's five districts too, as GeoJSON.")
    ] = None,
) -> None:
    """Write an invented Persian town of about 2,000 streets as an OpenStreetMap file."""
    import shutil

    from data.errors import InvalidError
    from data.samples import TOWN_DISTRICTS, TOWN_FILE

    if not file.name.endswith(".osm.pbf"):
        raise InvalidError("FILE", file.name, "a name that ends in .osm.pbf")
    shutil.copyfile(TOWN_FILE, file)
    typer.echo(f"{file}: the streets of Barfabad")
    if districts is not None:
        shutil.copyfile(TOWN_DISTRICTS, districts)
        typer.echo(f"{districts}: its districts")
