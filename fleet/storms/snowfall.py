"""Snowfall entries: added, corrected, withdrawn, and the due times of jobs that follow.

An entry is never changed or deleted: it holds or is withdrawn. So every change can be undone, and
undoing is a change too.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, Event, SnowEntry, SnowEntryId, SnowSource, Storm, StormId
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.database.engine import Tx
from data.store.storms.storm_conditions import (
    add_snow_entry,
    get_snow_entry,
    list_snow_entries,
    set_withdrawn,
)
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import get_storm, open_storm, set_snowfall
from data.streets.network import StreetNetwork
from fleet.storms.due_times import retime

BEFORE, AHEAD = timedelta(days=2), timedelta(days=3)
"""Entries lie so long before a storm at most, and so long after now: a forecast may be entered."""

MOST_MM = 5_000.0
MOST_ENTRIES = 1_000

VERBS = ("snow.added", "snow.corrected", "snow.withdrawn", "snow.undone")

NO_ENTRY = "a time that has no entry yet: correct the existing one"

NOT_YET = SnowEntryId(0)


@dataclass(frozen=True, slots=True)
class Fallen:
    """Snow fallen by a time, in all since the snowfall began."""

    at: datetime
    fallen_mm: float


def holding(entries: Iterable[SnowEntry]) -> list[SnowEntry]:
    """Return the entries that are not withdrawn, by time."""
    return sorted((one for one in entries if one.withdrawn_at is None), key=lambda one: one.at)


def add_snow(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    fallen: Sequence[Fallen],
    source: SnowSource,
    network: StreetNetwork,
    now: datetime,
) -> Storm:
    """Add snowfall by one or more times; what is known already is left out.

    Raises `InvalidError` where less would have fallen later than before, or a time has an entry.
    """
    storm = open_storm(tx, storm_id)
    entries = list_snow_entries(tx, storm_id)
    known = {one.at: one.fallen_mm for one in holding(entries)}
    new = [one for one in fallen if known.get(one.at) != one.fallen_mm]
    if not new:
        return storm
    for one in new:
        _check(storm, one, now)
        if one.at in known:
            raise InvalidError("at", one.at.isoformat(), NO_ENTRY)
    if len(entries) + len(new) > MOST_ENTRIES:
        need = Need("at most {count} entries", count=MOST_ENTRIES)
        raise InvalidError("entries", len(entries) + len(new), need)
    ids = [_add(tx, actor, storm_id, one, source, now) for one in new]
    return _changed(tx, actor, storm, _Change("snow.added", ids, ()), network, now)


def correct_snow(
    tx: Tx,
    actor: Actor,
    entry_id: SnowEntryId,
    fallen: Fallen,
    network: StreetNetwork,
    now: datetime,
) -> Storm:
    """Replace a wrong entry by another."""
    wrong, storm = _get_holding(tx, entry_id)
    if (wrong.at, wrong.fallen_mm) == (fallen.at, fallen.fallen_mm):
        return storm
    _check(storm, fallen, now)
    set_withdrawn(tx, entry_id, now, actor.id)
    new = _add(tx, actor, storm.id, fallen, SnowSource.HAND, now, wrong.id)
    change = _Change("snow.corrected", [new], [entry_id])
    return _changed(tx, actor, storm, change, network, now)


def withdraw_snow(
    tx: Tx, actor: Actor, entry_id: SnowEntryId, network: StreetNetwork, now: datetime
) -> Storm:
    """Withdraw an entry."""
    _, storm = _get_holding(tx, entry_id)
    set_withdrawn(tx, entry_id, now, actor.id)
    change = _Change("snow.withdrawn", (), [entry_id])
    return _changed(tx, actor, storm, change, network, now)


def find_last_snow_change(tx: Tx, storm_id: StormId) -> Event | None:
    """Return the last change of a storm's snowfall, which `undo_snow` undoes."""
    return find_last_event_on(tx, f"storm:{storm_id}", VERBS)


