"""`barfrub backup` and `backup-key`: a city in one file, and the key that it is encrypted for."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.config.settings import Settings


def backup(
    target: Annotated[
        Path,
        typer.Argument(help="New file, or a folder, where the file is named by city and time."),
    ],
    city: Annotated[str | None, typer.Option(help="City to save; by default BARFRUB_CITY.")] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="In a folder, keep only this many of the newest backups."),
    ] = None,
    keep_days: Annotated[
        int | None,
        typer.Option(min=1, help="In a folder, delete backups that are older, but the new one."),
    ] = None,
) -> None:
    """Save a city (database, tiles, photos, policy, fleet) to a file while its server runs.

    The file is signed, and encrypted where BARFRUB_BACKUP_KEY says for whom.
    """
    from api.config.clock import Clock
    from api.config.settings import chosen_city
    from data.store.backup.pruning import prune_backups

    settings, now = Settings(), Clock().now()
    folder = chosen_city(settings, city)
    file = save_city(settings, folder, target, now)
    kind = "encrypted" if settings.backup_key else "not encrypted"
    size_mb = file.stat().st_size / 1e6
    typer.echo(f"{folder.name} is saved in {file} ({size_mb:,.1f} MB, {kind}).")
    if target.is_dir() and (keep is not None or keep_days is not None):
        keep_for = None if keep_days is None else timedelta(days=keep_days)
        for old in prune_backups(target, folder.name, now, keep, keep_for):
            typer.echo(f"Deleted {old}")


def backup_key(
    file: Annotated[Path, typer.Argument(help="New file for the secret half of the key.")],
) -> None:
    """Make a key for encrypted backups, and say who signs the backups of this machine.

    The secret half opens backups: keep it elsewhere, twice, and not on this machine.
    """
    from data.errors import BarfrubError
    from data.store.backup.encryption import write_new_key
    from data.store.backup.signing import Signer

    try:
        public = write_new_key(file)
    except OSError as error:
        raise BarfrubError(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(f"The secret half is in {file}: carry it away. Without it no backup opens.")
    typer.echo(f"BARFRUB_BACKUP_KEY={public}")
    typer.echo("For a machine that restores what this one has saved:")
    typer.echo(f"BARFRUB_BACKUP_SIGNERS={Signer(Settings().backup_signing_key).public}")


def save_city(settings: Settings, folder: Path, target: Path, now: datetime) -> Path:
    """Save a city to a file or into a folder; return the file."""
    from data.errors import BarfrubError
    from data.store.backup.backup import Protection, write_backup
    from data.store.backup.pruning import backup_name
    from data.store.backup.signing import Signer

    name = backup_name(folder.name, now, encrypted=bool(settings.backup_key))
    file = target / name if target.is_dir() else target
    try:
        protection = Protection(Signer(settings.backup_signing_key), settings.backup_key)
        write_backup(folder, file, now, protection)
    except OSError as error:
        raise BarfrubError(f"{file} cannot be written: {error.strerror}") from error
    return file
