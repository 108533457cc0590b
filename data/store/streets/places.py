"""House numbers and points of interest as rows."""

from collections.abc import Collection, Iterable
from itertools import batched

from sqlalchemy import delete, insert, select

from data.model import Place
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import place

AT_ONCE = 500
"""Names in one question to the database."""


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


def list_houses(tx: Tx, streets: Collection[str]) -> list[Place]:
    """Return the house numbers of streets, by the names that the file gives with them."""
    found: list[Place] = []
    for names in batched(streets, AT_ONCE, strict=False):
        query = select(place).where(place.c.street.in_(names), place.c.number != "")
        found += records(Place, tx.execute(query.order_by(place.c.id)))
    return found
