"""Copies of a sandbox' database that it can be set back to."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DatabaseError

from data.model.training.rehearsal import MarkKind, TrainingMark
from data.store.backup.sqlite_copy import copy_database
from data.store.database.city_address import SQLITE_FILE
from data.store.database.engine import (
    Tx,
    create_engine,
    open_database,
    reading,
    transaction,
)
from data.store.database.table_copy import copy_table
from data.store.migrations import NEWEST, revision_of
from data.store.migrations.upgrading import upgrade
from data.store.schema import session, training_mark, training_note, user

CARRIED = (training_note, training_mark)
"""Tables that setting back leaves as they are: what an instructor wrote down, and the marks."""

BESIDE = ("wal", "shm")
"""What lies beside a database of SQLite, and belongs to no other."""

QUEUE = ("head", "turn")
"""What its writers stand in line by: of a place, whichever database lies there."""


def keep_copy(city: Path, copy: Path) -> None:
    """Copy the database of a sandbox' city while others write; the copy appears whole or not."""
    part = copy.with_name(f".{copy.name}.part")
    try:
        copy_database(city / SQLITE_FILE, part)
        part.rename(copy)
    finally:
        part.unlink(missing_ok=True)


def bring_copy_up_to_date(copy: Path) -> None:
    """Give a copy the tables of this version of the program; a damaged one stays as it is."""
    database = open_database(copy)
    try:
        with suppress(DatabaseError):
            if revision_of(database) != NEWEST:
                upgrade(database)
    finally:
        database.dispose()


def put_back(city: Path, copy: Path, mark: TrainingMark) -> list[str]:
    """Put a copy in the place of the database, which nobody may have open meanwhile.

    Returns the files of copies that belong to no mark any more: what the sandbox kept by itself
    later than this mark, since that time will be another one. Whatever fails leaves the database
    as it is, and nothing beside it.
    """
    database, new = city / SQLITE_FILE, city / f".{SQLITE_FILE}.new"
    try:
        shutil.copyfile(copy, new)
        gone = _carry_over(database, new, mark)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        _drop_beside(database, BESIDE)
        new.replace(database)
    finally:
        new.unlink(missing_ok=True)
        _drop_beside(new, BESIDE + QUEUE)
    return gone


def _drop_beside(database: Path, parts: Iterable[str]) -> None:
    for part in parts:
        database.with_name(f"{database.name}-{part}").unlink(missing_ok=True)


def _carry_over(database: Path, new: Path, mark: TrainingMark) -> list[str]:
    """Take over into a copy what stays; return the files that belong to no mark any more."""
    current, earlier = create_engine(database), create_engine(new)
    try:
        upgrade(earlier)  # a copy may be of an older version of the program
        with reading(current) as was, transaction(earlier) as tx:
            for table in CARRIED:
                tx.execute(delete(table))
                copy_table(was, tx, table)
            _carry_sessions(was, tx)
            return _forget_later(tx, mark)
    finally:
        current.dispose()
        earlier.dispose()


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
