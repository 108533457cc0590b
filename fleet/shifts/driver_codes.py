"""Short codes that let a driver in for one shift, as a dispatcher says them over the radio."""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

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
    User,
)
from data.store.accounts.accounts import add_user, find_user_by_login, get_user, set_password_hash
from data.store.accounts.sign_in_codes import (
    add_code,
    find_code,
    remove_codes,
    remove_expired_codes,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.shifts import get_shift, list_shifts_of_driver, set_driver
from fleet.shifts.shift_handover import overlap

DIGITS = 8
"""Short enough for the radio. Thirty addresses that guess all night at the door's pace find one of
a hundred codes with a chance of four in a hundred, and are seen in the log long before."""

OVERTIME = timedelta(hours=2)
"""A code given near the end of a shift lasts at least so long: storms keep no hours."""

NO_PASSWORD = "!"  # noqa: S105 - it begins the hash that no password has
"""Begins what is stored for somebody who signs in by code only."""


@dataclass(frozen=True, slots=True)
class GivenCode:
    """A code in plain digits, shown once, whom it lets in and until when."""

    digits: str
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
    """Let a driver in by a new code until the shift is over; older codes of his end.

    `login` names who drives; without it, whoever drove the machine last, by the machine's own
    name. Raises `ConflictError` where somebody may do more than drive: a code is no password.
    """
    shift = get_shift(tx, shift_id)
    if shift.state is ShiftState.ENDED:
        raise ConflictError(f"shift {shift_id} is over", reason="shift_state", shift=shift_id)
    driver = _driver(tx, actor, shift, login, language, now)
    remove_expired_codes(tx, now)
    remove_codes(tx, driver.id, CodeKind.DRIVER)
    driver = _signed_out(tx, driver)
    if shift.driver_id != driver.id:
        set_driver(tx, shift_id, driver.id)
    digits = new_digits(tx, secret, now)
    expires_at = max(shift.ends_at, now + OVERTIME)
    digest = code_digest(digits, secret)
    add_code(tx, SignInCode(digest, CodeKind.DRIVER, driver.id, expires_at, shift_id))
    after = {"driver": driver.login, "expires_at": expires_at.isoformat()}
    add_event(tx, now, actor, "shift.code_given", f"shift:{shift_id}", after=after)
    return GivenCode(digits, driver, expires_at)


def enter_code(tx: Tx, text: str, secret: bytes, now: datetime) -> User | None:
    """Return the driver whom a code lets in, or `None`; any script's digits will do."""
    digits = latin_digits(text)
    code = find_code(tx, code_digest(digits, secret), CodeKind.DRIVER, now)
    if code is None or code.shift_id is None:
        return None
    driver, shift = get_user(tx, code.user_id), get_shift(tx, code.shift_id)
    if not may_drive(driver) or shift.state is ShiftState.ENDED or shift.driver_id != driver.id:
        return None
    actor = Actor(ActorKind.USER, driver.login)
    add_event(tx, now, actor, "driver.signed_in", f"shift:{shift.id}")
    return driver


def may_drive(user: User) -> bool:
    """Whether somebody may come in by a code: who does more than drive needs a password."""
    return user.roles == (Role.DRIVER,) and not user.disabled


def latin_digits(text: str) -> str:
    """Return the digits of a text, whatever script and spaces it has."""
    return "".join(str(unicodedata.decimal(letter)) for letter in text if letter.isdecimal())


def code_digest(digits: str, secret: bytes) -> str:
    """Return what is kept of a code: so few digits are safe only with a secret beside them."""
    return hmac.new(secret, digits.encode(), hashlib.sha256).hexdigest()


def new_digits(tx: Tx, secret: bytes, now: datetime) -> str:
    """Return digits of a code that nobody has now, neither driver nor crew."""
    while True:
        digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        digest = code_digest(digits, secret)
        if not any(find_code(tx, digest, kind, now) for kind in (CodeKind.DRIVER, CodeKind.CREW)):
            return digits


def _driver(tx: Tx, actor: Actor, shift: Shift, login: str, language: str, now: datetime) -> User:
    """Return who is to drive the shift; he must be free and no more than a driver."""
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
        one.state is not ShiftState.ENDED and overlap(one, shift) for one in others
    ):
        raise ConflictError(
            f"{driver.login} drives another shift", reason="driver_busy", login=driver.login
        )
    return driver


def _machines_driver(tx: Tx, actor: Actor, shift: Shift, language: str, now: datetime) -> User:
    """Return the user who stands for whoever drives this machine, made at first use."""
    login = f"driver-{shift.vehicle_id}"
    known = find_user_by_login(tx, login)
    if known is not None:
        return known
    driver = add_user(tx, login, [Role.DRIVER], language, NO_PASSWORD)
    after = {"login": login, "roles": [Role.DRIVER], "language": language}
    add_event(tx, now, actor, "user.added", f"user:{driver.id}", after=after)
    return driver


def _signed_out(tx: Tx, driver: User) -> User:
    """End older sessions of somebody without a password: another phone may have them."""
    if driver.password_hash and not driver.password_hash.startswith(NO_PASSWORD):
        return driver
    return set_password_hash(tx, driver.id, NO_PASSWORD + secrets.token_urlsafe(12))
