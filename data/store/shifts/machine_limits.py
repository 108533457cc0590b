"""Streets and turns that are impossible for types of machines, as rows."""

from collections.abc import Collection

from sqlalchemy import insert, select, update

from data.model import BlockageId
from data.model.ids import MachineLimitId
from data.model.machines import LimitState, MachineLimit
from data.store.database.engine import Tx
from data.store.database.records import get_record, only_record, records, row_of
from data.store.schema import machine_limit


def add_limit(tx: Tx, new: MachineLimit) -> MachineLimit:
    """Add a limit; its id is ignored, the database gives a new one."""
    added = insert(machine_limit).values(row_of(new, machine_limit)).returning(machine_limit)
    return only_record(MachineLimit, tx.execute(added))


def get_limit(tx: Tx, limit_id: MachineLimitId) -> MachineLimit:
    """Return the limit."""
    return get_record(
        MachineLimit,
        tx.execute(select(machine_limit).where(machine_limit.c.id == limit_id)),
        "machine limit",
        limit_id,
    )


def list_limits(tx: Tx, states: Collection[LimitState]) -> list[MachineLimit]:
    """Return the limits in some states, oldest first."""
    query = select(machine_limit).where(machine_limit.c.state.in_(states))
    return records(MachineLimit, tx.execute(query.order_by(machine_limit.c.id)))


def list_limits_of_report(tx: Tx, blockage_id: BlockageId) -> list[MachineLimit]:
    """Return what was proposed by a report."""
    query = select(machine_limit).where(machine_limit.c.blockage_id == blockage_id)
    return records(MachineLimit, tx.execute(query))


def save_limit(tx: Tx, limit: MachineLimit) -> None:
    """Store what became of a limit; the caller writes the event."""
    change = update(machine_limit).where(machine_limit.c.id == limit.id)
    tx.execute(change.values(row_of(limit, machine_limit)))
