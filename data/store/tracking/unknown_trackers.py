"""Senders without a registered tracker, as rows of a bounded list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from data.model import UnknownTracker
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import stranger

MOST = 100
"""Strangers listed."""

MOST_OF_ADDRESS = 10
"""Strangers listed of one address."""

KEPT = timedelta(days=7)
"""Who was not heard for so long is forgotten."""


def note_unknown_trackers(tx: Tx, seen: Iterable[UnknownTracker], now: datetime) -> None:
    """Store contacts of unknown senders, then drop old ones and those beyond the limit.

    Of too many those go first that came least often.
    """
    new = insert(stranger)
    more = new.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "door": new.excluded.door,
            "fault": new.excluded.fault,
            "address": new.excluded.address,
            "last_at": new.excluded.last_at,
            "times": stranger.c.times + new.excluded.times,
            "lon": func.coalesce(new.excluded.lon, stranger.c.lon),
            "lat": func.coalesce(new.excluded.lat, stranger.c.lat),
        },
    )
    rows = [row_of(one, stranger) for one in seen]
    if rows:
        tx.execute(more, rows)
    tx.execute(delete(stranger).where(stranger.c.last_at < now - KEPT))
    worth = (stranger.c.times.desc(), stranger.c.last_at.desc())
    place = func.row_number().over(partition_by=stranger.c.address, order_by=worth)
    ranked = select(stranger.c.name, place.label("place")).subquery()
    crowd = select(ranked.c.name).where(ranked.c.place > MOST_OF_ADDRESS)
    tx.execute(delete(stranger).where(stranger.c.name.in_(crowd)))
    kept = select(stranger.c.name).order_by(*worth).limit(MOST)
    tx.execute(delete(stranger).where(stranger.c.name.not_in(kept)))


def list_unknown_trackers(tx: Tx) -> list[UnknownTracker]:
    """Return the unknown senders, the latest first."""
    return records(UnknownTracker, tx.execute(select(stranger).order_by(stranger.c.last_at.desc())))


def forget_unknown_tracker(tx: Tx, name: str) -> bool:
    """Remove a sender from the list; return whether it was there."""
    return tx.execute(delete(stranger).where(stranger.c.name == name)).rowcount > 0
