"""A sandbox is made: a folder with a copy of the city, in which a storm has just begun."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.errors import ConflictError, TrainingRoomError
from data.languages import in_language
from data.model import Actor
from data.model.training.rehearsal import Training
from data.store.accounts.accounts import list_password_hashes
from data.store.database.city_address import SQLITE_FILE
from data.store.database.city_database import database_of, size_bytes
from data.store.database.engine import Database, create_engine, reading
from data.store.migrations import require_current, require_known
from data.store.migrations.upgrading import upgrade
from data.store.setup.city import get_city
from data.store.training.kept_copies import bring_copy_up_to_date
from data.training import scenario_from_toml
from fleet.setup.atomic_folder import scaffold
from fleet.training.sandbox.filling import NewSandbox, fill_sandbox
from fleet.training.sandbox.folder import Sandbox

SPARE_BYTES = 300_000_000
"""Room that a sandbox needs beside its city: what a night's positions and marks take."""

SETUP_FILES = ("policy.toml", "fleet.toml")


@dataclass(frozen=True, slots=True)
class WantedTraining:
    """What is to be rehearsed: a scenario as TOML, and what people call it.

    `passwords` are those under which the simulation plays, `hashes` their digests, both by sign-in
    name; `people` is the database of the province's people, where the city is one's. Of the disk
    `reserve_bytes` stay free.
    """

    scenario_name: str
    scenario: str
    seed: int
    passwords: Mapping[str, str]
    hashes: Mapping[str, str]
    people: Database | None = None
    reserve_bytes: int = 0


def make_sandbox(
    home: Path,
    sandbox: Sandbox,
    wanted: WantedTraining,
    actor: Actor,
    now: datetime,
    finish: Callable[[Path], object],
    report: Callable[[str], object] = bool,
) -> None:
    """Make the sandbox of the city in a folder: whole, or not at all.

    `finish` puts into its folder what else it needs; `report` hears each of the `STEPS`. Raises
    `ConflictError` where there is one, `TrainingRoomError` without the room, and what
    `scenario_from_toml` does.
    """
    if sandbox.exists:
        raise ConflictError(
            f"there is a rehearsal of {sandbox.city!r}: go on with it, or delete it",
            reason="training_exists",
            city=sandbox.city,
        )
    title = scenario_from_toml(wanted.scenario, wanted.scenario_name).title
    source = database_of(home)
    require_current(source)
    require_room(source, home, wanted.reserve_bytes)
    with reading(source) as tx:
        language = get_city(tx).language or "en"
    training = Training(
        sandbox.city, wanted.scenario_name, wanted.scenario, wanted.seed, now, actor.id
    )
    new = NewSandbox(
        training, in_language(title, language), wanted.hashes, _province_hashes(wanted.people)
    )
    with scaffold(sandbox.folder) as folder:
        made = Sandbox(folder, sandbox.city)
        _lay_out(home, made, wanted)
        database = create_engine(made.city_folder / SQLITE_FILE)
        upgrade(database)
        fill_sandbox(source, database, new, actor, report)
        database.dispose()
        finish(folder)
    source.dispose()


def bring_up_to_date(sandbox: Sandbox) -> None:
    """Give a sandbox and its marks the tables of this program.

    Raises `ConflictError` for those of a newer one.
    """
    database = database_of(sandbox.city_folder)
    require_known(database)
    upgrade(database)
    database.dispose()
    for copy in sandbox.marks.glob("*.sqlite"):
        bring_copy_up_to_date(copy)


def require_room(source: Database, home: Path, reserve_bytes: int) -> None:
    """Raise `TrainingRoomError` where a sandbox of the city would not leave so much."""
    needed = 2 * size_bytes(source) + SPARE_BYTES
    free = shutil.disk_usage(home).free - reserve_bytes
    if free < needed:
        raise TrainingRoomError(*(round(each / 1e9, 1) for each in (needed, max(free, 0))))


def _lay_out(home: Path, made: Sandbox, wanted: WantedTraining) -> None:
    """Make the folders and files beside the database."""
    made.city_folder.mkdir(parents=True, mode=0o700)
    if (home / "tiles").is_dir():
        shutil.copytree(home / "tiles", made.city_folder / "tiles", copy_function=_linked)
    for name in SETUP_FILES:
        with suppress(FileNotFoundError):
            shutil.copyfile(home / name, made.city_folder / name)
    made.scenario.write_text(wanted.scenario, encoding="utf-8")
    handle = os.open(made.players, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(dict(wanted.passwords), file)


def _linked(source: str, copy: str) -> None:
    """Let a file of tiles stand in both folders; it is never written to, only replaced."""
    try:
        os.link(source, copy)
    except OSError:  # another file system
        shutil.copyfile(source, copy)


def _province_hashes(people: Database | None) -> Mapping[str, str]:
    """Return the digests of the passwords of people who sign in at the province."""
    if people is None:
        return {}
    with reading(people) as tx:
        return list_password_hashes(tx)
