"""`barfrub match`: the street of each fix of a log, as CSV."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def match(
    file: Annotated[Path, typer.Argument(help="Log with vehicle,time,lat,lon (.csv, .csv.gz).")],
    city: Annotated[str | None, typer.Option(help="City; else BARFRUB_CITY.")] = None,
) -> None:
    """Print the street, direction and place of every line of a GPS log, as CSV.

    Lines come in the order of the file. Off every street, or where a fix cannot be believed, the
    fields of the street are empty.
    """
    from api.console import open_city_database
    from api.settings import Settings, chosen_city, prepare_numba
    from data.store.engine import reading
    from data.store.network import load_network

    settings = Settings()
    prepare_numba(settings)
    from fleet.gps_log import matched_table, read_gps_log

    lines = read_gps_log(file)
    with reading(open_city_database(chosen_city(settings, city))) as tx:
        network = load_network(tx)
    sys.stdout.writelines(matched_table(network, lines))
