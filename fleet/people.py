"""People who sign in, and trackers that send positions."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from data.errors import ConflictError, InvalidError, NotFoundError
from data.model import Actor, Device, Role, User
from data.store.engine import Tx
from data.store.events import add_event
from data.store.fleet import find_vehicle_by_name
from data.store.people import add_device, add_user, find_device_by_name, find_user_by_login

LOGIN_LETTERS = 64
TOKEN_BYTES = 32


def enroll(
    tx: Tx,
    actor: Actor,
    login: str,
    roles: Sequence[Role],
    language: str,
    password_hash: str,
    now: datetime,
) -> User:
    """Add somebody who signs in; raise `ConflictError` where the login is taken."""
    if not login or len(login) > LOGIN_LETTERS or not login.isprintable() or " " in login:
        raise InvalidError("login", login, f"1 to {LOGIN_LETTERS} letters without a space")
    if find_user_by_login(tx, login) is not None:
        raise ConflictError(f"there is a user {login!r} already", reason="login_taken", login=login)
    user = add_user(tx, login, roles, language, password_hash)
    after = {"login": login, "roles": list(roles), "language": language}
    add_event(tx, now, actor, "user.added", f"user:{user.id}", after=after)
    return user


def add_tracker(
    tx: Tx, actor: Actor, name: str, vehicle_name: str, now: datetime
) -> tuple[Device, str]:
    """Add a tracker for a vehicle and return it with its token, which is not kept anywhere."""
    if not name.strip():
        raise InvalidError("name", name, "a name, which is also the `id` of the OsmAnd protocol")
    vehicle = find_vehicle_by_name(tx, vehicle_name)
    if vehicle is None:
        raise NotFoundError("vehicle", vehicle_name)
    if find_device_by_name(tx, name) is not None:
        raise ConflictError(
            f"there is a device {name!r} already", reason="device_taken", device=name
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = add_device(tx, name, vehicle.id, token_digest(token))
    after = {"name": name, "vehicle": vehicle.id}
    add_event(tx, now, actor, "device.added", f"device:{device.id}", after=after)
    return device, token


def token_digest(token: str) -> str:
    """Return what is kept of a token: 32 random bytes need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
