"""What a copy of a city's tables says of itself."""

from collections.abc import Iterable
from typing import NamedTuple


class DatabaseFacts(NamedTuple):
    """The row of the city, which changes whenever streets, policy or fleet do; revision; receipt.

    `city` is empty in the database of a province. `receipt` is number and hash of the last line of
    the audit log (NUMBER:HASH), "" without any.
    """

    city: tuple[object, ...]
    revision: str
    receipt: str


CITY_QUERY = "SELECT * FROM city"
REVISION_QUERY = "SELECT version_num FROM alembic_version"
LAST_LINE_QUERY = "SELECT id, hash FROM event ORDER BY id DESC LIMIT 1"


def receipt_text(last: tuple[object, object] | None) -> str:
    """Return the receipt for the last line of the audit log."""
    return "" if last is None else f"{last[0]}:{last[1]}"


def city_row(row: Iterable[object] | None) -> tuple[object, ...]:
    """Return the row of the city, () without one."""
    return () if row is None else tuple(row)
