"""`barfrub policy overrides`: import and export class overrides of single streets."""

from pathlib import Path
from typing import Annotated

import typer

from data.files.csv_sheet import Mistake

overrides = typer.Typer(no_args_is_help=True)

CityOption = Annotated[str | None, typer.Option("--city", help="City; by default BARFRUB_CITY.")]
FileArgument = Annotated[Path, typer.Argument(help="A .csv or .geojson file.")]


@overrides.callback()
def all_overrides() -> None:
    """Override the class of single streets."""


@overrides.command("import")
def import_file(
    file: FileArgument,
    city: CityOption = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Remove the overrides of streets that are not in the file."),
    ] = False,
) -> None:
    """Import overrides from a file; nothing changes where it has a mistake."""
    from api.config.clock import Clock
    from api.config.console import CONSOLE, open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import NotFoundError
    from data.policy.override_file import overrides_from_file
    from data.store.database.engine import transaction
    from data.store.setup.city import get_policy
    from data.store.streets.network import load_network
    from fleet.streets.service_levels import decide_all

    if not file.is_file():
        raise NotFoundError("file", str(file))
    with transaction(open_city_database(chosen_city(Settings(), city))) as tx:
        network = load_network(tx)
        content, policy = file.read_bytes(), get_policy(tx)
        decisions, mistakes = overrides_from_file(file.name, content, network, policy)
        if mistakes:
            for one in mistakes:
                typer.echo(_mistake_line(one), err=True)
            raise typer.Exit(1)
        changed = decide_all(tx, CONSOLE, decisions, network, Clock().now(), replace=replace)
    typer.echo(f"{len(decisions)} overrides, {len(changed)} of them changed.")


@overrides.command("export")
def export_file(file: FileArgument, city: CityOption = None) -> None:
    """Export the overrides to a file that `import` reads."""
    from api.config.console import open_city_database
    from api.config.settings import Settings, chosen_city
    from data.errors import InvalidError
    from data.policy.override_file import csv_from_overrides, geojson_from_overrides
    from data.store.database.engine import reading
    from data.store.streets.network import load_network
    from data.store.streets.service_levels import list_overrides

    formats = {
        ".csv": csv_from_overrides,
        ".geojson": geojson_from_overrides,
        ".json": geojson_from_overrides,
    }
    suffix = file.suffix.lower()
    if suffix not in formats:
        raise InvalidError("file", file.name, "a name that ends in .csv or .geojson")
    with reading(open_city_database(chosen_city(Settings(), city))) as tx:
        decided = list_overrides(tx)
        text = formats[suffix](decided.values(), load_network(tx))
    mark = "\ufeff" if suffix == ".csv" else ""  # without it Excel takes Persian for Latin
    file.write_text(mark + text, encoding="utf-8", newline="")
    typer.echo(f"{len(decided)} streets written to {file}.")


def _mistake_line(mistake: Mistake) -> str:
    line = f"line {mistake.line}" if mistake.line else "the file"
    place = f"{line}, {mistake.field}" if mistake.field else line
    return f"{place}: expected {mistake.expected}, got {mistake.got!r}"
