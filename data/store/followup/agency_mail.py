"""Letters to other bodies as rows: one for each request that was handed over by message."""

from collections.abc import Collection
from datetime import datetime
from itertools import batched

from sqlalchemy import insert, select, update

from data.model import BodyLetter, HandOverId, NoticeState
from data.store.database.engine import Tx
from data.store.database.records import records
from data.store.schema import body_letter

AT_ONCE = 500
"""Ids in one question to the database."""


def add_body_letter(tx: Tx, hand_over_id: HandOverId, now: datetime) -> None:
    """Write down that a letter is to go out, due at once."""
    new = {"hand_over_id": hand_over_id, "state": NoticeState.WAITING, "due_at": now, "tries": 0}
    tx.execute(insert(body_letter).values(new))


def find_body_letter(tx: Tx, hand_over_id: HandOverId) -> BodyLetter | None:
    """Return the letter of a hand-over; `None` where it went by paper."""
    return list_body_letters(tx, [hand_over_id]).get(hand_over_id)


def list_body_letters(
    tx: Tx, hand_over_ids: Collection[HandOverId]
) -> dict[HandOverId, BodyLetter]:
    """Return the letters of these hand-overs that have one."""
    found: dict[HandOverId, BodyLetter] = {}
    for ids in batched(sorted(hand_over_ids), AT_ONCE, strict=False):
        query = select(body_letter).where(body_letter.c.hand_over_id.in_(ids))
        found |= {one.hand_over_id: one for one in records(BodyLetter, tx.execute(query))}
    return found


def list_due_body_letters(tx: Tx, now: datetime, limit: int) -> list[BodyLetter]:
    """Return the letters that may go out, longest waiting first."""
    query = select(body_letter).where(
        body_letter.c.state == NoticeState.WAITING, body_letter.c.due_at <= now
    )
    rows = tx.execute(query.order_by(body_letter.c.due_at, body_letter.c.hand_over_id).limit(limit))
    return records(BodyLetter, rows)


def list_body_letters_in(tx: Tx, state: NoticeState) -> list[BodyLetter]:
    """Return the letters in a state."""
    query = select(body_letter).where(body_letter.c.state == state)
    return records(BodyLetter, tx.execute(query.order_by(body_letter.c.hand_over_id)))


def save_body_letter(tx: Tx, letter: BodyLetter) -> None:
    """Write a letter's present state over the old one."""
    change = update(body_letter).where(body_letter.c.hand_over_id == letter.hand_over_id)
    tx.execute(
        change.values(
            state=letter.state, due_at=letter.due_at, tries=letter.tries, told_at=letter.told_at
        )
    )
