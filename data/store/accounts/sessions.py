"""Sessions of signed-in browsers as rows, by the digest of what their cookies hold."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from data.model import Session, SessionId, SignInMethod, User, UserId
from data.store.database.engine import Tx
from data.store.database.records import first_record, only_record, records
from data.store.schema import session, user


class _SignedIn(NamedTuple):
    session: Session
    user: User


_SIGNED_IN = (
    select(
        *(column.label(f"session_{column.name}") for column in session.c),
        *(column.label(f"user_{column.name}") for column in user.c),
    )
    .join_from(session, user)
    .where(session.c.digest == bindparam("digest"))
)


def add_session(tx: Tx, values: Mapping[str, object]) -> Session:
    """Add a session."""
    return only_record(Session, tx.execute(insert(session).values(**values).returning(session)))


def find_session_and_user(tx: Tx, digest: str) -> tuple[Session, User] | None:
    """Return the session with this digest and whose it is, one that is over too.

    Every request asks for it, hence one query.
    """
    found = first_record(_SignedIn, tx.execute(_SIGNED_IN, {"digest": digest}))
    return None if found is None else (found.session, found.user)


def get_session(tx: Tx, session_id: SessionId) -> Session:
    """Return a session by its number, one that is over too."""
    return only_record(Session, tx.execute(select(session).where(session.c.id == session_id)))


def list_sessions(tx: Tx, user_id: UserId) -> list[Session]:
    """Return the sessions of a user, the one used last first."""
    mine = select(session).where(session.c.user_id == user_id)
    return records(Session, tx.execute(mine.order_by(session.c.used_at.desc(), session.c.id)))


def session_counts(tx: Tx, now: datetime) -> Mapping[UserId, int]:
    """Return how many sessions each user has that are not over."""
    query = select(session.c.user_id, func.count()).where(session.c.expires_at > now)
    return {UserId(user_id): int(n) for user_id, n in tx.execute(query.group_by(session.c.user_id))}


def set_used_at(tx: Tx, session_id: SessionId, used_at: datetime) -> None:
    """Say when a session was used last."""
    tx.execute(update(session).where(session.c.id == session_id).values(used_at=used_at))


def move_sessions(tx: Tx, by: timedelta) -> None:
    """Move all times of all sessions, since the clock was set by as much."""
    for each in records(Session, tx.execute(select(session))):
        moved = {
            "begun_at": each.begun_at + by,
            "used_at": each.used_at + by,
            "expires_at": each.expires_at + by,
        }
        tx.execute(update(session).where(session.c.id == each.id).values(**moved))


def remove_session(tx: Tx, session_id: SessionId) -> None:
    """Forget a session, and those begun from it: their cookies are worth nothing from now on."""
    mine = (session.c.id == session_id) | (session.c.begun_from == session_id)
    tx.execute(delete(session).where(mine))


def remove_sessions(
    tx: Tx,
    user_id: UserId,
    keep: SessionId | None = None,
    method: SignInMethod | None = None,
) -> int:
    """Forget the sessions of a user but one, or those begun by one method; return how many."""
    wanted = session.c.user_id == user_id
    if keep is not None:
        wanted &= session.c.id != keep
    if method is not None:
        wanted &= session.c.method == method
    return tx.execute(delete(session).where(wanted)).rowcount


def remove_expired_sessions(tx: Tx, now: datetime) -> None:
    """Forget the sessions that are over."""
    tx.execute(delete(session).where(session.c.expires_at <= now))
