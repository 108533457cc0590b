"""Orders of streets that drivers prefer to those of plans, as rows."""

from collections.abc import Collection

from sqlalchemy import insert, select, update

from data.model.ids import OrderPreferenceId
from data.model.machines import LimitState
from data.model.planning.street_orders import OrderPreference
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import order_preference


def add_preference(tx: Tx, new: OrderPreference) -> OrderPreference:
    """Add a preference; its id is ignored, the database gives a new one."""
    values = row_of(new, order_preference)
    added = tx.execute(insert(order_preference).values(values).returning(order_preference))
    return only_record(OrderPreference, added)


def get_preference(tx: Tx, preference_id: OrderPreferenceId) -> OrderPreference:
    """Return the preference."""
    query = select(order_preference).where(order_preference.c.id == preference_id)
    return get_record(OrderPreference, tx.execute(query), "order preference", preference_id)


def list_preferences(tx: Tx, states: Collection[LimitState]) -> list[OrderPreference]:
    """Return the preferences in some states, oldest first."""
    query = select(order_preference).where(order_preference.c.state.in_(states))
    return records(OrderPreference, tx.execute(query.order_by(order_preference.c.id)))


def save_preference(tx: Tx, preference: OrderPreference) -> None:
    """Store what became of a preference; the caller writes the event."""
    change = update(order_preference).where(order_preference.c.id == preference.id)
    tx.execute(change.values(row_of(preference, order_preference)))
