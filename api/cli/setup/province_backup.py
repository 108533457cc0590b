"""`barfrub province backup` and `restore`: the people of a province in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.setup.backup import (
    KeepDaysOption,
    KeepOption,
    Saving,
    TargetArgument,
    save_and_prune,
)
from api.cli.setup.restore import KeyOption, UnsignedOption, believed_signers
from api.config.clock import Clock
from api.config.settings import Settings
from data.errors import BarfrubError, NotFoundError
from data.store.backup.restore import Credentials, restore_province
from data.store.database.city_address import has_city

NAME = "people-of-province"
"""How names of such backups begin: not as those of a city."""


def backup_people(
    target: TargetArgument, keep: KeepOption = None, keep_days: KeepDaysOption = None
) -> None:
    """Save the people of the province (roles, passwords, audit log) while the server runs.

    The file is signed and encrypted as that of a city. Loans are in the backups of their cities.
    """
    settings = Settings()
    folder = settings.province_folder
    if not has_city(folder):
        raise NotFoundError("folder", str(folder))
    save_and_prune(settings, Saving(folder, NAME, target, Clock().now()), keep, keep_days)


def restore_people(
    file: Annotated[Path, typer.Argument(help="File written by `barfrub province backup`.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the people that there are.")
    ] = False,
    key: KeyOption = None,
    unsigned: UnsignedOption = False,
) -> None:
    """Restore the people of the province from a backup, completely or not at all.

    Signatures are believed as by `barfrub restore`. Everybody signs in again afterwards.
    """
    settings = Settings()
    if not file.is_file():
        raise NotFoundError("file", str(file))
    if has_city(settings.province_folder) and not replace:
        raise BarfrubError(
            "the province has people already: --replace puts those of the backup in their place"
        )
    credentials = Credentials(key, () if unsigned else believed_signers(settings))
    try:
        manifest = restore_province(file, settings.province_folder, credentials, settings.database)
    except OSError as error:
        raise BarfrubError(f"the people cannot be written: {error.strerror}") from error
    typer.echo(
        f"The people of the province are restored from {file.name}: as of {manifest.made_at}, "
        "all checksums correct."
    )