def undo_snow(
    tx: Tx, actor: Actor, storm_id: StormId, change: int, network: StreetNetwork, now: datetime
) -> Storm:
    """Undo the last change, which must still be this one; undoing again redoes it."""
    storm, last = open_storm(tx, storm_id), find_last_snow_change(tx, storm_id)
    if last is None:
        raise ConflictError("nothing has been entered yet", reason="nothing_to_undo")
    if last.id != change:
        raise ConflictError(
            f"{last.actor.id} has changed the snowfall meanwhile",
            reason="snow_changed",
            by=last.actor.id,
        )
    gone, back = _ids(last, "added"), _ids(last, "withdrawn")
    for entry_id in gone:
        set_withdrawn(tx, entry_id, now, actor.id)
    for entry_id in back:
        set_withdrawn(tx, entry_id, None, "")
    undone = _Change("snow.undone", back, gone)
    return _changed(tx, actor, storm, undone, network, now)


def _ids(event: Event, of: str) -> list[SnowEntryId]:
    found = event.after[of]
    return [SnowEntryId(int(one)) for one in found] if isinstance(found, list) else []


def _get_holding(tx: Tx, entry_id: SnowEntryId) -> tuple[SnowEntry, Storm]:
    entry = get_snow_entry(tx, entry_id)
    storm = open_storm(tx, entry.storm_id)
    if entry.withdrawn_at is not None:
        raise ConflictError(
            f"{entry.withdrawn_by} has changed the entry meanwhile",
            reason="snow_changed",
            by=entry.withdrawn_by,
        )
    return entry, storm


def _check(storm: Storm, one: Fallen, now: datetime) -> None:
    earliest = min(storm.started_at, storm.opened_at or storm.started_at) - BEFORE
    if not earliest <= one.at <= now + AHEAD:
        need = "from two days before the storm to three days ahead"
        raise InvalidError("at", one.at.isoformat(), need)
    if not 0 <= one.fallen_mm <= MOST_MM:
        raise InvalidError("fallen_cm", one.fallen_mm / 10, "0 to 500 cm")


def _add(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    fallen: Fallen,
    source: SnowSource,
    now: datetime,
    replaces: SnowEntryId | None = None,
) -> SnowEntryId:
    entry = SnowEntry(
        NOT_YET, storm_id, fallen.at, fallen.fallen_mm, source, now, actor.id, replaces
    )
    return add_snow_entry(tx, entry).id


class _Change(NamedTuple):
    """Entries that a change adds and withdraws, and its verb in the audit log."""

    verb: str
    added: Collection[SnowEntryId]
    withdrawn: Collection[SnowEntryId]


def _changed(
    tx: Tx,
    actor: Actor,
    storm: Storm,
    change: _Change,
    network: StreetNetwork,
    now: datetime,
) -> Storm:
    """Validate the entries that hold now, store them, and update the due times of jobs."""
    verb, added, withdrawn = change.verb, change.added, change.withdrawn
    entries = list_snow_entries(tx, storm.id)
    held = holding(entries)
    _require_rising(held)
    set_snowfall(tx, storm.id, [(one.at, one.fallen_mm) for one in held])
    policy = get_storm_policy(tx, storm.id)
    jobs_moved = retime(tx, get_storm(tx, storm.id), policy, network, now)
    listed = [
        {"id": one.id, "at": one.at.isoformat(), "mm": one.fallen_mm}
        for one in entries
        if one.id in {*added, *withdrawn}
    ]
    after = {
        "added": [*added],
        "withdrawn": [*withdrawn],
        "entries": listed,
        "jobs_moved": jobs_moved,
    }
    add_event(tx, now, actor, verb, f"storm:{storm.id}", after=after)
    return get_storm(tx, storm.id)


def _require_rising(held: Sequence[SnowEntry]) -> None:
    for before, after in pairwise(held):
        if after.at == before.at:
            raise InvalidError("at", after.at.isoformat(), NO_ENTRY)
        if after.fallen_mm < before.fallen_mm:
            newer = max(before, after, key=lambda one: one.id)
            low, high = before.fallen_mm / 10, after.fallen_mm / 10
            need = (
                Need("at least {least} cm, as much as fell before", least=low)
                if newer is after
                else Need("at most {most} cm, as much as fell later", most=high)
            )
            raise InvalidError("fallen_cm", newer.fallen_mm / 10, need)
