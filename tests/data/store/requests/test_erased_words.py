"""Words that were erased are in no file of PostgreSQL either, once its tables are written anew."""

import pytest
from sqlalchemy import update

from data.store.database import postgres_engine
from data.store.database.engine import Database, forget_overwritten, reading, transaction
from data.store.requests.requests import add_request
from data.store.schema import call_attempt, request, sighting
from tests import postgres
from tests.data.store.requests.test_request_search import a_request
from tests.village_database import a_village_database

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

WORDS = b"Mrs Karimi"

NAMES = [call_attempt.name, request.name, sighting.name]


def always() -> bool:
    return True


@pytest.fixture
def city() -> Database:
    engine = a_village_database()
    with transaction(engine) as tx:
        add_request(tx, a_request(1, text="Mrs Karimi, School Street 7"))
    return engine


def erase(engine: Database) -> None:
    with transaction(engine) as tx:
        tx.execute(update(request).values(text=""))


def test_what_is_erased_is_in_no_file(city: Database) -> None:
    erase(city)
    assert WORDS in postgres.bytes_of_tables(city)
    assert forget_overwritten(city, NAMES, always) == NAMES
    assert WORDS not in postgres.bytes_of_tables(city)


def test_who_still_reads_the_time_before_an_erasure_keeps_its_words(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(city) as tx, monkeypatch.context() as hurried:
        hurried.setattr(postgres_engine, "REWRITE_PAUSE_S", 0.0)
        tx.exec_driver_sql("SELECT 1")
        erase(city)
        assert not forget_overwritten(city, NAMES, always)
        assert WORDS in postgres.bytes_of_tables(city)
    assert forget_overwritten(city, NAMES, always) == NAMES
    assert WORDS not in postgres.bytes_of_tables(city)


def test_a_table_in_use_is_left_out_and_the_next_one_written(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "REWRITE_LOCK_MS", 1)
    erase(city)
    with city.connect() as other:
        other.exec_driver_sql("LOCK TABLE request IN ACCESS SHARE MODE")
        assert forget_overwritten(city, NAMES, always) == [call_attempt.name, sighting.name]
    assert forget_overwritten(city, NAMES, always) == NAMES


def test_no_table_is_locked_once_that_may_not_be(city: Database) -> None:
    allowed = iter([True, False])
    assert forget_overwritten(city, NAMES, lambda: next(allowed)) == NAMES[:1]
