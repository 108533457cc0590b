"""`barfrub restore` and `barfrub upgrade`: a city out of a backup, and its tables brought up."""

from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[Path, typer.Argument(help="What `barfrub backup` wrote.")],
    city: Annotated[str, typer.Option(help="Name of the city to make.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up the city of that name, if there is one.")
    ] = False,
) -> None:
    """Make a city from a backup; it is there whole or not at all."""
    from api.config.settings import Settings
    from data.errors import BarfrubError, NotFoundError
    from data.store.backup.restore import restore_city

    if not file.is_file():
        raise NotFoundError("file", str(file))
    try:
        manifest = restore_city(file, Settings().city_folder(city), replace=replace)
    except OSError as error:
        raise BarfrubError(f"{city} cannot be written: {error.strerror}") from error
    typer.echo(
        f"{city} is restored from {file.name}: {manifest.city} as of {manifest.made_at}, "
        f"{len(manifest.files)} files, every checksum right."
    )


def upgrade(
    city: Annotated[str | None, typer.Option(help="City to upgrade; else BARFRUB_CITY.")] = None,
    backup: Annotated[
        bool, typer.Option(help="Save the city below BARFRUB_VAR/backups first.")
    ] = True,
) -> None:
    """Bring the tables of a city up to what this version of Barfrub works with."""
    from api.cli.setup.backup import save_city
    from api.config.clock import Clock
    from api.config.settings import Settings, chosen_city
    from data.store import migrations
    from data.store.database.city_lock import holding
    from data.store.database.engine import open_database

    settings = Settings()
    folder = chosen_city(settings, city)
    with holding(folder, alone=True):
        engine = open_database(folder / "barfrub.sqlite")
        migrations.require_known(engine)
        found = migrations.revision_of(engine)
        if found == migrations.NEWEST:
            typer.echo(f"{folder.name} is up to date (tables {found}).")
            return
        if backup:
            backups = settings.var / "backups"
            backups.mkdir(exist_ok=True)
            typer.echo(f"Saved in {save_city(folder, backups, Clock().now())}")
        migrations.upgrade(engine)
        engine.dispose()
    typer.echo(f"{folder.name} is upgraded: tables {found} to {migrations.NEWEST}.")
