"""Users and devices as rows."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from data.model import (
    Device,
    DeviceId,
    Role,
    User,
    UserId,
    VehicleId,
)
from data.store.audit.changed_rows import mark_added, mark_changed
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import device, user


def add_user(
    tx: Tx,
    login: str,
    roles: Sequence[Role],
    language: str,
    password_hash: str,
    *,
    of_province: bool = False,
) -> User:
    """Add somebody who signs in."""
    new = insert(user).values(
        login=login,
        roles=list(roles),
        language=language,
        password_hash=password_hash,
        of_province=of_province,
    )
    return only_record(User, tx.execute(new.returning(user)))


def get_user(tx: Tx, user_id: UserId) -> User:
    """Return the user."""
    return get_record(User, tx.execute(select(user).where(user.c.id == user_id)), "user", user_id)


def find_user_by_login(tx: Tx, login: str) -> User | None:
    """Return who signs in under this name."""
    return first_record(User, tx.execute(select(user).where(user.c.login == login)))


def list_users(tx: Tx) -> list[User]:
    """Return all users, by login."""
    return records(User, tx.execute(select(user).order_by(user.c.login)))


def set_language(tx: Tx, user_id: UserId, language: str) -> None:
    """Remember the language that a user reads."""
    tx.execute(update(user).where(user.c.id == user_id).values(language=language))


def set_district(tx: Tx, user_id: UserId, district: str) -> None:
    """Remember the district that a user looks at first; "" for the whole city."""
    tx.execute(update(user).where(user.c.id == user_id).values(district=district))


def set_password_hash(tx: Tx, user_id: UserId, password_hash: str) -> User:
    """Replace what is stored of a password."""
    change = update(user).where(user.c.id == user_id).values(password_hash=password_hash)
    return only_record(User, tx.execute(change.returning(user)))


def set_roles(tx: Tx, user_id: UserId, roles: Sequence[Role]) -> User:
    """Replace what a user may do."""
    change = update(user).where(user.c.id == user_id).values(roles=list(roles))
    return only_record(User, tx.execute(change.returning(user)))


def set_disabled(tx: Tx, user_id: UserId, *, disabled: bool) -> User:
    """Shut a user out, or let one in again."""
    change = update(user).where(user.c.id == user_id).values(disabled=disabled)
    return only_record(User, tx.execute(change.returning(user)))


def set_phone(tx: Tx, user_id: UserId, phone: str) -> User:
    """Write down the number under which a user is called."""
    change = update(user).where(user.c.id == user_id).values(phone=phone)
    return only_record(User, tx.execute(change.returning(user)))


def set_name(tx: Tx, user_id: UserId, name: str) -> User:
    """Write down what colleagues call a user."""
    change = update(user).where(user.c.id == user_id).values(name=name)
    return only_record(User, tx.execute(change.returning(user)))


def add_device(
    tx: Tx, name: str, vehicle_id: VehicleId, token_hash: str, *, trusted: bool = False
) -> Device:
    """Add a tracker; only the digest of its token is kept."""
    values = {"name": name, "vehicle_id": vehicle_id, "token_hash": token_hash, "trusted": trusted}
    added = only_record(Device, tx.execute(insert(device).values(**values).returning(device)))
    mark_added(tx, device, [added.id])
    return added


def get_device(tx: Tx, device_id: DeviceId) -> Device:
    """Return the tracker."""
    return get_record(
        Device, tx.execute(select(device).where(device.c.id == device_id)), "device", device_id
    )


def find_device_by_token_hash(tx: Tx, token_hash: str) -> Device | None:
    """Return the tracker that holds this token."""
    return first_record(Device, tx.execute(select(device).where(device.c.token_hash == token_hash)))


def find_device_by_name(tx: Tx, name: str) -> Device | None:
    """Return the tracker of this name, the `id` of the OsmAnd protocol."""
    return first_record(Device, tx.execute(select(device).where(device.c.name == name)))


def set_token_hash(tx: Tx, device_id: DeviceId, token_hash: str) -> None:
    """Give a tracker another token; the old one is worth nothing from now on."""
    tx.execute(update(device).where(device.c.id == device_id).values(token_hash=token_hash))
    mark_changed(tx, device, [device_id])


def save_device(tx: Tx, changed: Device) -> None:
    """Write how a tracker is meant: its vehicle, speed unit, inputs, whether it is trusted."""
    tx.execute(update(device).where(device.c.id == changed.id).values(row_of(changed, device)))
    mark_changed(tx, device, [changed.id])


def list_devices(tx: Tx) -> list[Device]:
    """Return all trackers, by id."""
    return records(Device, tx.execute(select(device).order_by(device.c.id)))


def list_password_hashes(tx: Tx) -> dict[str, str]:
    """Return the digests of all passwords by sign-in name, without people who have none."""
    query = select(user.c.login, user.c.password_hash).where(user.c.password_hash != "")
    return {row.login: row.password_hash for row in tx.execute(query)}
