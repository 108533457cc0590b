"""Copies of a sandbox' database that it can be set back to."""

import os
import shutil
from pathlib import Path

from sqlalchemy import delete, insert, select

from data.model.training.rehearsal import MarkKind, TrainingMark
from data.store.backup.sqlite_copy import copy_database
from data.store.database.city_address import SQLITE_FILE
from data.store.database.engine import Tx, create_engine, reading, transaction
from data.store.database.table_copy import copy_table
from data.store.migrations.upgrading import upgrade
from data.store.schema import session, training_mark, training_note, user

CARRIED = (training_note, training_mark)
"""Tables that setting back leaves as they are: what an instructor wrote down, and the marks."""

BESIDE = ("wal", "shm")
"""What lies beside a database of SQLite, and belongs to no other."""


def keep_copy(city: Path, copy: Path) -> None:
    """Copy the database of a sandbox' city while others write; the copy appears whole or not."""
    part = copy.with_name(f".{copy.name}.part")
    try:
        copy_database(city / SQLITE_FILE, part)
        part.rename(copy)
    finally:
        part.unlink(missing_ok=True)


def put_back(city: Path, copy: Path, mark: TrainingMark) -> list[str]:
    """Put a copy in the place of the database, which nobody may have open meanwhile.

    Returns the files of copies that belong to no mark any more: what the sandbox kept by itself
    later than this mark, since that time will be another one.
    """
    database, new = city / SQLITE_FILE, city / f".{SQLITE_FILE}.new"
    shutil.copyfile(copy, new)
    current, earlier = create_engine(database), create_engine(new)
    upgrade(earlier)  # a copy may be of an older version of the program
    with reading(current) as was, transaction(earlier) as tx:
        for table in CARRIED:
            tx.execute(delete(table))
            copy_table(was, tx, table)
        _carry_sessions(was, tx)
        gone = _forget_later(tx, mark)
    current.dispose()
    earlier.dispose()
    for part in BESIDE:
        (city / f"{SQLITE_FILE}-{part}").unlink(missing_ok=True)
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(database)
    return gone


def _carry_sessions(was: Tx, tx: Tx) -> None:
    """Leave everybody signed in whom the earlier database knows."""
    tx.execute(delete(session))
    known = {*tx.scalars(select(user.c.id))}
    rows = [
        dict(zip(session.columns.keys(), row, strict=True))
        for row in was.execute(select(session).order_by(session.c.id))
        if row.user_id in known
    ]
    if rows:
        tx.execute(insert(session), [{**row, "begun_from": None} for row in rows])


def _forget_later(tx: Tx, mark: TrainingMark) -> list[str]:
    later = (training_mark.c.at > mark.at, training_mark.c.kind == MarkKind.AUTO)
    files = [*tx.scalars(select(training_mark.c.file).where(*later))]
    tx.execute(delete(training_mark).where(*later))
    return files
