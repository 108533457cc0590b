"""Positions as trackers sent them: stored once, read by the tracking, kept for ever."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import insert, psycopg

from data.model import DeviceId, LonLat, Position, VehicleId
from data.store.database.engine import Tx
from data.store.database.functions import one_if
from data.store.database.position_months import make_months
from data.store.database.records import first_record, reader, record, records
from data.store.database.vehicle_parts import ALL_PARTS, Parts, is_in_parts
from data.store.schema import device, position
from data.store.schema.base import text_of_moment

_COLUMNS = (
    "device_id",
    "vehicle_id",
    "source",
    "fixed_at",
    "received_at",
    "lon",
    "lat",
    "speed_mps",
    "heading_deg",
    "accuracy_m",
    "blade",
    "spreader",
    "material",
    "rate_gm2",
    "alarm",
    "attributes",
    "seen",
)
_ADD = {
    dialect.name: str(
        insert(position)
        .on_conflict_do_nothing(index_elements=["vehicle_id", "fixed_at", "source"])
        .compile(dialect=dialect, column_keys=_COLUMNS)
    )
    for dialect in (
        sqlite.dialect(),
        psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]  # it has no annotations
    )
}


def add_positions(tx: Tx, positions: Sequence[Position]) -> int:
    """Store the fixes whose (vehicle, fixed_at, source) is new, return how many those were."""
    if not positions:
        return 0
    make_months(tx, (one.fixed_at for one in positions))
    return int(tx.exec_driver_sql(_ADD[tx.dialect.name], [_row(one) for one in positions]).rowcount)


def add_batches(tx: Tx, batches: Sequence[Sequence[Position]]) -> list[int]:
    """Store the fixes of several senders together, return how many of each were new."""
    together = tx.begin_nested()
    every = [fix for fixes in batches for fix in fixes]
    if add_positions(tx, every) == len(every):
        together.commit()
        return [len(fixes) for fixes in batches]
    together.rollback()  # some were known, and each sender hears how many of his
    return [add_positions(tx, fixes) for fixes in batches]


def list_unseen(tx: Tx, limit: int, parts: Parts = ALL_PARTS) -> tuple[list[Position], int]:
    """Return the fixes that did not go through matching, oldest arrival first.

    Of the vehicles in `parts` only. The second value is for `mark_seen_until`; 0 where there are
    none.
    """
    query = select(position).where(_unseen(parts)).order_by(position.c.id)
    found = tx.execute(query.limit(limit))
    read, rows = reader(Position, found), found.all()
    return [*map(read, rows)], rows[-1].id if rows else 0


def find_newest(tx: Tx) -> int:
    """Return the place of the fix that arrived last; 0 where there is none."""
    return int(tx.execute(select(func.max(position.c.id))).scalar() or 0)


def mark_seen_until(tx: Tx, last: int, most: int | None = None, parts: Parts = ALL_PARTS) -> None:
    """Remember that all fixes went through matching that arrived until that one, by its place.

    Of the vehicles in `parts` only. Of the oldest fixes only, where `most` says of how many: a
    piece takes less time.
    """
    oldest = select(position.c.id).where(_unseen(parts), position.c.id <= last)
    if most is not None:
        oldest = oldest.order_by(position.c.id).limit(most)
    tx.execute(update(position).where(position.c.id.in_(oldest)).values(seen=True))


def set_fault(tx: Tx, place: int, fault: str) -> None:
    """Set a fix aside, by the place that `list_unseen` gave: nothing looks at it any more."""
    tx.execute(update(position).where(position.c.id == place).values(seen=True, fault=fault))


def count_unseen(tx: Tx) -> tuple[int, datetime | None]:
    """Return how many fixes did not go through matching, and when the oldest of them came."""
    query = select(func.count().label("fixes"), func.min(position.c.received_at).label("oldest_at"))
    row = tx.execute(query.where(position.c.seen.is_(False))).one()
    return int(row.fixes), row.oldest_at


def _unseen(parts: Parts) -> ColumnElement[bool]:
    return and_(position.c.seen.is_(False), is_in_parts(position.c.vehicle_id, parts))


def list_between(tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime) -> list[Position]:
    """Return a vehicle's fixes of a time that went through matching, oldest fix first."""
    query = (
        select(position)
        .where(
            position.c.vehicle_id == vehicle_id,
            position.c.fixed_at.between(since, until),
            position.c.seen.is_(True),
            position.c.fault == "",
        )
        .order_by(position.c.fixed_at, position.c.id)
    )
    return records(Position, tx.execute(query))


