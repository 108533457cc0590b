"""Last places of vehicles as boards show them, on PostgreSQL alone: shared by a city's servers."""

from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from data.model import LastPlace, VehicleId
from data.store.database.engine import Tx
from data.store.database.records import records, row_of
from data.store.schema import last_place


def save_last_places(tx: Tx, places: Iterable[LastPlace]) -> None:
    """Store places; an older one replaces none.

    In the order of vehicles, since two servers that lock rows in two orders would wait for ever.
    """
    rows = [row_of(one, last_place) for one in sorted(places, key=lambda one: one.vehicle_id)]
    if not rows:
        return
    new = insert(last_place)
    names = [column.name for column in last_place.columns if not column.primary_key]
    newer = new.on_conflict_do_update(
        index_elements=["vehicle_id"],
        set_={name: new.excluded[name] for name in names},
        where=last_place.c.fixed_at <= new.excluded.fixed_at,
    )
    tx.execute(newer, rows)


def list_last_places(tx: Tx, vehicles: Collection[VehicleId] | None = None) -> list[LastPlace]:
    """Return the places of some vehicles or of all; none on SQLite."""
    if tx.dialect.name != "postgresql":
        return []
    query = select(last_place)
    if vehicles is not None:
        query = query.where(last_place.c.vehicle_id.in_(vehicles))
    return records(LastPlace, tx.execute(query))
