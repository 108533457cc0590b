"""Removal of a city."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from data.store.database.city_database import remove_database, schema_bytes
from data.store.database.city_lock import holding
from data.store.database.engine import Tx
from data.store.requests.requests import list_requests
from data.store.setup.city import get_report
from data.store.storms.storms import list_storms
from fleet.setup.atomic_folder import PREFIX


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts of what is deleted with a city: of its tables, of files, and of a schema's size."""

    segments: int
    storms: int
    requests: int
    bytes: int
    schema_bytes: int


def holdings_of(tx: Tx, folder: Path) -> Holdings:
    """Return the counts of a city's data."""
    return Holdings(
        segments=int(get_report(tx)["segments"]),
        storms=len(list_storms(tx)),
        requests=len(list_requests(tx)),
        bytes=sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()),
        schema_bytes=schema_bytes(tx),
    )


def remove_city(folder: Path) -> None:
    """Delete a city with all its data; no list shows it from the first moment on.

    Raises `ConflictError` while a server or a worker has it open.
    """
    gone = folder.with_name(f"{PREFIX}{folder.name}-gone")
    with holding(folder, alone=True):
        shutil.rmtree(gone, ignore_errors=True)  # of a removal that was killed
        folder.rename(gone)
    remove_database(gone)
    shutil.rmtree(gone)