def has_fixes_between(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime, but_not: str
) -> bool:
    """Whether there is a fix of a vehicle in a time, from any source but one."""
    query = select(position.c.id).where(
        position.c.vehicle_id == vehicle_id,
        position.c.fixed_at.between(since, until),
        position.c.source != but_not,
    )
    return tx.execute(query.limit(1)).first() is not None


def sensor_reports(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime, *, of_blade: bool
) -> tuple[datetime | None, bool, bool]:
    """Return a sensor's first report in a time, and whether it ever reported on and off."""
    sensor = position.c.blade if of_blade else position.c.spreader
    on = one_if(sensor)
    spoke = select(func.min(position.c.fixed_at), func.max(on), func.min(on)).where(
        position.c.vehicle_id == vehicle_id,
        position.c.fixed_at.between(since, until),
        sensor.is_not(None),
    )
    first, most, least = tx.execute(spoke).one()
    return first, bool(most), first is not None and not least


def fix_times(tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime) -> list[datetime]:
    """Return the times of a vehicle's fixes in a time, oldest first."""
    query = (
        select(position.c.fixed_at)
        .where(
            position.c.vehicle_id == vehicle_id,
            position.c.fixed_at.between(since, until),
            position.c.fault == "",
        )
        .order_by(position.c.fixed_at)
    )
    return list(tx.scalars(query))


def list_last(tx: Tx) -> list[Position]:
    """Return each vehicle's latest fix."""
    newest = (
        select(position.c.vehicle_id, func.max(position.c.fixed_at).label("fixed_at"))
        .where(position.c.fault == "")
        .group_by(position.c.vehicle_id)
        .subquery()
    )
    query = select(position).join(
        newest,
        (position.c.vehicle_id == newest.c.vehicle_id) & (position.c.fixed_at == newest.c.fixed_at),
    )
    return list({fix.vehicle_id: fix for fix in records(Position, tx.execute(query))}.values())


def find_last_fix(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime
) -> Position | None:
    """Return a vehicle's latest fix of a time."""
    query = (
        select(position)
        .where(
            position.c.vehicle_id == vehicle_id,
            position.c.fixed_at.between(since, until),
            position.c.fault == "",
        )
        .order_by(position.c.fixed_at.desc())
    )
    return first_record(Position, tx.execute(query.limit(1)))


def find_last_place(tx: Tx, device_id: DeviceId) -> LonLat | None:
    """Return where a tracker was by its newest fix, on the vehicle that it is on."""
    vehicle_id = select(device.c.vehicle_id).where(device.c.id == device_id).scalar_subquery()
    query = select(position.c.lon, position.c.lat).where(
        position.c.vehicle_id == vehicle_id,
        position.c.device_id == device_id,
        position.c.fault == "",
    )
    row = tx.execute(query.order_by(position.c.fixed_at.desc()).limit(1)).first()
    return None if row is None else record(LonLat, row)


def _row(one: Position) -> tuple[object, ...]:
    """Return a fix as the driver takes it, in the order of `_COLUMNS`.

    A million go through here for a recorded log: SQLAlchemy's own way takes three times as long.
    """
    return (
        one.device_id,
        one.vehicle_id,
        one.source,
        text_of_moment(one.fixed_at),
        text_of_moment(one.received_at),
        one.location.lon,
        one.location.lat,
        one.speed_mps,
        one.heading_deg,
        one.accuracy_m,
        one.blade,
        one.spreader,
        one.material,
        one.rate_gm2,
        one.alarm,
        json.dumps(dict(one.attributes)) if one.attributes else "{}",
        False,
    )
