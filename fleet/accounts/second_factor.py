"""The second step of signing in: time-based codes of a phone (RFC 6238), and recovery codes.

A secret is not stored: it follows from the server's key and a random salt of the user, so that a
copy of the database shows no codes. A recovery code does without the key.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from pyotp import TOTP

from data.errors import ConflictError
from data.files.csv_sheet import latin_digits
from data.model import Actor, SecondFactor, User
from data.store.accounts.second_factors import (
    find_second_factor,
    remove_second_factor,
    save_recovery_codes,
    save_second_factor,
    set_confirmed,
    use_recovery_code,
    use_step,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from fleet.accounts.accounts import digits_alone, token_digest

STEP_S = 30
DIGITS = 6
DRIFT_STEPS = 1
"""How many steps a phone's clock may be off."""

RECOVERY_CODES = 10
RECOVERY_BYTES = 15
"""120 random bits: too many to guess, so their digest needs no key and no slow hash."""

SALT_BYTES = 20
NEVER = 0
"""The step before any that a phone shows."""


def begin_second_factor(tx: Tx, user: User, now: datetime) -> SecondFactor:
    """Give a user a new second factor, to be confirmed; raise `ConflictError` where one is on."""
    known = find_second_factor(tx, user.id)
    if known is not None and known.confirmed_at is not None:
        raise ConflictError(f"{user.login} has a second step", reason="second_step_on")
    factor = SecondFactor(user.id, secrets.token_hex(SALT_BYTES), now, None, NEVER)
    save_second_factor(tx, factor)
    return factor


def confirm_second_factor(
    tx: Tx, actor: Actor, user: User, text: str, key: bytes, now: datetime
) -> list[str] | None:
    """Switch a second factor on by a first code, and return recovery codes; `None` if it is wrong.

    Recovery codes are shown once; only their digests are kept.
    """
    factor = find_second_factor(tx, user.id)
    if factor is None or factor.confirmed_at is not None:
        raise ConflictError(f"{user.login} begins no second step", reason="second_step_not_begun")
    if not _code_fits(tx, factor, text, key, now):
        return None
    set_confirmed(tx, user.id, now)
    add_event(tx, now, actor, "user.second_step_on", f"user:{user.id}")
    return new_recovery_codes(tx, user)


def wants_second_factor(tx: Tx, user: User) -> bool:
    """Whether a user has a second factor that is on."""
    factor = find_second_factor(tx, user.id)
    return factor is not None and factor.confirmed_at is not None


def second_factor_fits(tx: Tx, user: User, text: str, key: bytes, now: datetime) -> bool:
    """Whether a text is a code of the user's phone or a recovery code, which uses it up."""
    factor = find_second_factor(tx, user.id)
    if factor is None or factor.confirmed_at is None:
        return False
    plain = recovery_text(text)
    if len(plain) > DIGITS:
        return use_recovery_code(tx, user.id, token_digest(plain))
    return _code_fits(tx, factor, text, key, now)


def remove_second_step(tx: Tx, actor: Actor, user: User, now: datetime) -> None:
    """Switch a second factor off, for example of a lost phone."""
    remove_second_factor(tx, user.id)
    add_event(tx, now, actor, "user.second_step_off", f"user:{user.id}")


def new_recovery_codes(tx: Tx, user: User) -> list[str]:
    """Return new recovery codes of a user; all earlier ones are worth nothing."""
    plain = [
        base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
        for _ in range(RECOVERY_CODES)
    ]
    save_recovery_codes(tx, user.id, map(token_digest, plain))
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in plain]


def secret_of(factor: SecondFactor, key: bytes) -> str:
    """Return the secret that a phone shares, in base 32."""
    derived = hmac.new(key, f"second factor {factor.salt}".encode(), hashlib.sha1).digest()
    return base64.b32encode(derived).decode()


def provisioning_uri(factor: SecondFactor, login: str, city: str, key: bytes) -> str:
    """Return the address that an authenticator app reads as a QR code."""
    return TOTP(secret_of(factor, key)).provisioning_uri(name=login, issuer_name=f"Barfrub {city}")


def recovery_text(text: str) -> str:
    """Return a typed code without spaces and hyphens, in small letters."""
    return latin_digits("".join(letter for letter in text.lower() if letter.isalnum()))


def _code_fits(tx: Tx, factor: SecondFactor, text: str, key: bytes, now: datetime) -> bool:
    """Whether a code fits now or a step away; each is accepted once, and none before the last."""
    totp, digits = TOTP(secret_of(factor, key)), digits_alone(text)
    step = int(now.timestamp()) // STEP_S
    for each in range(step - DRIFT_STEPS, step + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.at(each * STEP_S), digits):
            return use_step(tx, factor.user_id, each, step + DRIFT_STEPS)
    return False
