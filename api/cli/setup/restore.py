"""`barfrub restore` and `barfrub upgrade`: restore a backup, upgrade a city's database."""

from pathlib import Path
from typing import Annotated

import typer

from api.config.settings import Settings

KeyOption = Annotated[
    Path | None, typer.Option(help="File of the key that opens an encrypted backup.")
]
UnsignedOption = Annotated[
    bool, typer.Option("--unsigned", help="Restore whoever signed it, or nobody: you know better.")
]


def restore(
    file: Annotated[Path, typer.Argument(help="File written by `barfrub backup`.")],
    city: Annotated[str, typer.Option(help="Name of the new city.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the city of that name, if there is one.")
    ] = False,
    key: KeyOption = None,
    unsigned: UnsignedOption = False,
) -> None:
    """Restore a city from a backup, completely or not at all.

    Where this machine has saved itself, or BARFRUB_BACKUP_SIGNERS says whom to believe, only a
    backup with such a signature is restored.
    """
    from data.errors import BarfrubError, NotFoundError
    from data.store.backup.restore import Credentials, restore_city

    if not file.is_file():
        raise NotFoundError("file", str(file))
    try:
        settings = Settings()
        manifest = restore_city(
            file,
            settings.city_folder(city),
            Credentials(key, () if unsigned else believed_signers(settings)),
            replace=replace,
            database_url=settings.database,
        )
    except OSError as error:
        raise BarfrubError(f"{city} cannot be written: {error.strerror}") from error
    typer.echo(
        f"{city} is restored from {file.name}: {manifest.city} as of {manifest.made_at}, "
        f"{len(manifest.files)} files, all checksums correct."
    )


def believed_signers(settings: Settings) -> tuple[str, ...]:
    """Return the public keys whose backups are restored: this machine's, and those named."""
    from data.store.backup.signing import Signer

    named = [text.strip() for text in settings.backup_signers.split(",") if text.strip()]
    if settings.backup_signing_key.exists():
        named.append(Signer(settings.backup_signing_key).public)
    return tuple(named)


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
    from api.config.settings import chosen_city
    from data.store import migrations
    from data.store.database.city_database import database_of
    from data.store.database.city_lock import holding
    from data.store.migrations.upgrading import upgrade as upgrade_tables

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
            typer.echo(f"Saved in {save_city(settings, folder, backups, Clock().now())}")
        upgrade_tables(engine)
        engine.dispose()
    typer.echo(f"{folder.name} is upgraded: tables {found} to {migrations.NEWEST}.")
