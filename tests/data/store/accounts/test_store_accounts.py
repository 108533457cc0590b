import pytest
from sqlalchemy.exc import IntegrityError

from data.model import Role, VehicleId
from data.store.accounts.accounts import (
    add_device,
    add_user,
    find_device_by_name,
    find_device_by_token_hash,
    find_user_by_login,
    get_user,
    list_devices,
    list_users,
    set_language,
)
from data.store.database.engine import Tx


def test_a_user_is_found_by_login_and_keeps_roles_and_language(tx: Tx) -> None:
    added = add_user(tx, "leila", [Role.DISPATCHER, Role.OPERATOR], "fa", "hash")
    assert find_user_by_login(tx, "leila") == added == get_user(tx, added.id)
    assert added.roles == (Role.DISPATCHER, Role.OPERATOR)
    assert find_user_by_login(tx, "nobody") is None
    set_language(tx, added.id, "en")
    assert [each.language for each in list_users(tx)] == ["en"]


def test_a_device_is_found_by_name_and_by_the_digest_of_its_token(tx: Tx) -> None:
    added = add_device(tx, "phone-1", VehicleId(1), "digest")
    assert find_device_by_name(tx, "phone-1") == added
    assert find_device_by_token_hash(tx, "digest") == added
    assert find_device_by_token_hash(tx, "other") is None
    assert list_devices(tx) == [added]


def test_a_device_needs_a_vehicle_that_exists(tx: Tx) -> None:
    with pytest.raises(IntegrityError):
        add_device(tx, "phone-1", VehicleId(99), "digest")
