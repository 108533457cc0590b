"""`barfrub backup`: a city in one file, while its server runs."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

ENDING = ".barfrub.tar.gz"


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
) -> None:
    """Save a city (database, tiles, photos, policy, fleet) to a file while its server runs."""
    from api.config.clock import Clock
    from api.config.settings import Settings, chosen_city

    folder = chosen_city(Settings(), city)
    file = save_city(folder, target, Clock().now())
    typer.echo(f"{folder.name} is saved in {file} ({file.stat().st_size / 1e6:,.1f} MB).")
    if keep is not None and target.is_dir():
        for old in older_backups(target, folder.name)[keep:]:
            old.unlink()
            typer.echo(f"Deleted {old}")


def save_city(folder: Path, target: Path, now: datetime) -> Path:
    """Save a city to a file or into a folder; return the file."""
    from data.errors import BarfrubError
    from data.store.backup.backup import write_backup

    file = target / _name(folder.name, now) if target.is_dir() else target
    try:
        write_backup(folder, file, now)
    except OSError as error:
        raise BarfrubError(f"{file} cannot be written: {error.strerror}") from error
    return file


def older_backups(folder: Path, city: str) -> list[Path]:
    """Return the backups of a city in a folder, the newest first."""
    stamp = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"
    return sorted(folder.glob(f"{city}-{stamp}{ENDING}"), reverse=True)


def _name(city: str, now: datetime) -> str:
    from datetime import UTC

    return f"{city}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{ENDING}"
