"""Who somebody is: passwords, signed session cookies, anti-forgery tokens, sign-in limits."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from itsdangerous import BadSignature, URLSafeTimedSerializer

from data.errors import BarfrubError, InvalidError
from data.model import User

SESSION_S = 12 * 3600
"""A shift: after it everybody signs in again."""

WALL_S = 180 * 24 * 3600
"""A winter: a screen on a wall has no keyboard, and its role may change nothing."""

UNKNOWN_LOGIN_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A hash that no password has: compared with where a login is unknown."""

PASSWORD_LETTERS = 8
"""The shortest password that we take."""

WANTED_LETTERS = "at least 8 letters, and not the sign-in name"
"""What a password should be, as the catalogs say it."""

HASHED_AT_ONCE = 4
"""Argon2 takes 64 MiB each time: a crowd at the door must not fill the memory."""

_hasher = PasswordHasher()
_hashing = BoundedSemaphore(HASHED_AT_ONCE)


class SignedOutError(BarfrubError):
    """Nobody is signed in, or no longer."""

    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__("sign in first")


class StalePageError(BarfrubError):
    """An order without the anti-forgery token of its session."""

    code = "csrf"

    def __init__(self) -> None:
        super().__init__("the page has expired: reload it and try again")


class WrongPasswordError(BarfrubError):
    """No such login, or not its password: which of both is not said."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("name or password is wrong")


class WrongCodeError(BarfrubError):
    """Not the code that the server printed."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("this is not the code")


class DisabledError(BarfrubError):
    """The right password of somebody who may not sign in any more."""

    code = "disabled"

    def __init__(self) -> None:
        super().__init__("this user is shut out: ask an administrator")


class TooManyError(BarfrubError):
    """Tried too often; may come again after some seconds."""

    code = "too_many"

    def __init__(self, retry_s: int) -> None:
        super().__init__(f"too many attempts: wait {retry_s} s", retry_s=retry_s)
        self.retry_s = retry_s


def checked_password(field: str, password: str, login: str = "") -> str:
    """Return the password; raise `InvalidError` where it is too short or only the login.

    What was typed is no part of the error.
    """
    if len(password) < PASSWORD_LETTERS or password.casefold() == login.casefold():
        raise InvalidError(field, "", WANTED_LETTERS)
    return password


def hash_password(password: str) -> str:
    """Return what is stored in place of the password (Argon2id)."""
    with _hashing:
        return _hasher.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Whether this is the password; false, too, where the hash is not one of ours."""
    try:
        with _hashing:
            return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def password_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@dataclass(frozen=True, slots=True)
class Session:
    """What a signed cookie says; `stamp` ties it to the password, so that a new one ends it."""

    login: str
    csrf: str
    stamp: str

    def belongs_to(self, user: User) -> bool:
        """Whether it is a session of this user, with the password of today, and not shut out."""
        same = self.login == user.login and hmac.compare_digest(self.stamp, _stamp(user))
        return same and not user.disabled


def new_session(user: User) -> Session:
    """Return a session with a fresh anti-forgery token."""
    return Session(user.login, secrets.token_urlsafe(24), _stamp(user))


class Seals:
    """Signs cookies and reads back only what it signed."""

    def __init__(self, secret: bytes) -> None:
        self._sessions = URLSafeTimedSerializer(secret, salt="session")
        self._tokens = URLSafeTimedSerializer(secret, salt="csrf")

    def seal_session(self, session: Session) -> str:
        """Return the cookie's text."""
        sealed = self._sessions.dumps([session.login, session.csrf, session.stamp])
        return str(sealed)

    def read_session(self, text: str | None, lasts_s: int = SESSION_S) -> Session | None:
        """Return the session, or `None` where it is missing, forged or too old."""
        try:
            login, csrf, stamp = self._sessions.loads(text or "", max_age=lasts_s)
        except BadSignature:
            return None
        return Session(login, csrf, stamp)

    def new_token(self) -> str:
        """Return an anti-forgery token for somebody who is not signed in."""
        return str(self._tokens.dumps(secrets.token_urlsafe(12)))

    def genuine(self, token: str) -> bool:
        """Whether we made this token, within a shift."""
        try:
            self._tokens.loads(token, max_age=SESSION_S)
        except BadSignature:
            return False
        return True


def subscriber(address: str) -> str:
    """Return who an address belongs to: of IPv6 everybody has 2^64, the network stands for them."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return address if known.version == 4 else str(ip_network((known, 64), strict=False))


def require_same(sent: str, expected: str) -> None:
    """Raise `StalePageError` unless both tokens are the same and not empty."""
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise StalePageError


def _stamp(user: User) -> str:
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]
