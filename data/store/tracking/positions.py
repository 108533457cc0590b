"""Positions as trackers sent them: stored once, read by the tracking, kept for ever."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import insert

from data.model import Device, DeviceId, LonLat, Position, VehicleId
from data.model.evidence import Breadcrumb
from data.store.database.engine import Tx
from data.store.database.functions import json_rows, one_if
from data.store.database.position_months import MISSING_MONTHS, make_months, months_of
from data.store.database.records import first_record, reader, record, records
from data.store.database.vehicle_parts import ALL_PARTS, Parts, is_in_parts
from data.store.schema import device, position, vehicle
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
"""In the order of the table, as `_ADD` has them."""

_KEY = ("vehicle_id", "fixed_at", "source")
"""What a fix is known by."""

type _Key = tuple[int, datetime, str]
"""The values of these columns."""

_ADD = str(
    insert(position)
    .on_conflict_do_nothing(index_elements=_KEY)
    .compile(dialect=sqlite.dialect(), column_keys=_COLUMNS)
)

_NAMES, _KEY_NAMES = ", ".join(_COLUMNS), ", ".join(_KEY)
_ADD_TOGETHER = f"""
    INSERT INTO position ({_NAMES}) SELECT {_NAMES} FROM {json_rows(position, _COLUMNS)}
    WHERE NOT EXISTS ({MISSING_MONTHS})
    ON CONFLICT ({_KEY_NAMES}) DO NOTHING RETURNING {_KEY_NAMES}
"""  # noqa: S608 - columns of ours
"""Stores fixes on PostgreSQL and returns the keys of the new; none where a partition is missing."""


def add_positions(tx: Tx, positions: Sequence[Position]) -> int:
    """Store the fixes whose (vehicle, fixed_at, source) is new, return how many those were."""
    if not positions:
        return 0
    if tx.dialect.name == "postgresql":
        return len(_add_together(tx, positions))
    return int(tx.exec_driver_sql(_ADD, [_row(one) for one in positions]).rowcount)


def add_batches(tx: Tx, batches: Sequence[Sequence[Position]]) -> list[int]:
    """Store the fixes of several senders together, return how many of each were new."""
    every = [fix for fixes in batches for fix in fixes]
    if tx.dialect.name == "postgresql":
        new = _add_together(tx, every)
        if len(new) == len(every):
            return [len(fixes) for fixes in batches]
        return [_take_new(new, fixes) for fixes in batches]
    together = tx.begin_nested()
    if add_positions(tx, every) == len(every):
        together.commit()
        return [len(fixes) for fixes in batches]
    together.rollback()  # some were known, and each sender hears how many of his
    return [add_positions(tx, fixes) for fixes in batches]


def _add_together(tx: Tx, positions: Sequence[Position]) -> set[_Key]:
    """Store fixes on PostgreSQL, with the partitions that they need; return the keys of the new."""
    months = months_of(one.fixed_at for one in positions)
    document = json.dumps([_named(one) for one in positions])
    rows = tx.exec_driver_sql(_ADD_TOGETHER, (document, months)).all()
    if len(rows) < len(positions) and make_months(tx, months):
        rows = tx.exec_driver_sql(_ADD_TOGETHER, (document, months)).all()
    return {(row.vehicle_id, row.fixed_at.replace(tzinfo=UTC), row.source) for row in rows}


def _take_new(new: set[_Key], fixes: Iterable[Position]) -> int:
    """Take the keys of a sender's fixes from those that are new; return how many there were."""
    keys = {(one.vehicle_id, one.fixed_at, one.source) for one in fixes} & new
    new -= keys
    return len(keys)


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


def find_oldest_unseen_at(tx: Tx, parts: Parts = ALL_PARTS) -> datetime | None:
    """Return when the fix came that waits longest for matching; `None` where none waits.

    Of the vehicles in `parts` only.
    """
    query = select(position.c.received_at).where(_unseen(parts))
    return tx.execute(query.order_by(position.c.id).limit(1)).scalar()


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


