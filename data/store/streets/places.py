"""House numbers and points of interest as rows."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, insert, select

from data.model import Place
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import place


def save_places(tx: Tx, places: Iterable[Place]) -> None:
    """Replace all places."""
    tx.execute(delete(place))
    rows = [row_of(spot, place) for spot in places]
    if rows:
        tx.execute(insert(place), rows)


def list_places(tx: Tx, kinds: Collection[str] | None = None) -> list[Place]:
    """Return every place, or those of some kinds, in the order they were saved."""
    query = select(place).order_by(place.c.id)
    if kinds is not None:
        query = query.where(place.c.kind.in_(kinds))
    return records(Place, tx.execute(query))
