"""Users and devices as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import (
    Device,
    DeviceId,
    DeviceInput,
    Role,
    SensorKind,
    SpeedUnit,
    User,
    UserId,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.schema import device, user


def add_user(tx: Tx, login: str, roles: Sequence[Role], language: str, password_hash: str) -> User:
    """Add somebody who signs in."""
    new = insert(user).values(
        login=login, roles=list(roles), language=language, password_hash=password_hash
    )
    return _user(tx.execute(new.returning(user)).one())


def get_user(tx: Tx, user_id: UserId) -> User:
    """Return the user."""
    row = tx.execute(select(user).where(user.c.id == user_id)).first()
    if row is None:
        raise NotFoundError("user", user_id)
    return _user(row)


def find_user_by_login(tx: Tx, login: str) -> User | None:
    """Return who signs in under this name."""
    row = tx.execute(select(user).where(user.c.login == login)).first()
    return None if row is None else _user(row)


def list_users(tx: Tx) -> list[User]:
    """Return all users, by login."""
    return [_user(row) for row in tx.execute(select(user).order_by(user.c.login))]


def set_language(tx: Tx, user_id: UserId, language: str) -> None:
    """Remember the language that a user reads."""
    tx.execute(update(user).where(user.c.id == user_id).values(language=language))


def set_password_hash(tx: Tx, user_id: UserId, password_hash: str) -> User:
    """Replace what is stored of a password; ends every session of the user."""
    change = update(user).where(user.c.id == user_id).values(password_hash=password_hash)
    return _user(tx.execute(change.returning(user)).one())


def set_roles(tx: Tx, user_id: UserId, roles: Sequence[Role]) -> User:
    """Replace what a user may do."""
    change = update(user).where(user.c.id == user_id).values(roles=list(roles))
    return _user(tx.execute(change.returning(user)).one())


def set_disabled(tx: Tx, user_id: UserId, *, disabled: bool) -> User:
    """Shut a user out, or let one in again."""
    change = update(user).where(user.c.id == user_id).values(disabled=disabled)
    return _user(tx.execute(change.returning(user)).one())


def set_phone(tx: Tx, user_id: UserId, phone: str) -> User:
    """Write down the number under which a user is called."""
    change = update(user).where(user.c.id == user_id).values(phone=phone)
    return _user(tx.execute(change.returning(user)).one())


def add_device(
    tx: Tx, name: str, vehicle_id: VehicleId, token_hash: str, *, trusted: bool = False
) -> Device:
    """Add a tracker; only the digest of its token is kept."""
    values = {"name": name, "vehicle_id": vehicle_id, "token_hash": token_hash, "trusted": trusted}
    return _device(tx.execute(insert(device).values(**values).returning(device)).one())


def get_device(tx: Tx, device_id: DeviceId) -> Device:
    """Return the tracker."""
    row = tx.execute(select(device).where(device.c.id == device_id)).first()
    if row is None:
        raise NotFoundError("device", device_id)
    return _device(row)


def find_device_by_token_hash(tx: Tx, token_hash: str) -> Device | None:
    """Return the tracker that holds this token."""
    row = tx.execute(select(device).where(device.c.token_hash == token_hash)).first()
    return None if row is None else _device(row)


def find_device_by_name(tx: Tx, name: str) -> Device | None:
    """Return the tracker of this name, the `id` of the OsmAnd protocol."""
    row = tx.execute(select(device).where(device.c.name == name)).first()
    return None if row is None else _device(row)


def set_token_hash(tx: Tx, device_id: DeviceId, token_hash: str) -> None:
    """Give a tracker another token; the old one is worth nothing from now on."""
    tx.execute(update(device).where(device.c.id == device_id).values(token_hash=token_hash))


def save_device(tx: Tx, changed: Device) -> None:
    """Write how a tracker is meant: its vehicle, speed unit, inputs, whether it is trusted."""
    values = {
        "vehicle_id": changed.vehicle_id,
        "speed_unit": changed.speed_unit,
        "inputs": [_input_row(one) for one in changed.inputs],
        "trusted": changed.trusted,
        "shows_texts": changed.shows_texts,
    }
    tx.execute(update(device).where(device.c.id == changed.id).values(**values))


def list_devices(tx: Tx) -> list[Device]:
    """Return all trackers, by id."""
    return [_device(row) for row in tx.execute(select(device).order_by(device.c.id))]


def _user(row: Row[Any]) -> User:
    return User(
        id=UserId(row.id),
        login=row.login,
        roles=tuple(Role(each) for each in row.roles),
        language=row.language,
        password_hash=row.password_hash,
        disabled=row.disabled,
        phone=row.phone,
    )


def _device(row: Row[Any]) -> Device:
    return Device(
        id=DeviceId(row.id),
        name=row.name,
        vehicle_id=VehicleId(row.vehicle_id),
        token_hash=row.token_hash,
        speed_unit=SpeedUnit(row.speed_unit),
        inputs=_inputs(row.inputs),
        trusted=row.trusted,
        shows_texts=row.shows_texts,
    )


def _inputs(rows: Sequence[Mapping[str, Any]]) -> tuple[DeviceInput, ...]:
    return tuple(
        DeviceInput(row["key"], SensorKind(row["equipment"]), row["inverted"]) for row in rows
    )


def _input_row(one: DeviceInput) -> dict[str, object]:
    return {"key": one.key, "equipment": one.equipment, "inverted": one.inverted}
