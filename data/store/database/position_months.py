"""Partitions of positions on PostgreSQL: one each month, made before its first fix is stored."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from data.store.database.engine import Tx
from data.store.schema.tracking import FIRST_MONTH

MISSING_MONTHS = """
    SELECT month FROM unnest(CAST(%s AS date[])) month
    WHERE to_regclass('position_' || to_char(month, 'YYYY_MM')) IS NULL
    AND EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = 'position'::regclass)
"""
"""Query for those of some months that have no partition yet; none where there are no partitions,
as in a city that came to PostgreSQL before them."""


def months_of(moments: Iterable[datetime]) -> list[date]:
    """Return the first days of the months that fixes of these times have a partition of."""
    months = {one.astimezone(UTC).date().replace(day=1) for one in moments}
    return sorted(month for month in months if month >= date.fromisoformat(FIRST_MONTH))


def make_months(tx: Tx, months: Sequence[date]) -> bool:
    """Make the partitions of months where they are missing; return whether any was."""
    missing = tx.exec_driver_sql(MISSING_MONTHS, ([*months],)).scalars().all()
    for month in sorted(missing):
        _make(tx, month)
    return bool(missing)


def _make(tx: Tx, month: date) -> None:
    """Make a table and attach it: unlike a partition made at once, that waits for no reader."""
    name, after = f"position_{month:%Y_%m}", _next(month)
    tx.exec_driver_sql(f"CREATE TABLE {name} (LIKE position INCLUDING DEFAULTS)")
    tx.exec_driver_sql(
        f"ALTER TABLE position ATTACH PARTITION {name} FOR VALUES FROM ('{month}') TO ('{after}')"
    )


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