def list_track(
    tx: Tx, vehicle_id: VehicleId, after: datetime, until: datetime, but_not: str
) -> list[Position]:
    """Return a vehicle's fixes after a moment as they came, from any source but one, oldest first.

    Fixes that were not matched yet are among them.
    """
    query = (
        select(position)
        .where(
            position.c.vehicle_id == vehicle_id,
            position.c.fixed_at > after,
            position.c.fixed_at <= until,
            position.c.source != but_not,
            position.c.fault == "",
        )
        .order_by(position.c.fixed_at, position.c.id)
    )
    return records(Position, tx.execute(query))


def list_breadcrumbs(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime
) -> list[Breadcrumb]:
    """Return what a vehicle's fixes of a time tell, oldest first, one a moment."""
    query = (
        select(
            position.c.fixed_at,
            position.c.lon,
            position.c.lat,
            position.c.speed_mps,
            position.c.blade,
            position.c.spreader,
            position.c.source,
        )
        .where(
            position.c.vehicle_id == vehicle_id,
            position.c.fixed_at.between(since, until),
            position.c.fault == "",
        )
        .order_by(position.c.fixed_at)
    )
    crumbs = {
        row.fixed_at: Breadcrumb(
            row.fixed_at,
            LonLat(row.lon, row.lat),
            row.speed_mps,
            row.blade,
            row.spreader,
            row.source,
        )
        for row in tx.execute(query)
    }
    return list(crumbs.values())


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


def fix_times(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime, but_not: str = ""
) -> list[datetime]:
    """Return the times of a vehicle's fixes in a time, from any source but one, oldest first."""
    query = (
        select(position.c.fixed_at)
        .where(
            position.c.vehicle_id == vehicle_id,
            position.c.fixed_at.between(since, until),
            position.c.fault == "",
            position.c.source != but_not,
        )
        .order_by(position.c.fixed_at)
    )
    return list(tx.scalars(query))


def list_last_places(tx: Tx, since: datetime, until: datetime) -> dict[VehicleId, LonLat]:
    """Return where each vehicle was that was heard in a time, by its latest fix of it."""
    newest = (
        select(position.c.vehicle_id, func.max(position.c.fixed_at).label("fixed_at"))
        .where(
            position.c.vehicle_id.in_(select(vehicle.c.id)),
            position.c.fixed_at.between(since, until),
            position.c.fault == "",
        )
        .group_by(position.c.vehicle_id)
        .subquery()
    )
    query = select(position.c.vehicle_id, position.c.lon, position.c.lat).join(
        newest,
        (position.c.vehicle_id == newest.c.vehicle_id) & (position.c.fixed_at == newest.c.fixed_at),
    )
    return {VehicleId(row.vehicle_id): LonLat(row.lon, row.lat) for row in tx.execute(query)}


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


def find_last_of_device(tx: Tx, known: Device, since: datetime, until: datetime) -> Position | None:
    """Return a tracker's newest fix of a time, on the vehicle that it is on.

    The index is of vehicles: an `until` near the fix saves reading those of other trackers.
    """
    query = select(position).where(
        position.c.vehicle_id == known.vehicle_id,
        position.c.device_id == known.id,
        position.c.fixed_at.between(since, until),
        position.c.fault == "",
    )
    return first_record(Position, tx.execute(query.order_by(position.c.fixed_at.desc()).limit(1)))


def _row(one: Position) -> tuple[object, ...]:
    """Return a fix as SQLite takes it, in the order of `_COLUMNS`."""
    return *_plain(one), json.dumps(dict(one.attributes)) if one.attributes else "{}", False


def _named(one: Position) -> dict[str, object]:
    """Return a fix by column, for a JSON document."""
    return dict(zip(_COLUMNS, (*_plain(one), dict(one.attributes), False), strict=True))


def _plain(one: Position) -> tuple[object, ...]:
    """Return the columns of a fix but the last two.

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
    )
