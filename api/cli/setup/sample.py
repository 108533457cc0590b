"""`barfrub city sample`: the street file of a town that never was, to try everything with."""

from pathlib import Path
from typing import Annotated

import typer


def sample(
    file: Annotated[Path, typer.Argument(help="File to write: .osm.pbf, .osm or .osm.gz.")],
    districts: Annotated[
        Path | None, typer.Option(help="Write the town's five districts too, as GeoJSON.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed draws other alleys.")] = 1,
) -> None:
    """Draw a Persian town of about 2,000 streets and write it as an OpenStreetMap file."""
    from data.errors import InvalidError
    from data.osm.osm_reader import OSM_SUFFIXES
    from data.town import draw_town, write_districts, write_town

    if not file.name.endswith(OSM_SUFFIXES):
        raise InvalidError("FILE", file.name, f"a name that ends in {', '.join(OSM_SUFFIXES)}")
    town = draw_town(seed)
    write_town(town, file)
    typer.echo(f"{file}: {len(town.plan.streets):,} streets of Barfabad")
    if districts is not None:
        write_districts(districts)
        typer.echo(f"{districts}: its districts")
