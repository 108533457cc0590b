"""What dispatchers ordered of trucks for the rest of a storm, as rows."""

from datetime import datetime

from sqlalchemy import insert, select, update

from data.model import OrderId, StandingOrder, StormId
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import standing_order


def add_order(tx: Tx, new: StandingOrder) -> StandingOrder:
    """Add an order; its id is ignored, the database gives a new one."""
    added = insert(standing_order).values(row_of(new, standing_order)).returning(standing_order)
    return only_record(StandingOrder, tx.execute(added))


def get_order(tx: Tx, order_id: OrderId) -> StandingOrder:
    """Return the order."""
    return get_record(
        StandingOrder,
        tx.execute(select(standing_order).where(standing_order.c.id == order_id)),
        "order",
        order_id,
    )


def list_orders(tx: Tx, storm_id: StormId) -> list[StandingOrder]:
    """Return the orders of a storm that hold, oldest first."""
    query = select(standing_order).where(
        standing_order.c.storm_id == storm_id, standing_order.c.lifted_at.is_(None)
    )
    return records(StandingOrder, tx.execute(query.order_by(standing_order.c.id)))


def set_order_lifted(tx: Tx, order_id: OrderId, lifted_at: datetime, lifted_by: str) -> None:
    """Say since when an order does not hold any more; the caller checked that it did."""
    change = update(standing_order).where(standing_order.c.id == order_id)
    tx.execute(change.values(lifted_at=lifted_at, lifted_by=lifted_by))
