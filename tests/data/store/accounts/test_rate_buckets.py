"""Rate limits as rows on PostgreSQL: what SQL counts is what `TokenBucket` counts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from data.store.accounts.rate_buckets import (
    add_known_address,
    find_buckets,
    forget_known_addresses,
    is_known_address,
    remove_bucket,
    remove_full_buckets,
    return_tokens,
    take_tokens,
)
from data.store.accounts.token_bucket import Allowance, TokenBucket
from data.store.database.engine import Database, Tx, momentary, transaction
from tests import postgres
from tests.village_database import a_village_database

pytestmark = pytest.mark.skipif(
    not postgres.WANTED, reason="on SQLite the counts are in the memory of the one web process"
)

STEADY = Allowance(3, 30.0)
LOCKS = Allowance(2, 4.0, locks=True)
SMALL = Allowance(1, 1.0, locks=True)
SIZES = {"steady": STEADY, "locks": LOCKS, "small": SMALL}
DAY_S = 86_400.0


@pytest.fixture
def engine() -> Database:
    return a_village_database()


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "anyway", "return", "remove", "tidy"]),
        st.sampled_from(sorted(SIZES)),
        st.sampled_from([0.0, 0.5, 2.0, 15.0, 40.0]),
    ),
    max_size=25,
)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_buckets_in_rows_count_like_buckets_in_memory(
    tx: Tx, steps: list[tuple[str, str, float]]
) -> None:
    tx.execute(text("DELETE FROM rate_bucket"))
    memory: dict[str, TokenBucket] = {}
    now_s = 1_000.0
    for action, key, pause_s in steps:
        now_s += pause_s
        size = SIZES[key]
        bucket = memory.get(key, TokenBucket(size.burst, now_s)).at(now_s, size)
        if action == "remove":
            remove_bucket(tx, key)
            memory.pop(key, None)
        elif action == "tidy":
            remove_full_buckets(tx, now_s)
        elif action == "return" and key in memory:
            return_tokens(tx, [key], now_s)
            memory[key] = bucket.returned(size)
        elif action == "anyway":
            assert take_tokens(tx, {key: size}, now_s, anyway=True) == {key}
            memory[key] = bucket.taken(size)
        elif action == "take":
            may = bucket.wait_s(size) == 0
            assert (take_tokens(tx, {key: size}, now_s) == {key}) == may
            memory[key] = bucket.taken(size) if may else bucket
    rows = find_buckets(tx, SIZES, now_s)
    for key, kept in memory.items():
        size = SIZES[key]
        row = rows.get(key, TokenBucket(size.burst, now_s))
        assert row.wait_s(size) == pytest.approx(kept.at(now_s, size).wait_s(size), abs=1e-6)


def test_of_parallel_counts_no_more_get_in_than_there_are_tokens(engine: Database) -> None:
    slow = {"all": Allowance(5, 0.001), "each": Allowance(50, 0.001)}

    def enters(_number: int) -> bool:
        with momentary(engine) as tx:
            if take_tokens(tx, slow) == set(slow):
                return True
            tx.rollback()
        return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(enters, range(60))) == 5
    with momentary(engine) as tx:
        left = find_buckets(tx, slow)["each"]
    assert left.tokens == pytest.approx(45, abs=0.1), "what was refused has taken nothing"


def test_a_count_waits_for_no_writer_of_the_city(engine: Database) -> None:
    with transaction(engine), momentary(engine) as tx:
        assert take_tokens(tx, SIZES) == set(SIZES)


def test_after_the_clock_was_set_back_buckets_refill_again(tx: Tx) -> None:
    assert take_tokens(tx, {"key": SMALL}, 5 * DAY_S) == {"key"}
    assert take_tokens(tx, {"key": SMALL}, DAY_S) == set()
    take_tokens(tx, {"key": SMALL}, DAY_S, anyway=True)
    assert take_tokens(tx, {"key": SMALL}, DAY_S + 61) == {"key"}


def test_known_addresses_are_forgotten_when_nobody_used_them_for_long(tx: Tx) -> None:
    for key in ("old", "new"):
        add_known_address(tx, key)
    tx.execute(text("UPDATE known_address SET used_at = used_at - interval '9 days'"))
    add_known_address(tx, "new")
    forget_known_addresses(tx, 5)
    assert [is_known_address(tx, key) for key in ("old", "new")] == [False, True]
