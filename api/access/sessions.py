"""Sessions of browsers: a cookie holds a random text, the database its digest."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from api.access.auth import SESSION_S, WALL_S
from api.access.sign_in_accounts import CityInProvince
from data.model import Role, Session, SessionId, User
from data.store.database.engine import Database, DatabaseUnavailable, Tx, reading, transaction
from fleet.accounts.accounts import token_digest
from fleet.accounts.sessions import (
    NOTED_EVERY,
    SessionOrigin,
    begin_session,
    find_own_session,
    find_signed_in,
    note_use,
)

TEXT_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A signed-in browser: its session, its user, and the anti-forgery token of its pages."""

    session: Session
    user: User
    csrf: str


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """What a new session puts into cookies, and for how long."""

    text: str
    lasts_s: int

    @property
    def csrf(self) -> str:
        """The anti-forgery token, which follows from the text."""
        return csrf_of(self.text)


class Sessions:
    """The sessions of a city, in its database; `now` is the real time.

    All that a request needs of sessions goes through here. A session of somebody of the province
    has a row there as well: it goes on only as long as both do.
    """

    province: CityInProvince | None = None

    def __init__(
        self, engine: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self.now = now

    def new_cookie(self, user: User, origin: SessionOrigin) -> SessionCookie:
        """Return what a new session of somebody puts into cookies, who has proved who they are.

        One of somebody of the province begins there at once, hence before the transaction of
        `begin`: waiting for the province inside would keep all others in the city from writing.
        """
        cookie = SessionCookie(secrets.token_urlsafe(TEXT_BYTES), session_s(user))
        if user.of_province and self.province is not None:
            digest, lasts = token_digest(cookie.text), timedelta(seconds=cookie.lasts_s)
            self.province.begin_session(user.login, in_province(digest), origin, lasts)
        return cookie

    def begin(self, tx: Tx, user: User, origin: SessionOrigin, cookie: SessionCookie) -> None:
        """Begin the session of a new cookie."""
        lasts = timedelta(seconds=cookie.lasts_s)
        here = replace(origin, begun_from=None)  # that one is a row of the province
        begin_session(tx, user, token_digest(cookie.text), here, self.now(), lasts)

    def end_at_province(self, user: User, session_id: SessionId) -> None:
        """End what the province keeps of a session that is to end in the city.

        Before the transaction that ends it there, as in `new_cookie`. Raises `NotFoundError` for
        one of somebody else.
        """
        if self.province is None:
            return
        with reading(self._engine) as tx:
            session = find_own_session(tx, user, session_id)
        self.province.end_session(in_province(session.digest))

    def find(self, text: str) -> SignedIn | None:
        """Return who is signed in by this text of a cookie, or `None`."""
        if not text:
            return None
        now = self.now()
        with reading(self._engine) as tx:
            found = find_signed_in(tx, token_digest(text), now)
        if found is None:
            return None
        session, user = found
        if now - session.begun_at > timedelta(seconds=session_s(user)):
            return None  # of a wall display that has become somebody's account
        if user.of_province:
            digest = in_province(session.digest)
            confirmed = self.province.confirmed(user, digest) if self.province else None
            if confirmed is None:
                return None
            user = confirmed
        if now - session.used_at > NOTED_EVERY:
            self._note_use(session, now)
        return SignedIn(session, user, csrf_of(text))

    def _note_use(self, session: Session, now: datetime) -> None:
        try:
            with transaction(self._engine) as tx:
                note_use(tx, session, now)
        except DatabaseUnavailable:
            return  # the next request writes it down


def session_s(user: User) -> int:
    """Return the length of a user's session in seconds; half a year for wall displays."""
    return WALL_S if set(user.roles) == {Role.WALL} else SESSION_S


def in_province(digest: str) -> str:
    """Return what the province keeps of a city's session with this digest.

    It signs nobody in there: no digest of a cookie looks like it.
    """
    return f"city {digest}"


def csrf_of(text: str) -> str:
    """Return the anti-forgery token of a session, which does not betray its text."""
    return token_digest(f"csrf {text}")
