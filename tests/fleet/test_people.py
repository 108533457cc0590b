import pytest

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import Role
from data.store.engine import Tx
from data.store.events import list_events
from data.store.people import find_device_by_token_hash, find_user_by_login
from fleet.people import add_tracker, enroll, token_digest
from tests import village as v
from tests.village_database import DISPATCHER


def test_a_login_is_given_once(tx: Tx) -> None:
    user = enroll(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", "hash", v.NOW)
    assert find_user_by_login(tx, "sara") == user
    with pytest.raises(ConflictError, match="'sara' already"):
        enroll(tx, DISPATCHER, "sara", [Role.OPERATOR], "fa", "hash", v.NOW)
    assert "hash" not in list_events(tx)[0].after


@pytest.mark.parametrize("login", ["", "two words", "x" * 65, "bell\a"])
def test_a_login_that_nobody_can_type_is_refused(tx: Tx, login: str) -> None:
    with pytest.raises(InvalidError, match="login"):
        enroll(tx, DISPATCHER, login, [Role.OPERATOR], "fa", "hash", v.NOW)


def test_a_tracker_gets_a_token_that_is_kept_as_a_digest_only(tx: Tx) -> None:
    device, token = add_tracker(tx, DISPATCHER, "phone-1", "Truck 2", v.NOW)
    assert device.vehicle_id == 2
    assert find_device_by_token_hash(tx, token_digest(token)) == device
    assert token not in repr(list_events(tx))
    with pytest.raises(ConflictError, match="'phone-1' already"):
        add_tracker(tx, DISPATCHER, "phone-1", "Truck 1", v.NOW)


def test_a_tracker_needs_a_vehicle_of_the_fleet(tx: Tx) -> None:
    with pytest.raises(NotFoundError, match="vehicle 'Truck 9'"):
        add_tracker(tx, DISPATCHER, "phone-1", "Truck 9", v.NOW)
