"""Senders without a registered tracker, as rows of a bounded list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.model import UnknownTracker
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import unknown_tracker

MOST = 100
"""Unknown trackers listed."""

MOST_OF_ADDRESS = 10
"""Unknown trackers listed of one address."""

KEPT = timedelta(days=7)
"""Who was not heard for so long is forgotten."""


def note_unknown_trackers(tx: Tx, seen: Iterable[UnknownTracker], now: datetime) -> None:
    """Store contacts of unknown senders, then drop old ones and those beyond the limit.

    Of too many those go first that came least often.
    """
    new = insert(unknown_tracker)
    more = new.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "protocol": new.excluded.protocol,
            "fault": new.excluded.fault,
            "address": new.excluded.address,
            "last_at": new.excluded.last_at,
            "times": unknown_tracker.c.times + new.excluded.times,
            "lon": func.coalesce(new.excluded.lon, unknown_tracker.c.lon),
            "lat": func.coalesce(new.excluded.lat, unknown_tracker.c.lat),
        },
    )
    rows = [row_of(one, unknown_tracker) for one in seen]
    if rows:
        tx.execute(more, rows)
    tx.execute(delete(unknown_tracker).where(unknown_tracker.c.last_at < now - KEPT))
    worth = (unknown_tracker.c.times.desc(), unknown_tracker.c.last_at.desc())
    place = func.row_number().over(partition_by=unknown_tracker.c.address, order_by=worth)
    ranked = select(unknown_tracker.c.name, place.label("place")).subquery()
    crowd = select(ranked.c.name).where(ranked.c.place > MOST_OF_ADDRESS)
    tx.execute(delete(unknown_tracker).where(unknown_tracker.c.name.in_(crowd)))
    kept = select(unknown_tracker.c.name).order_by(*worth).limit(MOST)
    tx.execute(delete(unknown_tracker).where(unknown_tracker.c.name.not_in(kept)))


def list_unknown_trackers(tx: Tx) -> list[UnknownTracker]:
    """Return the unknown senders, the latest first."""
    return records(
        UnknownTracker,
        tx.execute(select(unknown_tracker).order_by(unknown_tracker.c.last_at.desc())),
    )


def forget_unknown_tracker(tx: Tx, name: str) -> bool:
    """Remove a sender from the list; return whether it was there."""
    return tx.execute(delete(unknown_tracker).where(unknown_tracker.c.name == name)).rowcount > 0
