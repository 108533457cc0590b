"""Of several processes one at a time has the lock of a part."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from data.store.database.engine import reading, transaction
from data.store.database.part_locks import SessionLocks, count_processes, part_locks
from tests import postgres
from tests.village_database import a_village_database


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = a_village_database()
    yield engine
    engine.dispose()


def test_a_part_is_locked_once_until_who_has_it_is_gone(engine: Engine, tmp_path: Path) -> None:
    with closing(part_locks(engine, tmp_path)) as mine:
        assert mine.lock(3)
        assert mine.lock(3)  # it stays ours
        with closing(part_locks(engine, tmp_path)) as others:
            assert not others.lock(3)
            assert others.lock(4)
            assert not mine.lock(4)
        assert mine.lock(4)
        assert mine.alive()
    with closing(part_locks(engine, tmp_path)) as others:
        assert others.lock(3)


def test_a_part_that_was_locked_twice_is_left_to_others_at_once(
    engine: Engine, tmp_path: Path
) -> None:
    with (
        closing(part_locks(engine, tmp_path)) as mine,
        closing(part_locks(engine, tmp_path)) as others,
    ):
        assert mine.lock(3)
        assert mine.lock(3)
        assert mine.lock(4)
        mine.unlock(3)
        assert others.lock(3)
        assert not others.lock(4)
        assert not mine.lock(3)


@pytest.mark.skipif(not postgres.WANTED, reason="on SQLite one server has all processes")
def test_processes_are_counted_and_the_oldest_stays_the_first(
    engine: Engine, tmp_path: Path
) -> None:
    three = [part_locks(engine, tmp_path) for _ in range(3)]
    first, second, third = (one for one in three if isinstance(one, SessionLocks))
    assert first.place() == (0, 1)
    assert second.place() == (1, 2)
    assert first.place() == (0, 2)
    first.close()
    assert third.place() == (1, 2)
    assert second.place() == (0, 2)
    with reading(engine) as tx:
        assert count_processes(tx) == 2
    second.close()
    third.close()


@pytest.mark.skipif(not postgres.WANTED, reason="files are not lost")
def test_who_has_lost_his_connection_has_lost_his_locks(engine: Engine, tmp_path: Path) -> None:
    mine = part_locks(engine, tmp_path)
    assert mine.lock(3)
    with transaction(engine) as tx:
        tx.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " JOIN pg_database ON database = pg_database.oid"
                " WHERE datname = current_database() AND locktype = 'advisory'"
                " AND granted AND pid <> pg_backend_pid()"
            )
        )
    assert not mine.alive()
    with closing(part_locks(engine, tmp_path)) as others:
        assert others.lock(3)
    mine.close()
