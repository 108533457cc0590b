"""How much of each day's quota photos have taken, counted for all servers of a city."""

from datetime import date

from sqlalchemy import case
from sqlalchemy.dialects.postgresql import insert

from data.store.database.engine import Tx
from data.store.schema import photo_quota


def take_quota(tx: Tx, source: str, day: date, many_bytes: int, most_bytes: int) -> bool:
    """Count bytes of a source on a day unless they are more than it may store; return whether."""
    if many_bytes > most_bytes:
        return False
    new = insert(photo_quota).values(source=source, day=day.isoformat(), stored_bytes=many_bytes)
    stored = case((photo_quota.c.day == new.excluded.day, photo_quota.c.stored_bytes), else_=0)
    counted = stored + new.excluded.stored_bytes
    taken = new.on_conflict_do_update(
        index_elements=["source"],
        set_={"day": new.excluded.day, "stored_bytes": counted},
        where=counted <= most_bytes,
    ).returning(photo_quota.c.source)
    return tx.execute(taken).first() is not None
