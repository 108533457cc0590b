"""Reader of the whole audit log for verification, with rows that are no longer readable."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select

from data.model import Actor, ActorKind, Event
from data.store.database.engine import Tx
from data.store.database.functions import StoredBytes
from data.store.schema import event

AT_ONCE = 1_000
"""Rows read at a time."""


@dataclass(frozen=True, slots=True)
class UnreadableLine:
    """A row of the log that cannot be read any more, and why.

    `subject` and `hash` are what the row says, empty where even that cannot be read.
    """

    id: int
    reason: str
    subject: str
    hash: str


def read_audit_log(tx: Tx, after: int = 0) -> Iterator[Event | UnreadableLine]:
    """Yield all lines with a number above `after`, oldest first, as a stream."""
    # As bytes: the driver itself fails on a text that is not UTF-8.
    columns = [StoredBytes(one).label(one.name) for one in event.c if one is not event.c.id]
    query = select(event.c.id, *columns).where(event.c.id > after).order_by(event.c.id)
    return map(_line_of, tx.execution_options(yield_per=AT_ONCE).execute(query))


def _line_of(row: Row[Any]) -> Event | UnreadableLine:
    try:
        return Event(
            id=row.id,
            at=_moment(row.at),
            actor=Actor(_actor_kind(row.actor_kind), _text("actor", row.actor_id)),
            verb=_text("verb", row.verb),
            subject=_text("subject", row.subject),
            before=_values("before", row.before),
            after=_values("after", row.after),
            previous_hash=_text("previous hash", row.previous_hash),
            hash=_text("hash", row.hash),
        )
    except ValueError as error:
        subject, digest = (_rest(value) for value in (row.subject, row.hash))
        return UnreadableLine(row.id, str(error), subject, digest)


def _text(name: str, value: bytes | None) -> str:
    if value is None:
        raise ValueError(f"its {name} is missing")
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"its {name} is no text: {value!r}") from error


def _moment(value: bytes | None) -> datetime:
    text = _text("time", value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"its time is {text!r}") from error
    if moment.tzinfo is not None:
        raise ValueError(f"its time is {text!r}")
    return moment.replace(tzinfo=UTC)


def _actor_kind(value: bytes | None) -> ActorKind:
    text = _text("kind of actor", value)
    if text not in ActorKind:
        raise ValueError(f"its kind of actor is {text!r}")
    return ActorKind(text)


def _values(name: str, value: bytes | None) -> dict[str, object]:
    text = _text(f"{name!r}", value)
    try:
        values = json.loads(text)
        if "\\u" in text:  # half a surrogate pair is JSON, and yet no text that has a hash
            json.dumps(values, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its {name!r} is no JSON: {text!r}") from error
    if isinstance(values, dict):
        return values
    raise ValueError(f"its {name!r} is no JSON object: {text!r}")


def _rest(value: bytes | None) -> str:
    """Return what can be read of a column of a row that cannot."""
    return (value or b"").decode(errors="replace")
