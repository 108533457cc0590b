"""Sign-in codes that let a driver in for one shift, read out over the radio."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from data.errors import ConflictError, NotFoundError
from data.model import (
    Actor,
    ActorKind,
    CodeKind,
    Role,
    Shift,
    ShiftId,
    ShiftState,
    SignInCode,
    SignInMethod,
    User,
    VehicleId,
)
from data.store.accounts.accounts import add_user, find_user_by_login, get_user
from data.store.accounts.sessions import remove_sessions
from data.store.accounts.sign_in_codes import (
    add_code,
    find_code,
    remove_codes,
    remove_expired_codes,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.shifts import get_shift, list_shifts, list_shifts_of_driver, set_driver
from fleet.accounts.accounts import TOKEN_BYTES, digits_alone, token_digest
from fleet.shifts.shift_handover import OVERTIME, current_shift, is_past, overlap

DIGITS = 8
"""Short enough for the radio. A thousand addresses that guess for twelve hours, 15 times each while
many guess, find one of a hundred codes with a chance of 1.5 in a hundred."""

TOKEN_LETTERS = 43
"""Letters of a token: `TOKEN_BYTES` in base 64."""

NO_PASSWORD = "!"  # noqa: S105 - it begins the hash that no password has
"""Begins what is stored for somebody who signs in by code only."""


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code in plain digits and a token that does the same, shown once, their user and expiry.

    The token is for machines to read: nobody can guess it, so it has no limit of guesses.
    """

    digits: str
    token: str
    driver: User
    expires_at: datetime


def give_code(
    tx: Tx,
    actor: Actor,
    shift_id: ShiftId,
    secret: bytes,
    language: str,
    now: datetime,
    login: str = "",
) -> GivenCode:
    """Issue a new code for a shift's driver; older codes, and sessions by them, end.

    `login` names who drives; without it, whoever drove the machine last, by the machine's own
    name. Raises `ConflictError` for a shift that nobody drives any more, and where somebody may do
    more than drive: a code is no password.
    """
    shift = get_shift(tx, shift_id)
    if _is_dead(tx, shift, now):
        raise ConflictError(f"shift {shift_id} is over", reason="shift_over", shift=shift_id)
    driver = _driver(tx, actor, shift, login, language, now)
    remove_expired_codes(tx, now)
    remove_codes(tx, driver.id, CodeKind.DRIVER)
    remove_sessions(tx, driver.id, method=SignInMethod.CODE)
    if shift.driver_id != driver.id:
        set_driver(tx, shift_id, driver.id)
    digits = new_digits(tx, secret, now)
    expires_at = max(shift.ends_at, now + OVERTIME)
    digest = code_digest(digits, secret)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    for each in (digest, token_digest(token)):
        add_code(tx, SignInCode(each, CodeKind.DRIVER, driver.id, expires_at, shift_id))
    after = {"driver": driver.login, "expires_at": expires_at.isoformat()}
    add_event(tx, now, actor, "shift.code_given", f"shift:{shift_id}", after=after)
    return GivenCode(digits, token, driver, expires_at)


def enter_code(tx: Tx, text: str, secret: bytes, now: datetime) -> User | None:
    """Return the driver of a code, or `None`; digits of any script are accepted."""
    return _entered(tx, code_digest(digits_alone(text), secret), now)


def enter_token(tx: Tx, token: str, now: datetime) -> User | None:
    """Return the driver of a token, which a QR code holds, or `None`."""
    return _entered(tx, token_digest(token), now)


def is_token(text: str) -> bool:
    """Whether a text is as long as the token of a QR code, which no typed code is."""
    return len(text) >= TOKEN_LETTERS


def _entered(tx: Tx, digest: str, now: datetime) -> User | None:
    code = find_code(tx, digest, CodeKind.DRIVER, now)
    if code is None or code.shift_id is None:
        return None
    driver, shift = get_user(tx, code.user_id), get_shift(tx, code.shift_id)
    if not may_drive(driver) or shift.over or shift.driver_id != driver.id:
        return None
    actor = Actor(ActorKind.USER, driver.login)
    add_event(tx, now, actor, "driver.signed_in", f"shift:{shift.id}")
    return driver


def machines_login(vehicle_id: VehicleId) -> str:
    """Return the sign-in name of whoever drives a machine by code, without a name of his own."""
    return f"driver-{vehicle_id}"


def may_drive(user: User) -> bool:
    """Whether somebody may sign in by code: other roles than driver need a password."""
    return user.roles == (Role.DRIVER,) and not user.disabled


def code_digest(digits: str, secret: bytes) -> str:
    """Return the keyed digest of a code; so few digits need a secret key."""
    return hmac.new(secret, digits.encode(), hashlib.sha256).hexdigest()


def new_digits(tx: Tx, secret: bytes, now: datetime) -> str:
    """Return random digits that no present code has, neither a driver's nor a crew's."""
    while True:
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        digest = code_digest(digits, secret)
        if not any(find_code(tx, digest, kind, now) for kind in (CodeKind.DRIVER, CodeKind.CREW)):
            return digits


def _is_dead(tx: Tx, shift: Shift, now: datetime) -> bool:
    """Whether nobody drives a shift any more.

    It is over, its overtime is past, or its hours are past and the machine has another shift now.
    """
    if shift.over or shift.ends_at + OVERTIME <= now:
        return True
    if not is_past(shift, now):
        return False
    mine = [one for one in list_shifts(tx, shift.storm_id) if one.vehicle_id == shift.vehicle_id]
    current = current_shift(mine, now)
    return current is not None and current.id != shift.id and not is_past(current, now)


def _driver(tx: Tx, actor: Actor, shift: Shift, login: str, language: str, now: datetime) -> User:
    """Return the driver to assign to the shift, who must be free and only a driver."""
    if login:
        driver = find_user_by_login(tx, login)
        if driver is None:
            raise NotFoundError("user", login)
    elif shift.driver_id is not None:
        driver = get_user(tx, shift.driver_id)
    else:
        driver = _machines_driver(tx, actor, shift, language, now)
    if not may_drive(driver):
        raise ConflictError(
            f"{driver.login} is not only a driver", reason="not_only_driver", login=driver.login
        )
    others = [one for one in list_shifts_of_driver(tx, driver.id) if one.id != shift.id]
    if any(one.state is ShiftState.DRIVING for one in others) or any(
        not one.over and overlap(one, shift) for one in others
    ):
        raise ConflictError(
            f"{driver.login} drives another shift", reason="driver_busy", login=driver.login
        )
    return driver


def _machines_driver(tx: Tx, actor: Actor, shift: Shift, language: str, now: datetime) -> User:
    """Return the user account of a machine's unnamed driver, made at first use."""
    login = machines_login(shift.vehicle_id)
    known = find_user_by_login(tx, login)
    if known is not None:
        return known
    driver = add_user(tx, login, [Role.DRIVER], language, NO_PASSWORD)
    after = {"login": login, "roles": [Role.DRIVER], "language": language}
    add_event(tx, now, actor, "user.added", f"user:{driver.id}", after=after)
    return driver
