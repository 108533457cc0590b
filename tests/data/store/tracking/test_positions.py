"""Positions of several senders in one statement: each new one is stored once, as it was sent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import DeviceId, Position, VehicleId
from data.store.accounts.accounts import add_device, list_devices
from data.store.database.engine import Tx, transaction
from data.store.tracking.positions import (
    add_batches,
    add_positions,
    find_last_of_device,
    list_unseen,
)
from fleet.tracking.field_parsers import attributes_of, text
from tests import village as v
from tests.village_database import a_village_database


@pytest.fixture
def tx() -> Iterator[Tx]:
    with transaction(a_village_database()) as tx:
        add_device(tx, "phone-1", VehicleId(1), "hash")
        yield tx


def a_fix(second: float) -> Position:
    moment = v.NOW + timedelta(seconds=second)
    return Position(DeviceId(1), VehicleId(1), "osmand", moment, moment, v.at_m(second, 0))


def test_each_sender_hears_how_many_of_his_positions_were_new(tx: Tx) -> None:
    known, first, second, third = (a_fix(each) for each in range(4))
    assert add_positions(tx, [known]) == 1
    batches = [[first], [known, second], [first, third], [known]]
    assert add_batches(tx, batches) == [1, 1, 1, 0]
    assert list_unseen(tx, 10)[0] == [known, first, second, third]
    assert add_batches(tx, [[a_fix(5)], [a_fix(6), a_fix(7)]]) == [1, 2]


def test_the_newest_position_of_a_tracker_is_sought_in_a_time(tx: Tx) -> None:
    known = next(one for one in list_devices(tx) if one.id == 1)
    other = add_device(tx, "phone-2", VehicleId(1), "other")
    add_positions(tx, [a_fix(0), a_fix(1), replace(a_fix(2), device_id=other.id), a_fix(9)])
    assert find_last_of_device(tx, known, a_fix(0).fixed_at, a_fix(3).fixed_at) == a_fix(1)
    assert find_last_of_device(tx, known, a_fix(3).fixed_at, a_fix(4).fixed_at) is None


def test_a_position_comes_out_as_it_went_in(tx: Tx) -> None:
    plain = a_fix(0.123456)
    full = replace(
        a_fix(1),
        speed_mps=0.1 + 0.2,
        heading_deg=359.99999999999994,
        accuracy_m=1e-300,
        blade=True,
        spreader=False,
        material="\u0646\u0645\u06a9 'a\\b' \"c\"\n%s",
        rate_gm2=15.0,
        alarm="sos, low\u2028",
        attributes={'k"ey': "\u0627\\", "batt": 87.0, "charge": True, "empty": ""},
    )
    assert add_batches(tx, [[plain], [full]]) == [1, 1]
    assert list_unseen(tx, 10)[0] == [plain, full]


def test_characters_that_no_database_stores_are_left_out_of_what_a_tracker_reports(
    tx: Tx,
) -> None:
    noisy = attributes_of({"k\0ey": "a\0b", "\ud800": "\udfff\u0646", "batt": 87.0})
    fixes = [a_fix(1), replace(a_fix(2), attributes=noisy, alarm=text("alarm", "so\0s\ud83d"))]
    assert add_positions(tx, fixes) == 2
    (_, stored), _ = list_unseen(tx, 10)
    assert stored.attributes == {"key": "ab", "": "\u0646", "batt": 87.0}
    assert stored.alarm == "sos"
