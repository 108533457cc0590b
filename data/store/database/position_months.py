"""Partitions of positions on PostgreSQL: one each month, made before its first fix is stored."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import text

from data.store.database.engine import Tx
from data.store.schema.tracking import FIRST_MONTH

_MISSING = text("""
    SELECT month FROM unnest(CAST(:months AS date[])) month
    WHERE to_regclass('position_' || to_char(month, 'YYYY_MM')) IS NULL
    AND EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = 'position'::regclass)
    ORDER BY month
""")


def make_months(tx: Tx, moments: Iterable[datetime]) -> None:
    """Make the partitions that fixes of these times belong into, where they are missing.

    A city that came to PostgreSQL before there were partitions goes on with one table.
    """
    if tx.dialect.name != "postgresql":
        return
    months = {one.astimezone(UTC).date().replace(day=1) for one in moments}
    later = sorted(month for month in months if month >= date.fromisoformat(FIRST_MONTH))
    for month in tx.scalars(_MISSING, {"months": later}).all():
        _make(tx, month)


def _make(tx: Tx, month: date) -> None:
    """Make a table and attach it: unlike a partition made at once, that waits for no reader."""
    name, after = f"position_{month:%Y_%m}", _next(month)
    tx.exec_driver_sql(f"CREATE TABLE {name} (LIKE position INCLUDING DEFAULTS)")
    tx.exec_driver_sql(
        f"ALTER TABLE position ATTACH PARTITION {name} FOR VALUES FROM ('{month}') TO ('{after}')"
    )


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
