"""Authentication: passwords, anti-forgery tokens, and the session of a first start."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from threading import BoundedSemaphore

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from api.config.clock import SteadyClock
from data.errors import BarfrubError
from data.model import User

SESSION_S = 12 * 3600
"""Lifetime of a session: one shift."""

WALL_S = 180 * 24 * 3600
"""Lifetime of a wall display's session, which is read-only and has no keyboard: one winter."""

SECOND_STEP_S = 600
"""Time from the right password to the code of the second step."""

UNKNOWN_LOGIN_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A hash that no password has; checked where a login is unknown, for equal time."""

NO_MEMORY_REST_S = 5
"""When to try again where memory was short."""

HASHED_AT_ONCE = 4
"""Passwords hashed at the same time, at most: Argon2 takes 64 MiB for each."""

SIGNING_IN_AT_ONCE = 16
"""Visitors whose passwords are hashed or wait for it, so that others find threads to answer."""

_hasher = PasswordHasher()
_places = BoundedSemaphore(SIGNING_IN_AT_ONCE)
_STEADY = SteadyClock()
_hashing = BoundedSemaphore(HASHED_AT_ONCE)


class SignedOutError(BarfrubError):
    """Raised where nobody is signed in, or the session has ended."""

    code = "unauthorized"

    def __init__(self) -> None:
        super().__init__("sign in first")


class StalePageError(BarfrubError):
    """Raised for a request without the anti-forgery token of its session."""

    code = "csrf"

    def __init__(self) -> None:
        super().__init__("the page has expired: reload it and try again")


class WrongPasswordError(BarfrubError):
    """Raised for an unknown login or a wrong password; the message does not say which."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("name or password is wrong")


class WrongCodeError(BarfrubError):
    """Raised for a code other than the one that the server printed."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("this is not the code")


class WrongSecondStepError(BarfrubError):
    """Raised for a code that is neither of the phone at this time nor a recovery code."""

    code = "wrong_second_step"

    def __init__(self) -> None:
        super().__init__("the code does not fit, or was used before")


class SecondStepMissingError(BarfrubError):
    """Raised where the city wants a second step of somebody who has none yet."""

    code = "second_step_missing"

    def __init__(self) -> None:
        super().__init__("set up the second step of signing in first")


class DisabledError(BarfrubError):
    """Raised for the right password of a disabled user."""

    code = "disabled"

    def __init__(self) -> None:
        super().__init__("this user is shut out: ask an administrator")


class TooManyError(BarfrubError):
    """Raised above a rate limit; `retry_s` is the wait in seconds."""

    code = "too_many"

    def __init__(self, retry_s: int) -> None:
        super().__init__(f"too many attempts: wait {retry_s} s", retry_s=retry_s)
        self.retry_s = retry_s


@contextmanager
def place_to_sign_in() -> Iterator[None]:
    """Take a place among those whose passwords are hashed; raise `TooManyError` without any."""
    if not _places.acquire(blocking=False):
        raise TooManyError(1)
    try:
        yield
    finally:
        _places.release()


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password."""
    with _hashing:
        return _hasher.hash(password)


def password_fits(password_hash: str, password: str) -> bool:
    """Whether the password matches the hash; false where there is no hash of Argon2.

    Raises `TooManyError` where there is no memory to try it: nobody is told that a right password
    is wrong.
    """
    try:
        extract_parameters(password_hash)
        with _hashing:
            return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    except VerificationError as error:
        raise TooManyError(NO_MEMORY_REST_S) from error


def password_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@dataclass(frozen=True, slots=True)
class FirstStartSession:
    """What the cookie of a first start holds, whole: there is no database yet.

    `stamp` tells this start of the server from others.
    """

    csrf: str
    stamp: str


class _SteadySigner(TimestampSigner):
    """Dates what it signs by a clock that nobody sets while the server runs."""

    def get_timestamp(self) -> int:
        """Return seconds since 1970."""
        return int(_STEADY.now().timestamp())


def _serializer(secret: bytes, purpose: str) -> URLSafeTimedSerializer:
    """Return what signs texts of one purpose with HMAC-SHA-256; no other purpose takes them."""
    how = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return URLSafeTimedSerializer(secret, purpose, signer=_SteadySigner, signer_kwargs=how)


class Seals:
    """Signs cookies and tokens, and verifies them."""

    def __init__(self, secret: bytes) -> None:
        self._sessions = _serializer(secret, "first start")
        self._tokens = _serializer(secret, "csrf")
        self._passwords = _serializer(secret, "password was right")

    def seal_session(self, session: FirstStartSession) -> str:
        """Return the cookie's text."""
        return str(self._sessions.dumps([session.csrf, session.stamp]))

    def read_session(self, text: str | None) -> FirstStartSession | None:
        """Return the session; `None` where the cookie is missing, forged or expired."""
        try:
            csrf, stamp = self._sessions.loads(text or "", max_age=SESSION_S)
        except BadSignature:
            return None
        return FirstStartSession(csrf, stamp)

    def seal_password(self, user: User) -> str:
        """Return a cookie's text which says that somebody's password was right."""
        return str(self._passwords.dumps([user.login, _stamp(user)]))

    def read_password(self, text: str, find_user: Callable[[str], User | None]) -> User | None:
        """Return whose password was right some minutes ago and is the same; else `None`."""
        try:
            login, stamp = self._passwords.loads(text, max_age=SECOND_STEP_S)
        except BadSignature:
            return None
        user = find_user(login)
        same = user is not None and hmac.compare_digest(stamp, _stamp(user))
        return user if same and user is not None and not user.disabled else None

    def new_token(self) -> str:
        """Return an anti-forgery token for a visitor without a session."""
        return str(self._tokens.dumps(secrets.token_urlsafe(12)))

    def genuine(self, token: str) -> bool:
        """Whether the token was signed here within the last session time."""
        try:
            self._tokens.loads(token, max_age=SESSION_S)
        except BadSignature:
            return False
        return True


def subscriber(address: str) -> str:
    """Return the rate-limit key of an address: for IPv6, its /64 network, one host's share."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return address if known.version == 4 else str(ip_network((known, 64), strict=False))


def require_same(sent: str, expected: str) -> None:
    """Raise `StalePageError` unless both tokens are equal and not empty."""
    if not expected or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise StalePageError


def _stamp(user: User) -> str:
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]
