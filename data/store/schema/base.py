"""What all tables share: one metadata, one type for times, ids."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive values, stores UTC, returns aware (SQLite would drop the zone)."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to naive UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware time, got {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def text_of_moment(moment: datetime) -> str:
    """Return a moment as `UtcDateTime` stores it, for rows that go to the driver as they are."""
    if moment.tzinfo is None:
        raise ValueError(f"expected an aware time, got {moment!r}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


Whole = BigInteger().with_variant(Integer, "sqlite")
"""A whole number of up to 8 bytes, as ids of OpenStreetMap need."""

metadata = MetaData()


def new_id() -> Column[int]:
    """Return the column of an id that the database numbers."""
    return Column("id", Whole, primary_key=True, autoincrement=True)
