"""What vehicles did, by quarters of an hour: kept until new fixes bear on one, then read again.

A part holds the newest fix that bears on it. What was read without that fix is not stored, so two
readers at once do no harm; and fixes beyond the newest of all parts are those nobody has noted.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from data.model import VehicleId
from data.store.database.engine import Tx
from data.store.database.functions import one_if
from data.store.database.records import record, records
from data.store.schema import log_part, position
from data.store.schema.base import UtcDateTime

_REREAD = (
    update(log_part)
    .where(
        log_part.c.vehicle_id == bindparam("of_vehicle"),
        log_part.c.starts_at.between(
            bindparam("since", type_=UtcDateTime), bindparam("until", type_=UtcDateTime)
        ),
    )
    .values(stale=True, read_at=None)
)


@dataclass(frozen=True, slots=True)
class LogPart:
    """A quarter of an hour of a vehicle; `position_id` is the newest fix that bears on it."""

    vehicle_id: VehicleId
    starts_at: datetime
    position_id: int


class PartsStamp(NamedTuple):
    """What tells whether any of some parts has changed: no two states of them are alike in all."""

    parts: int
    stale: int
    positions: int
    read_at: datetime | None


def list_unnoted(tx: Tx, limit: int) -> list[tuple[int, VehicleId, datetime]]:
    """Return the fixes that no part knows of, by arrival: id, vehicle, time.

    Only those before the first that waits to be matched: later ones of other vehicles may be
    matched before it, and once these are noted it would count as noted too.
    """
    newest = tx.execute(select(func.max(log_part.c.position_id))).scalar() or 0
    waits = tx.execute(select(func.min(position.c.id)).where(position.c.seen.is_(False))).scalar()
    query = (
        select(position.c.id, position.c.vehicle_id, position.c.fixed_at)
        .where(position.c.id > newest, position.c.seen.is_(True))
        .order_by(position.c.id)
        .limit(limit)
    )
    if waits is not None:
        query = query.where(position.c.id < waits)
    return [(row.id, VehicleId(row.vehicle_id), row.fixed_at) for row in tx.execute(query)]


def note_parts(tx: Tx, newest: Mapping[tuple[VehicleId, datetime], int]) -> None:
    """Mark parts as to be read again, by vehicle and start, with the newest fix of each."""
    if not newest:
        return
    rows = [
        {
            "vehicle_id": vehicle_id,
            "starts_at": starts_at,
            "position_id": position_id,
            "stale": True,
            "spells": [],
        }
        for (vehicle_id, starts_at), position_id in newest.items()
    ]
    new = insert(log_part)
    changed = {"position_id": new.excluded.position_id, "stale": True}
    key = ["vehicle_id", "starts_at"]
    tx.execute(new.on_conflict_do_update(index_elements=key, set_=changed), rows)


def list_stale(
    tx: Tx,
    since: datetime | None,
    until: datetime,
    read_before: datetime,
    limit: int,
    vehicle_ids: Collection[VehicleId] | None = None,
) -> list[LogPart]:
    """Return parts to read again that start in a time, oldest first.

    Those read after `read_before` may wait. `since` is `None` for all times.
    """
    wanted: list[ColumnElement[bool]] = [
        log_part.c.stale.is_(True),
        log_part.c.starts_at < until,
        or_(log_part.c.read_at.is_(None), log_part.c.read_at < read_before),
    ]
    if since is not None:
        wanted.append(log_part.c.starts_at >= since)
    if vehicle_ids is not None:
        wanted.append(log_part.c.vehicle_id.in_(vehicle_ids))
    query = select(log_part.c.vehicle_id, log_part.c.starts_at, log_part.c.position_id)
    query = query.where(*wanted).order_by(log_part.c.starts_at, log_part.c.vehicle_id)
    return records(LogPart, tx.execute(query.limit(limit)))


def find_oldest_stale(tx: Tx) -> datetime | None:
    """Return when the oldest part starts that is to be read again; `None` where none is."""
    query = select(func.min(log_part.c.starts_at)).where(log_part.c.stale.is_(True))
    return tx.execute(query).scalar()


def find_oldest_unnoted_at(tx: Tx) -> datetime | None:
    """Return the time of the oldest fix that no part knows of; `None` where all are known."""
    newest = select(func.coalesce(func.max(log_part.c.position_id), 0)).scalar_subquery()
    query = select(func.min(position.c.fixed_at)).where(position.c.id > newest)
    return tx.execute(query).scalar()


def save_parts(tx: Tx, read: Iterable[tuple[LogPart, list[Any]]], now: datetime) -> None:
    """Store the spells of parts; of those that newer fixes bear on by now, nothing."""
    for part, spells in read:
        tx.execute(
            update(log_part)
            .where(
                log_part.c.vehicle_id == part.vehicle_id,
                log_part.c.starts_at == part.starts_at,
                log_part.c.position_id == part.position_id,
            )
            .values(spells=spells, stale=False, read_at=now)
        )


def list_stamps(
    tx: Tx, since: datetime, until: datetime, vehicle_id: VehicleId | None = None
) -> dict[VehicleId, PartsStamp]:
    """Return a stamp of the parts that start in a time, by vehicle: it changes when they do."""
    query = select(
        log_part.c.vehicle_id,
        func.count().label("parts"),
        func.sum(one_if(log_part.c.stale)).label("stale"),
        func.sum(log_part.c.position_id).label("positions"),
        func.max(log_part.c.read_at).label("read_at"),
    ).where(log_part.c.starts_at >= since, log_part.c.starts_at < until)
    if vehicle_id is not None:
        query = query.where(log_part.c.vehicle_id == vehicle_id)
    return {
        VehicleId(row.vehicle_id): record(PartsStamp, row)
        for row in tx.execute(query.group_by(log_part.c.vehicle_id))
    }


def list_spells(
    tx: Tx, since: datetime, until: datetime, vehicle_ids: Collection[VehicleId]
) -> Iterator[tuple[VehicleId, list[Any]]]:
    """Yield the spells of each vehicle's parts that start in a time, oldest first.

    One vehicle after the other, since all of them together are a heavy load.
    """
    query = select(log_part.c.vehicle_id, log_part.c.spells).where(
        log_part.c.starts_at >= since,
        log_part.c.starts_at < until,
        log_part.c.vehicle_id.in_(vehicle_ids),
    )
    rows = tx.execute(query.order_by(log_part.c.vehicle_id, log_part.c.starts_at))
    for vehicle_id, parts in groupby(rows, key=attrgetter("vehicle_id")):
        yield VehicleId(vehicle_id), [spell for part in parts for spell in part.spells]


def reread_parts(tx: Tx, spans: Iterable[tuple[VehicleId, datetime, datetime]]) -> None:
    """Mark the parts of vehicles that start in a time, both ends included, as to be read again."""
    rows = [
        {"of_vehicle": vehicle_id, "since": since, "until": until}
        for vehicle_id, since, until in spans
    ]
    if rows:
        tx.execute(_REREAD, rows)


def forget_parts(tx: Tx) -> None:
    """Forget all parts: they are read again from positions, with the streets of today."""
    tx.execute(delete(log_part))
