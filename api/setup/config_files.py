"""Copies of the policy and fleet in force, as files in the city's folder."""

import logging
import os
from pathlib import Path
from threading import Lock

from data.errors import is_disk_full
from data.model import Event
from data.store.database.engine import Database, reading
from data.store.setup.city import get_policy_text
from fleet.setup.machine_register import find_last_change, fleet_text
from fleet.setup.policy_changes import find_last_policy_change

FLEET = "fleet.toml"
POLICY = "policy.toml"

_log = logging.getLogger(__name__)
_writing = Lock()


def write_fleet_text(database: Database, folder: Path) -> None:
    """Write `fleet.toml`; call it after the commit of a change."""
    with _writing:
        with reading(database) as tx:
            text, last = fleet_text(tx), find_last_change(tx)
        _write(folder / FLEET, text, _before(last, "fleet"))


def write_policy_text(database: Database, folder: Path) -> None:
    """Write `policy.toml`; call it after the commit of a change."""
    with _writing:
        with reading(database) as tx:
            text, last = get_policy_text(tx), find_last_policy_change(tx)
        _write(folder / POLICY, text, _before(last, "policy"))


def _before(last: Event | None, key: str) -> str:
    return str(last.before.get(key, "")) if last else ""


def _write(target: Path, text: str, before: str) -> None:
    """Replace a file atomically; one with edits that were never put in force is kept aside.

    The database has what is in force: where the disk is full, the copy is written with the next
    change.
    """
    found = target.read_bytes() if target.exists() else None
    if found == text.encode():
        return
    if found not in (None, before.encode()):
        target.replace(target.with_suffix(".edited.toml"))
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        new.write_bytes(text.encode())
        new.replace(target)
    except OSError as error:
        new.unlink(missing_ok=True)
        if not is_disk_full(error):
            raise
        _log.warning("%s is out of date: the disk is full", target.name)
