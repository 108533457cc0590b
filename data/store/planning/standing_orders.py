"""What dispatchers ordered of trucks for the rest of a storm, as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import OrderId, OrderKind, SegmentId, StandingOrder, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.schema import standing_order


def add_order(tx: Tx, new: StandingOrder) -> StandingOrder:
    """Add an order; its id is ignored, the database gives a new one."""
    values = {
        "storm_id": new.storm_id,
        "kind": new.kind,
        "vehicle_id": new.vehicle_id,
        "segment_id": new.segment_id,
        "added_at": new.added_at,
        "added_by": new.added_by,
    }
    added = insert(standing_order).values(**values).returning(standing_order)
    return _order(tx.execute(added).one())


def get_order(tx: Tx, order_id: OrderId) -> StandingOrder:
    """Return the order."""
    row = tx.execute(select(standing_order).where(standing_order.c.id == order_id)).first()
    if row is None:
        raise NotFoundError("order", order_id)
    return _order(row)


def list_orders(tx: Tx, storm_id: StormId) -> list[StandingOrder]:
    """Return the orders of a storm that hold, oldest first."""
    query = select(standing_order).where(
        standing_order.c.storm_id == storm_id, standing_order.c.lifted_at.is_(None)
    )
    return [_order(row) for row in tx.execute(query.order_by(standing_order.c.id))]


def set_order_lifted(tx: Tx, order_id: OrderId, lifted_at: datetime, lifted_by: str) -> None:
    """Say since when an order does not hold any more; the caller checked that it did."""
    change = update(standing_order).where(standing_order.c.id == order_id)
    tx.execute(change.values(lifted_at=lifted_at, lifted_by=lifted_by))


def _order(row: Row[Any]) -> StandingOrder:
    return StandingOrder(
        id=OrderId(row.id),
        storm_id=StormId(row.storm_id),
        kind=OrderKind(row.kind),
        vehicle_id=VehicleId(row.vehicle_id),
        segment_id=None if row.segment_id is None else SegmentId(row.segment_id),
        added_at=row.added_at,
        added_by=row.added_by,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
    )
