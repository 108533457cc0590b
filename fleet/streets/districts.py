"""Districts for lists and choices on pages."""

from data.model import District
from data.store.database.engine import Tx
from data.store.streets.districts import list_districts


def all_districts(tx: Tx) -> list[District]:
    """Return the districts of the city."""
    return list_districts(tx)
