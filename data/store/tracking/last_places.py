"""Last places of vehicles as boards show them, on PostgreSQL alone: shared by a city's servers."""

import json
from collections.abc import Collection, Iterable

from sqlalchemy import select

from data.model import LastPlace, VehicleId
from data.store.database.engine import Tx
from data.store.database.functions import json_rows
from data.store.database.records import records
from data.store.schema import last_place
from data.store.schema.base import text_of_moment

_COLUMNS = tuple(column.name for column in last_place.columns)
_NAMES = ", ".join(_COLUMNS)
_NEWER = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "vehicle_id")
_SAVE = f"""
    INSERT INTO last_place ({_NAMES}) SELECT {_NAMES} FROM {json_rows(last_place, _COLUMNS)}
    ON CONFLICT (vehicle_id) DO UPDATE SET {_NEWER}
    WHERE last_place.fixed_at <= excluded.fixed_at
"""  # noqa: S608 - columns of ours


def save_last_places(tx: Tx, places: Iterable[LastPlace]) -> None:
    """Store places; an older one replaces none.

    In the order of vehicles, since two servers that lock rows in two orders would wait for ever.
    """
    rows = [_named(one) for one in sorted(places, key=lambda one: one.vehicle_id)]
    if rows:
        tx.exec_driver_sql(_SAVE, (json.dumps(rows),))


def _named(one: LastPlace) -> dict[str, object]:
    """Return a place by column, for a JSON document."""
    return {
        "vehicle_id": one.vehicle_id,
        "fixed_at": text_of_moment(one.fixed_at),
        "lon": one.location.lon,
        "lat": one.location.lat,
        "heading_deg": one.heading_deg,
        "speed_mps": one.speed_mps,
        "state": one.state,
        "blade": one.blade,
    }


def list_last_places(tx: Tx, vehicles: Collection[VehicleId] | None = None) -> list[LastPlace]:
    """Return the places of some vehicles or of all; none on SQLite."""
    if tx.dialect.name != "postgresql":
        return []
    query = select(last_place)
    if vehicles is not None:
        query = query.where(last_place.c.vehicle_id.in_(vehicles))
    return records(LastPlace, tx.execute(query))
