"""What a database cannot store becomes an error of ours, on both stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, func, insert, select, text

from data.errors import DiskFullError, InvalidError
from data.store.database.engine import Database, DatabaseUnavailable, create_engine, transaction
from data.store.schema.base import new_id
from tests import postgres
from tests.village_database import a_village_database

metadata = MetaData()
page = Table("page", metadata, new_id(), Column("content", LargeBinary, nullable=False))

FULL_PAGES = 20
"""Pages of 4 kB that the small database may have."""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Database]:
    """A SQLite file that may not grow beyond 80 kB, which is a full disk to SQLite."""
    engine = create_engine(tmp_path / "small.sqlite")
    with transaction(engine) as tx:
        metadata.create_all(tx)
        tx.execute(text(f"PRAGMA max_page_count={FULL_PAGES}"))
    yield engine
    engine.dispose()


def add(engine: Database, *sizes: int) -> None:
    with transaction(engine) as tx:
        for size in sizes:
            tx.execute(insert(page).values(content=bytes(size)))


def stored(engine: Database) -> int:
    with transaction(engine) as tx:
        return tx.execute(select(func.count()).select_from(page)).scalar_one()


@pytest.mark.sqlite
def test_a_transaction_that_finds_the_disk_full_is_taken_back_whole(small: Database) -> None:
    add(small, 1_000)
    with pytest.raises(DiskFullError):
        add(small, 1_000, 1_000, 200_000)
    assert stored(small) == 1
    add(small, 1_000)
    assert stored(small) == 2


def test_a_full_disk_is_nobodys_mistake() -> None:
    assert issubclass(DiskFullError, DatabaseUnavailable)


@pytest.mark.skipif(not postgres.WANTED, reason="about PostgreSQL")
def test_postgresql_without_room_is_a_full_disk_too() -> None:
    refusal = "DO $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$"
    with pytest.raises(DiskFullError), transaction(a_village_database()) as tx:
        tx.exec_driver_sql(refusal)


@pytest.mark.skipif(not postgres.WANTED, reason="SQLite keeps a character zero")
def test_text_that_postgresql_cannot_store_is_the_senders_mistake() -> None:
    with pytest.raises(InvalidError, match="text"), transaction(a_village_database()) as tx:
        tx.execute(text("SELECT CAST(:words AS TEXT)"), {"words": "School\0Street"})
