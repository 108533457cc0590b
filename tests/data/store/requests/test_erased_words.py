"""Words that were erased are in no file of PostgreSQL either, once its tables are written anew."""

import pytest
from sqlalchemy import update

from data.model import RequestId
from data.store.database import postgres_engine
from data.store.database.engine import Database, forget_overwritten, reading, transaction
from data.store.requests.data_retention import WORDED
from data.store.requests.requests import add_request, get_request
from data.store.schema import request
from tests import postgres
from tests.data.store.requests.test_request_search import a_request
from tests.village_database import a_village_database

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

WORDS = b"Mrs Karimi"


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
    assert forget_overwritten(city, WORDED)
    assert WORDS not in postgres.bytes_of_tables(city)


def test_who_still_reads_the_time_before_an_erasure_keeps_its_words(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "REWRITE_PAUSE_S", 0.0)
    with reading(city) as tx:
        tx.exec_driver_sql("SELECT 1")
        erase(city)
        assert not forget_overwritten(city, WORDED)
        assert WORDS in postgres.bytes_of_tables(city)
    assert forget_overwritten(city, WORDED)
    assert WORDS not in postgres.bytes_of_tables(city)


def test_who_uses_a_table_for_long_does_not_keep_an_erasure_from_ending(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_engine, "REWRITE_LOCK_MS", 1)
    erase(city)
    with reading(city) as tx:
        get_request(tx, RequestId(1))
        assert not forget_overwritten(city, WORDED)
    assert forget_overwritten(city, WORDED)
