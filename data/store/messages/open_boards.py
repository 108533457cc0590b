"""Open boards as rows that expire by themselves, by the database's clock; on PostgreSQL alone.

Who removes rows of others leaves alone what somebody holds, so that nobody waits in a circle.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.model.messages import Presence
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.schema import open_board


def find_board(tx: Tx, login: str, tab: str) -> Presence | None:
    """Return a board, which no other transaction changes meanwhile."""
    row = tx.execute(select(open_board).where(_is(login, tab)).with_for_update()).first()
    return None if row is None else record(Presence, row, here=True)


def save_board(tx: Tx, tab: str, board: Presence, lease: timedelta) -> Presence:
    """Store what a board shows until its lease is over; a new one gets the next number as id."""
    new = insert(open_board).values(
        login=board.login,
        tab=tab,
        subject=board.subject,
        editing=board.editing,
        since=board.since,
        lease_until=func.localtimestamp() + lease,
    )
    changed = {name: new.excluded[name] for name in ("subject", "editing", "since", "lease_until")}
    saved = new.on_conflict_do_update(index_elements=["login", "tab"], set_=changed)
    return record(Presence, tx.execute(saved.returning(open_board)).one(), here=True)


def list_boards(tx: Tx) -> list[Presence]:
    """Return the boards whose lease lasts, in the order in which they came."""
    lasting = open_board.c.lease_until >= func.localtimestamp()
    rows = tx.execute(select(open_board).where(lasting).order_by(open_board.c.id))
    return [record(Presence, row, here=True) for row in rows]


def remove_board(tx: Tx, login: str, tab: str) -> list[Presence]:
    """Remove a board; return it as gone, if there was one."""
    return _removed(tx, _is(login, tab))


def remove_expired_boards(tx: Tx) -> list[Presence]:
    """Remove the boards whose lease is over; of several processes one alone returns each."""
    late = select(open_board.c.id).where(open_board.c.lease_until < func.localtimestamp())
    return _removed(tx, open_board.c.id.in_(late.with_for_update(skip_locked=True)))


def remove_boards_beyond(tx: Tx, most: int) -> list[Presence]:
    """Remove all boards but those that spoke last; return them."""
    last = open_board.c.lease_until.desc(), open_board.c.id.desc()
    others = select(open_board.c.id).order_by(*last).offset(most)
    return _removed(tx, open_board.c.id.in_(others.with_for_update(skip_locked=True)))


def _is(login: str, tab: str) -> ColumnElement[bool]:
    return (open_board.c.login == login) & (open_board.c.tab == tab)


def _removed(tx: Tx, which: ColumnElement[bool]) -> list[Presence]:
    rows = tx.execute(delete(open_board).where(which).returning(open_board))
    return [record(Presence, row, here=False) for row in rows]
