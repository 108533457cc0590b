"""`barfrub restore` and `barfrub upgrade`: restore a backup, upgrade a city's database."""

from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[Path, typer.Argument(help="File written by `barfrub backup`.")],
    city: Annotated[str, typer.Option(help="Name of the new city.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the city of that name, if there is one.")
    ] = False,
) -> None:
    """Restore a city from a backup, completely or not at all."""
    from api.config.settings import Settings
    from data.errors import BarfrubError, NotFoundError
    from data.store.backup.restore import restore_city

    if not file.is_file():
        raise NotFoundError("file", str(file))
    try:
        settings = Settings()
        manifest = restore_city(
            file,
            settings.city_folder(city),
            replace=replace,
            database_url=settings.database,
        )
    except OSError as error:
        raise BarfrubError(f"{city} cannot be written: {error.strerror}") from error
    typer.echo(
        f"{city} is restored from {file.name}: {manifest.city} as of {manifest.made_at}, "
        f"{len(manifest.files)} files, all checksums correct."
    )


def upgrade(
    city: Annotated[
        str | None, typer.Option(help="City to upgrade; by default BARFRUB_CITY.")
    ] = None,
    backup: Annotated[
        bool, typer.Option(help="Back the city up below BARFRUB_VAR/backups first.")
    ] = True,
) -> None:
    """Upgrade a city's database to this version of Barfrub."""
    from api.cli.setup.backup import save_city
    from api.config.clock import Clock
    from api.config.settings import Settings, chosen_city
    from data.store import migrations
    from data.store.database.city_database import database_of
    from data.store.database.city_lock import holding

    settings = Settings()
    folder = chosen_city(settings, city)
    with holding(folder, alone=True):
        engine = database_of(folder)
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
