"""The street network as rows; it is built in memory once per process."""

from collections.abc import Iterable, Sequence

import shapely
from sqlalchemy import Table, delete, func, insert, select

from data.model import (
    FormerSegment,
    LonLat,
    Restriction,
    Segment,
    SegmentId,
)
from data.model.streets import ServiceWay
from data.store.database.engine import Tx
from data.store.database.records import record, records, row_of
from data.store.schema import former_segment, restriction, segment, service_way
from data.streets.network import StreetNetwork, build_network

CHUNK_ROWS = 10_000
"""Rows converted and inserted at a time, so that a large city needs little memory."""


def save_network(
    tx: Tx,
    segments: Sequence[Segment],
    restrictions: Iterable[Restriction],
    service_ways: Sequence[ServiceWay] = (),
) -> None:
    """Replace all streets, turn restrictions and service ways that are no streets."""
    tx.execute(delete(restriction))
    tx.execute(delete(service_way))
    tx.execute(delete(segment))
    for first in range(0, len(segments), CHUNK_ROWS):
        tx.execute(insert(segment), _rows(segments[first : first + CHUNK_ROWS], segment))
    for first in range(0, len(service_ways), CHUNK_ROWS):
        chunk = service_ways[first : first + CHUNK_ROWS]
        tx.execute(insert(service_way), _rows(chunk, service_way))
    signs = [row_of(sign, restriction) for sign in restrictions]
    if signs:
        tx.execute(insert(restriction), signs)


def load_network(tx: Tx) -> StreetNetwork:
    """Return the network of the city, ready for questions."""
    return build_network(list_segments(tx), list_restrictions(tx), list_service_ways(tx))


def list_segments(tx: Tx) -> list[Segment]:
    """Return every street, by id."""
    rows = tx.execute(select(segment).order_by(segment.c.id)).all()
    lines = shapely.from_wkb([row.geometry for row in rows])
    return [
        record(Segment, row, geometry=_points(line)) for row, line in zip(rows, lines, strict=True)
    ]


def list_service_ways(tx: Tx) -> list[ServiceWay]:
    """Return every service way that is no street, by id from -1 down."""
    rows = tx.execute(select(service_way).order_by(service_way.c.id.desc())).all()
    lines = shapely.from_wkb([row.geometry for row in rows])
    return [
        record(ServiceWay, row, geometry=_points(line))
        for row, line in zip(rows, lines, strict=True)
    ]


def has_segment(tx: Tx, segment_id: SegmentId) -> bool:
    """Whether the streets of today have this segment."""
    found = tx.execute(select(segment.c.id).where(segment.c.id == segment_id)).first()
    return found is not None


def last_segment_id(tx: Tx) -> SegmentId:
    """Return the highest id that a street has or ever had: the next new one gets a higher one."""
    ids = [tx.execute(select(func.max(table.c.id))).scalar() for table in (segment, former_segment)]
    return SegmentId(max(number or 0 for number in ids))


def save_former_segments(tx: Tx, gone: Iterable[FormerSegment]) -> None:
    """Keep streets that a newer file no longer has; their rows among the streets go apart."""
    rows = [
        row_of(
            street,
            former_segment,
            geometry=shapely.to_wkb(shapely.LineString(street.geometry)),
        )
        for street in gone
    ]
    if rows:
        tx.execute(insert(former_segment), rows)


def list_former_segments(tx: Tx) -> list[FormerSegment]:
    """Return every street that was once in the city, by id."""
    return [
        record(FormerSegment, row, geometry=_points(shapely.from_wkb(row.geometry)))
        for row in tx.execute(select(former_segment).order_by(former_segment.c.id))
    ]


def list_restrictions(tx: Tx) -> list[Restriction]:
    """Return every turn restriction, in the order they were saved."""
    return records(Restriction, tx.execute(select(restriction).order_by(restriction.c.id)))


def _rows(streets: Sequence[Segment | ServiceWay], table: Table) -> list[dict[str, object]]:
    lines = shapely.to_wkb([shapely.LineString(street.geometry) for street in streets])
    return [
        row_of(street, table, geometry=line) for street, line in zip(streets, lines, strict=True)
    ]


def _points(line: shapely.LineString) -> tuple[LonLat, ...]:
    return tuple(LonLat(lon, lat) for lon, lat in shapely.get_coordinates(line).tolist())
