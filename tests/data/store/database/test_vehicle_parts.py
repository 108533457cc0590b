"""Vehicles are divided into parts, by Python and by the database alike."""

from collections import Counter

import pytest
from sqlalchemy import BigInteger, literal, select

from data.model import VehicleId
from data.store.database.engine import Tx
from data.store.database.vehicle_parts import ALL_PARTS, PARTS, is_in_parts, part_of

IDS = [VehicleId(one) for one in (*range(1, 70), 9_999, 123_456_789, 3_000_000_000)]


def test_the_database_finds_each_vehicle_in_its_part_and_in_no_other(tx: Tx) -> None:
    for vehicle_id in IDS:
        column, mine = literal(vehicle_id, BigInteger), frozenset({part_of(vehicle_id)})
        assert tx.scalar(select(column).where(is_in_parts(column, mine))) == vehicle_id
        assert tx.scalar(select(column).where(is_in_parts(column, ALL_PARTS - mine))) is None
        assert tx.scalar(select(column).where(is_in_parts(column, ALL_PARTS))) == vehicle_id


def test_a_vehicle_stays_in_its_part_for_ever() -> None:
    assert [part_of(VehicleId(one)) for one in (1, 2, 3, 10_000)] == [39, 15, 54, 21]


@pytest.mark.parametrize("step", [1, 2, 3, 10, 64])
def test_vehicles_are_spread_evenly_however_they_are_numbered(step: int) -> None:
    counts = Counter(part_of(VehicleId(one)) for one in range(step, 6400 * step + 1, step))
    assert set(counts) == ALL_PARTS
    assert max(counts.values()) - min(counts.values()) <= 0.1 * 6400 / PARTS
