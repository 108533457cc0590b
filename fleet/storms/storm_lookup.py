"""Look-up of a storm: the named one, the active one, else the newest."""

from data.errors import ConflictError
from data.model import Storm, StormId
from data.store.database.engine import Tx
from data.store.storms.storms import (
    find_active_storm,
    get_storm,
    list_all_storms,
    list_coming_storms,
    list_storms,
)


def known_storm(tx: Tx, storm_id: StormId) -> Storm:
    """Return a storm; raise `NotFoundError`."""
    return get_storm(tx, storm_id)


def wanted_storm(tx: Tx, storm_id: StormId | None = None) -> Storm | None:
    """Return the named storm, else the active one, if any."""
    return find_active_storm(tx) if storm_id is None else get_storm(tx, storm_id)


def active_storm(tx: Tx) -> Storm:
    """Return the active storm; raise `ConflictError` where there is none."""
    storm = find_active_storm(tx)
    if storm is None:
        raise ConflictError("no storm is active", reason="no_storm")
    return storm


def shown_storm(tx: Tx, storm_id: StormId | None = None, *, coming: bool = False) -> Storm | None:
    """Return the storm of a page: the named or active one, else the newest.

    Storms that have not begun count where `coming` says so.
    """
    return wanted_storm(tx, storm_id) or next(iter(listed_storms(tx, coming=coming)), None)


def storm_to_meet(tx: Tx) -> Storm | None:
    """Return the storm that machines are called out for: the active one, else the next one."""
    return find_active_storm(tx) or next(iter(list_coming_storms(tx)), None)


def listed_storms(tx: Tx, *, coming: bool = False) -> list[Storm]:
    """Return the storms that have begun, the last first; with `coming` all others too."""
    return list_all_storms(tx) if coming else list_storms(tx)
