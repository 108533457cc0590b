"""When each class's cycle began in a storm, as rows."""

from datetime import datetime

from sqlalchemy import func, insert, select

from data.model import ServiceClass, StormId
from data.store.database.engine import Tx
from data.store.schema import cycle


def add_cycle(
    tx: Tx, storm_id: StormId, service_class: ServiceClass, began_at: datetime, jobs: int
) -> None:
    """Note that a cycle of a class began, and for how many streets; the caller writes the event."""
    values = {
        "storm_id": storm_id,
        "service_class": service_class,
        "began_at": began_at,
        "jobs": jobs,
    }
    tx.execute(insert(cycle).values(**values))


def last_cycles(tx: Tx, storm_id: StormId) -> dict[ServiceClass, datetime]:
    """Return when the last cycle of each class began; the first ones began with the storm."""
    query = (
        select(cycle.c.service_class, func.max(cycle.c.began_at).label("began_at"))
        .where(cycle.c.storm_id == storm_id)
        .group_by(cycle.c.service_class)
    )
    return {ServiceClass(row.service_class): row.began_at for row in tx.execute(query)}
