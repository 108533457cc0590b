"""Districts as rows."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from data.model import District
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import district


def save_districts(tx: Tx, districts: Iterable[District]) -> None:
    """Replace all districts."""
    tx.execute(delete(district))
    rows = [row_of(each, district) for each in districts]
    if rows:
        tx.execute(insert(district), rows)


def list_districts(tx: Tx) -> list[District]:
    """Return every district, in the order they were saved."""
    return records(District, tx.execute(select(district).order_by(district.c.id)))
