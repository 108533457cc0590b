"""What a database cannot store becomes an error of ours, on both stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import OperationalError

from data.errors import DiskFullError, InvalidError, NotFoundError
from data.store.database import postgres_engine as postgres_module
from data.store.database.city_address import PostgresAddress
from data.store.database.engine import (
    Database,
    DatabaseUnavailable,
    create_engine,
    is_unavailable,
    momentary,
    open_database,
    reading,
    transaction,
)
from data.store.schema import rewrite_owed
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


def test_a_mistake_of_ours_is_no_busy_database(small: Database) -> None:
    with pytest.raises(OperationalError, match="no such table") as mistake, reading(small) as tx:
        tx.execute(text("SELECT * FROM missing"))
    assert not is_unavailable(mistake.value)


@pytest.mark.skipif(not postgres.WANTED, reason="about PostgreSQL")
def test_who_finds_all_connections_in_use_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"POOL": 1, "POOL_MOST": 1, "POOL_WAIT_S": 0.01}.items():
        monkeypatch.setattr(postgres_module, name, value)
    engine = a_village_database()
    with reading(engine), pytest.raises(DatabaseUnavailable) as busy, momentary(engine):
        pass
    assert is_unavailable(busy.value)


@pytest.mark.skipif(not postgres.WANTED, reason="about PostgreSQL")
def test_an_old_address_of_a_city_makes_no_empty_one() -> None:
    moved = PostgresAddress(postgres.url_for_new_cities(), "city_moved_away")
    for _ in range(2):
        old = open_database(moved)
        with pytest.raises(NotFoundError, match="city_moved_away"), reading(old):
            pass
        old.dispose()
    made = create_engine(moved)
    with transaction(made) as tx:
        metadata.create_all(tx)
    made.dispose()
    again = open_database(moved)
    assert stored(again) == 0
    again.dispose()


@pytest.mark.parametrize("statement", ["SELECT CAST(:words AS TEXT)", "SELECT :words"])
def test_text_that_postgresql_cannot_store_is_the_senders_mistake_on_both_stores(
    statement: str,
) -> None:
    with pytest.raises(InvalidError, match="text"), transaction(a_village_database()) as tx:
        tx.execute(text(statement), {"words": "School\0Street"})


def test_a_row_among_many_with_such_text_takes_all_of_them_back() -> None:
    engine = a_village_database()
    names = [{"name": name} for name in ("request", "blockage\0", "route_answer")]
    for order in (insert(rewrite_owed), insert(rewrite_owed).returning(rewrite_owed.c.name)):
        with pytest.raises(InvalidError, match="text"), transaction(engine) as tx:
            tx.execute(order, names)
    with reading(engine) as tx:
        assert tx.execute(select(rewrite_owed)).all() == []
