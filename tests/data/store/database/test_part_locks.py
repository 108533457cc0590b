"""Of several processes one at a time has the lock of a part."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from data.store.database.engine import transaction
from data.store.database.part_locks import part_locks
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
