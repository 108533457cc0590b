"""Names of backups in a folder, and which of them are old enough to be deleted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.store.backup.encryption import ENDING as ENCRYPTED

ENDING = ".barfrub.tar.gz"

_STAMP = "%Y%m%dT%H%M%SZ"


def backup_name(city: str, now: datetime, *, encrypted: bool) -> str:
    """Return the name of a new backup in a folder: city and time."""
    return f"{city}-{now.astimezone(UTC):{_STAMP}}{ENDING}{ENCRYPTED if encrypted else ''}"


def list_backups(folder: Path, city: str) -> list[tuple[datetime, Path]]:
    """Return the backups of a city in a folder with their times, the newest first.

    Only files whose whole name is of our kind; others are nobody's to delete.
    """
    found: list[tuple[datetime, Path]] = []
    for file in folder.iterdir():
        stamp = file.name.removesuffix(ENCRYPTED).removesuffix(ENDING).removeprefix(f"{city}-")
        try:
            made_at = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
        except ValueError:
            continue
        if file.name in {backup_name(city, made_at, encrypted=kind) for kind in (True, False)}:
            found.append((made_at, file))
    return sorted(found, reverse=True)


def prune_backups(
    folder: Path, city: str, now: datetime, keep: int | None, keep_for: timedelta | None
) -> list[Path]:
    """Delete the backups of a city beyond a number or an age; return those that are gone.

    The newest one always stays.
    """
    gone: list[Path] = []
    for place, (made_at, file) in enumerate(list_backups(folder, city)):
        beyond = keep is not None and place >= keep
        old = keep_for is not None and now - made_at > keep_for
        if place > 0 and (beyond or old):
            file.unlink(missing_ok=True)
            gone.append(file)
    return gone
