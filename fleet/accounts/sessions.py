"""Sessions: who is signed in where, and how that ends.

Times of sessions are those of the real clock, also where a city's clock is set for an exercise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import NotFoundError
from data.model import Actor, Session, SessionId, SignInMethod, User, UserId
from data.store.accounts.accounts import get_user
from data.store.accounts.sessions import (
    add_session,
    find_session_and_user,
    get_session,
    list_sessions,
    remove_expired_sessions,
    remove_session,
    remove_sessions,
    set_used_at,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx

NOTED_EVERY = timedelta(minutes=5)
"""How exactly it is known when a session was used last."""

BROWSER_LETTERS = 200


@dataclass(frozen=True, slots=True)
class SessionOrigin:
    """From where somebody signs in: method, network address and what the browser calls itself.

    `former` is the session that this browser had until now, `begun_from` the one at the province
    with whose ticket it enters a city.
    """

    method: SignInMethod
    address: str
    browser: str
    former: SessionId | None = None
    begun_from: SessionId | None = None


def begin_session(
    tx: Tx, user: User, digest: str, origin: SessionOrigin, now: datetime, lasts: timedelta
) -> Session:
    """Add a session of somebody, known by the digest of its secret text; the former one ends.

    One that begins from another lasts no longer than that.
    """
    remove_expired_sessions(tx, now)
    if origin.former is not None:
        remove_session(tx, origin.former)
    values: dict[str, object] = {
        "digest": digest,
        "user_id": user.id,
        "method": origin.method,
        "begun_at": now,
        "used_at": now,
        "expires_at": now + lasts,
        "begun_from": origin.begun_from,
        "address": origin.address,
        "browser": origin.browser[:BROWSER_LETTERS],
    }
    if origin.begun_from is not None:
        values["expires_at"] = min(now + lasts, get_session(tx, origin.begun_from).expires_at)
    return add_session(tx, values)


def find_signed_in(tx: Tx, digest: str, now: datetime) -> tuple[Session, User] | None:
    """Return a session and its user, unless it has ended or the user is shut out."""
    found = find_session_and_user(tx, digest)
    if found is None:
        return None
    session, user = found
    return None if session.expires_at <= now or user.disabled else found


def note_use(tx: Tx, session: Session, now: datetime) -> None:
    """Write down that a session is used."""
    set_used_at(tx, session.id, now)


def own_sessions(tx: Tx, user_id: UserId, now: datetime) -> list[Session]:
    """Return the sessions of a user that are not over, the one used last first."""
    return [one for one in list_sessions(tx, user_id) if one.expires_at > now]


def find_own_session(tx: Tx, user: User, session_id: SessionId) -> Session:
    """Return a session of a user; raise `NotFoundError` for one of somebody else."""
    found = next((one for one in list_sessions(tx, user.id) if one.id == session_id), None)
    if found is None:
        raise NotFoundError("session", session_id)
    return found


def end_session(tx: Tx, user: User, session_id: SessionId) -> None:
    """End one session of a user; raise `NotFoundError` for one of somebody else."""
    remove_session(tx, find_own_session(tx, user, session_id).id)


def end_session_of_city(tx: Tx, digest: str) -> User | None:
    """End at the province the session of a city with this digest, and the one that it began from.

    Returns who is signed out at the province by that, `None` where it began from none.
    """
    found = find_session_and_user(tx, digest)
    if found is None:
        return None
    session, user = found
    remove_session(tx, session.begun_from or session.id)
    return user if session.begun_from is not None else None


def end_sessions(tx: Tx, actor: Actor, user_id: UserId, now: datetime) -> int:
    """End all sessions of a user; return how many."""
    user = get_user(tx, user_id)
    ended = remove_sessions(tx, user.id)
    after = {"sessions": ended}
    add_event(tx, now, actor, "user.sessions_ended", f"user:{user.id}", after=after)
    return ended
