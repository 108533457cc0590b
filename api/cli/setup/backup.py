"""`barfrub backup` and `backup-key`: a city in one file, and the key that it is encrypted for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.config.settings import Settings

TargetArgument = Annotated[
    Path, typer.Argument(help="New file, or a folder, where the file is named by city and time.")
]
KeepOption = Annotated[
    int | None, typer.Option(min=1, help="In a folder, keep only this many of the newest backups.")
]
KeepDaysOption = Annotated[
    int | None,
    typer.Option(min=1, help="In a folder, delete backups that are older, but the new one."),
]


def backup(
    target: TargetArgument,
    city: Annotated[str | None, typer.Option(help="City to save; by default BARFRUB_CITY.")] = None,
    keep: KeepOption = None,
    keep_days: KeepDaysOption = None,
) -> None:
    """Save a city (database, tiles, photos, policy, fleet) to a file while its server runs.

    The file is signed, and encrypted where BARFRUB_BACKUP_KEY says for whom.
    """
    from api.config.clock import Clock
    from api.config.settings import chosen_city

    settings, now = Settings(), Clock().now()
    folder = chosen_city(settings, city)
    save_and_prune(settings, Saving(folder, folder.name, target, now), keep, keep_days)


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


@dataclass(frozen=True, slots=True)
class Saving:
    """A folder to save, what backups of it are called, and the file or folder to save it into."""

    folder: Path
    name: str
    target: Path
    now: datetime


def save_and_prune(
    settings: Settings, saving: Saving, keep: int | None, keep_days: int | None
) -> None:
    """Save a folder, delete backups beyond a number or an age, and say so."""
    from data.store.backup.pruning import prune_backups

    file = save(settings, saving)
    kind = "encrypted" if settings.backup_key else "not encrypted"
    size_mb = file.stat().st_size / 1e6
    typer.echo(f"{saving.name} is saved in {file} ({size_mb:,.1f} MB, {kind}).")
    if saving.target.is_dir() and (keep is not None or keep_days is not None):
        keep_for = None if keep_days is None else timedelta(days=keep_days)
        for old in prune_backups(saving.target, saving.name, saving.now, keep, keep_for):
            typer.echo(f"Deleted {old}")


def save_city(settings: Settings, folder: Path, target: Path, now: datetime) -> Path:
    """Save a city to a file or into a folder; return the file."""
    return save(settings, Saving(folder, folder.name, target, now))


def save(settings: Settings, saving: Saving) -> Path:
    """Save a folder with a database; return the file of the backup."""
    from data.errors import BarfrubError
    from data.store.backup.backup import Protection, write_backup
    from data.store.backup.pruning import backup_name
    from data.store.backup.signing import Signer

    name = backup_name(saving.name, saving.now, encrypted=bool(settings.backup_key))
    file = saving.target / name if saving.target.is_dir() else saving.target
    try:
        protection = Protection(Signer(settings.backup_signing_key), settings.backup_key)
        write_backup(saving.folder, file, saving.now, protection)
    except OSError as error:
        raise BarfrubError(f"{file} cannot be written: {error.strerror}") from error
    return file
