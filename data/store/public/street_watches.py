"""Who is told of a street, as rows."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, delete, false, func, insert, or_, select, update

from data.model.ids import StreetWatchId
from data.model.requests.street_watches import StreetWatch
from data.store.database.engine import Tx
from data.store.database.records import first_record, only_record, records, row_of
from data.store.requests.owed_rewrites import owe_rewrites
from data.store.schema import ended_watch, street_watch


class EndedWatch(NamedTuple):
    """Messages of a subscription that ended, sent since `day_at`; `reader` is a digest."""

    reader: str
    by_phone: bool
    day_at: datetime
    told: int


def add_watch(tx: Tx, new: StreetWatch) -> StreetWatch:
    """Add a subscription; its id is ignored, the database gives a new one."""
    row = insert(street_watch).values(row_of(new, street_watch)).returning(street_watch)
    return only_record(StreetWatch, tx.execute(row))


def find_watch(tx: Tx, code: str) -> StreetWatch | None:
    """Return the subscription of a code."""
    query = select(street_watch).where(street_watch.c.code == code)
    return first_record(StreetWatch, tx.execute(query))


def list_watches_of(tx: Tx, number: str, email: str, endpoint: str = "") -> list[StreetWatch]:
    """Return the subscriptions of a person, by number in plain digits, address or browser."""
    given = {
        street_watch.c.number: number,
        street_watch.c.email: email,
        street_watch.c.endpoint: endpoint,
    }
    same = (column == value for column, value in given.items() if value)
    query = select(street_watch).where(or_(false(), *same))
    return records(StreetWatch, tx.execute(query.order_by(street_watch.c.id)))


def list_watches_due(tx: Tx, now: datetime, most: int) -> list[StreetWatch]:
    """Return the subscriptions that are to be looked at, longest waiting first."""
    query = select(street_watch).where(street_watch.c.look_at <= now)
    return records(
        StreetWatch,
        tx.execute(query.order_by(street_watch.c.look_at, street_watch.c.id).limit(most)),
    )


def set_watch(tx: Tx, watch_id: StreetWatchId, values: Mapping[str, object]) -> None:
    """Write columns of a subscription."""
    tx.execute(update(street_watch).where(street_watch.c.id == watch_id).values(**values))


def remove_watch(tx: Tx, watch_id: StreetWatchId) -> None:
    """Remove a subscription with number and address, to be overwritten in the files too."""
    tx.execute(delete(street_watch).where(street_watch.c.id == watch_id))
    owe_rewrites(tx, [street_watch])


def add_ended_watch(tx: Tx, ended: EndedWatch) -> None:
    """Keep what an ended subscription has used up."""
    tx.execute(insert(ended_watch).values(ended._asdict()))


def remove_ended_watches(tx: Tx, before: datetime) -> None:
    """Forget what subscriptions used up whose day began before a moment."""
    tx.execute(delete(ended_watch).where(ended_watch.c.day_at < before))


def count_watches_of(tx: Tx, numbers: Collection[str], emails: Collection[str]) -> int:
    """Return how many subscriptions are of these numbers in plain digits, or these addresses."""
    query = select(func.count()).where(_is_of(numbers, emails))
    return int(tx.execute(query).scalar_one())


def remove_watches_of(tx: Tx, numbers: Collection[str], emails: Collection[str]) -> int:
    """Remove all subscriptions of numbers in plain digits, or of addresses; return how many."""
    return tx.execute(delete(street_watch).where(_is_of(numbers, emails))).rowcount


def _is_of(numbers: Collection[str], emails: Collection[str]) -> ColumnElement[bool]:
    """Return the condition of a person; addresses are the same however they are capitalized."""
    by_email = func.lower(street_watch.c.email).in_({one.lower() for one in emails if one})
    return or_(street_watch.c.number.in_({one for one in numbers if one}), by_email)


def remove_old_watches(tx: Tx, before: datetime, every_before: datetime) -> int:
    """Remove subscriptions of one storm made before a moment, and old ones of every storm."""
    one_storm = ~street_watch.c.every_storm & (street_watch.c.made_at < before)
    every = street_watch.c.every_storm & (street_watch.c.made_at < every_before)
    return tx.execute(delete(street_watch).where(or_(one_storm, every))).rowcount


def count_watch_messages(
    tx: Tx, number: str, email: str, since: datetime, endpoint: str = ""
) -> int:
    """Return how many messages about streets went to a person in the day since then."""
    mine = list_watches_of(tx, number, email, endpoint)
    return sum(one.told for one in mine if one.day_at and one.day_at > since)


def count_watch_sms(tx: Tx, since: datetime) -> int:
    """Return how many messages about streets went to people with a phone in the day since then."""
    by_phone = (street_watch.c.phone != "", street_watch.c.day_at > since)
    ended = (ended_watch.c.by_phone, ended_watch.c.day_at > since)
    return _sum(tx, street_watch.c.told, *by_phone) + _sum(tx, ended_watch.c.told, *ended)


def count_ended_messages(tx: Tx, readers: Collection[str], since: datetime) -> int:
    """Return how many messages went out in the day since then by subscriptions that ended."""
    theirs = (ended_watch.c.reader.in_(readers), ended_watch.c.day_at > since)
    return _sum(tx, ended_watch.c.told, *theirs)


def _sum(tx: Tx, told: Column[Any], *which: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.coalesce(func.sum(told), 0)).where(*which)).scalar_one())
