"""Positions on PostgreSQL lie in a partition each month, which comes with the first fix of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from data.model import DeviceId, Position, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import reading, transaction
from data.store.tracking.positions import add_batches, add_positions, find_newest, list_between
from tests import postgres
from tests import village as v
from tests.village_database import a_village_database

pytestmark = pytest.mark.skipif(not postgres.WANTED, reason="about cities on PostgreSQL")

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def engine() -> Engine:
    engine = a_village_database()
    with transaction(engine) as tx:
        add_device(tx, "phone-1", VehicleId(1), "hash")
    return engine


def a_fix(*day: int) -> Position:
    moment = datetime(*day, 23, 59, 59, tzinfo=UTC)
    return Position(DeviceId(1), VehicleId(1), "osmand", moment, moment, v.at_m(0, 0))


def rows_by_partition(engine: Engine) -> dict[str, int]:
    query = (
        "SELECT relname, count(*) FROM position JOIN pg_class ON pg_class.oid = position.tableoid"
        " GROUP BY relname"
    )
    with reading(engine) as tx:
        return {row[0]: row[1] for row in tx.execute(text(query))}


def test_fixes_lie_in_the_partition_of_their_month(engine: Engine) -> None:
    days = [(2026, 11, 30), (2026, 12, 1), (2026, 12, 31), (2019, 12, 31), (1970, 1, 1)]
    with transaction(engine) as tx:
        assert add_positions(tx, [a_fix(*day) for day in days]) == 5
    with transaction(engine) as tx:
        assert add_positions(tx, [a_fix(*day) for day in (*days, (2027, 1, 1))]) == 1
        assert find_newest(tx) >= 6
    assert rows_by_partition(engine) == {
        "position_before": 2,
        "position_2026_11": 1,
        "position_2026_12": 2,
        "position_2027_01": 1,
    }


def test_a_new_month_waits_for_nobody_who_reads_the_old_one(engine: Engine) -> None:
    with transaction(engine) as tx:
        add_positions(tx, [a_fix(2026, 12, 31)])
    with reading(engine) as earlier:
        assert find_newest(earlier) == 1
        with transaction(engine) as tx:
            assert add_batches(tx, [[a_fix(2027, 1, 1)], [a_fix(2026, 12, 31)]]) == [1, 0]
        assert find_newest(earlier) == 1
    assert rows_by_partition(engine) == {"position_2026_12": 1, "position_2027_01": 1}


def test_a_month_that_was_taken_back_is_made_again(engine: Engine) -> None:
    with transaction(engine) as tx:
        taken_back = tx.begin_nested()
        add_positions(tx, [a_fix(2027, 1, 1)])
        taken_back.rollback()
        add_positions(tx, [a_fix(2027, 1, 1)])
    assert rows_by_partition(engine) == {"position_2027_01": 1}


def test_a_time_is_asked_of_its_months_only(engine: Engine) -> None:
    with transaction(engine) as tx:
        add_positions(tx, [a_fix(2026, month, 1) for month in range(1, 13)])
        plan = "EXPLAIN SELECT id FROM position WHERE fixed_at >= '2026-12-01'"
        asked = "\n".join(tx.scalars(text(plan)))
        assert "position_2026_12" in asked
        assert "position_2026_11" not in asked
        assert list_between(tx, VehicleId(1), v.NOW, NEW_YEAR) == []


def test_a_city_that_came_before_there_were_partitions_goes_on_with_one_table(
    engine: Engine,
) -> None:
    with transaction(engine) as tx:
        tx.execute(text("ALTER TABLE position RENAME TO partitioned"))
        tx.execute(text("CREATE TABLE position (LIKE partitioned INCLUDING ALL)"))
    with transaction(engine) as tx:
        assert add_positions(tx, [a_fix(2026, 12, 1), a_fix(2027, 1, 1)]) == 2
    assert rows_by_partition(engine) == {"position": 2}
