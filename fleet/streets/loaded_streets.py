"""Checks that the streets in memory are those of the database."""

from data.errors import ConflictError
from data.store.database.engine import Tx
from data.store.setup.city import get_city
from data.streets.network import StreetNetwork


def require_present(tx: Tx, network: StreetNetwork) -> None:
    """Raise `ConflictError` where a newer street file has replaced this network.

    Whoever stores a street's id calls it: for a second after a re-import, a server still holds the
    streets of before.
    """
    require_version(tx, network.version)


def require_version(tx: Tx, network_version: str) -> None:
    """Raise `ConflictError` unless the city has this version of its streets."""
    if get_city(tx).network_version != network_version:
        raise ConflictError("the streets have changed: load them again", reason="streets_changed")
