"""Who is told of a street, as rows."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update

from data.model.ids import StreetWatchId
from data.model.requests.street_watches import StreetWatch
from data.store.database.engine import Tx
from data.store.database.records import first_record, only_record, records, row_of
from data.store.requests.owed_rewrites import owe_rewrites
from data.store.schema import street_watch


def add_watch(tx: Tx, new: StreetWatch) -> StreetWatch:
    """Add a subscription; its id is ignored, the database gives a new one."""
    row = insert(street_watch).values(row_of(new, street_watch)).returning(street_watch)
    return only_record(StreetWatch, tx.execute(row))


def find_watch(tx: Tx, code: str) -> StreetWatch | None:
    """Return the subscription of a code."""
    query = select(street_watch).where(street_watch.c.code == code)
    return first_record(StreetWatch, tx.execute(query))


def list_watches_of(tx: Tx, number: str, email: str) -> list[StreetWatch]:
    """Return the subscriptions of a person, by a number in plain digits or an address."""
    same = (street_watch.c.number == number) & (number != "")
    query = select(street_watch).where(or_(same, (street_watch.c.email == email) & (email != "")))
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


def remove_watches_of(tx: Tx, number: str) -> int:
    """Remove all subscriptions of a number in plain digits; return how many."""
    return tx.execute(delete(street_watch).where(street_watch.c.number == number)).rowcount


def remove_old_watches(tx: Tx, before: datetime, every_before: datetime) -> int:
    """Remove subscriptions of one storm made before a moment, and old ones of every storm."""
    one_storm = ~street_watch.c.every_storm & (street_watch.c.made_at < before)
    every = street_watch.c.every_storm & (street_watch.c.made_at < every_before)
    return tx.execute(delete(street_watch).where(or_(one_storm, every))).rowcount


def count_watch_messages(tx: Tx, number: str, email: str, since: datetime) -> int:
    """Return how many messages about streets went to a person in the day since then."""
    mine = [one for one in list_watches_of(tx, number, email) if one.day_at and one.day_at > since]
    return sum(one.told for one in mine)


def count_watch_sms(tx: Tx, since: datetime) -> int:
    """Return how many messages about streets went to people with a phone in the day since then."""
    query = select(func.coalesce(func.sum(street_watch.c.told), 0)).where(
        street_watch.c.phone != "", street_watch.c.day_at > since
    )
    return int(tx.execute(query).scalar_one())
