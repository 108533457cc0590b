"""Passes of track windows (half hours of a vehicle's positions), replaced as a whole or in part."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from data.model import DirectedSegment, EvidenceKind, Pass, StormId, VehicleId
from data.store.audit.audit_seals import unseal, window_subject
from data.store.coverage.coverage import pass_row
from data.store.database.engine import Tx
from data.store.database.records import reader
from data.store.database.vehicle_parts import ALL_PARTS, Parts, is_in_parts
from data.store.schema import open_window, passage, position

SENSED = (EvidenceKind.BLADE, EvidenceKind.SPREADER, EvidenceKind.SPEED)
"""Kinds of evidence that only positions give."""

_ADD = insert(passage)
_REMOVE = delete(passage).where(
    passage.c.vehicle_id == bindparam("of_vehicle"),
    passage.c.window == bindparam("of_window"),
    passage.c.segment_id == bindparam("of_segment"),
    passage.c.forward == bindparam("of_forward"),
)


@dataclass(frozen=True, slots=True)
class WindowChange:
    """The passes of a track window on some directions, by storm."""

    vehicle_id: VehicleId
    window: int
    directions: Collection[DirectedSegment]
    passes: Collection[tuple[StormId, Pass]]


def list_window(tx: Tx, vehicle_id: VehicleId, window: int) -> list[tuple[StormId, Pass]]:
    """Return the passes of a track window, with the storm of each."""
    query = select(passage).where(passage.c.vehicle_id == vehicle_id, passage.c.window == window)
    rows = tx.execute(query)
    pass_of = reader(Pass, rows)
    return [(StormId(row.storm_id), pass_of(row)) for row in rows]


def replace_windows(tx: Tx, changes: Iterable[WindowChange]) -> None:
    """Replace the passes of track windows on these directions."""
    gone, rows = list[dict[str, object]](), list[dict[str, object]]()
    changes = list(changes)
    unseal(tx, {window_subject(one.vehicle_id, one.window) for one in changes})
    for one in changes:
        window = {"of_vehicle": one.vehicle_id, "of_window": one.window}
        gone += [
            {**window, "of_segment": way.segment_id, "of_forward": way.forward}
            for way in one.directions
        ]
        rows += [pass_row(storm_id, seen, one.window) for storm_id, seen in one.passes]
    if gone:
        tx.execute(_REMOVE, gone)
    if rows:
        tx.execute(_ADD, rows)


def remove_sensed(tx: Tx, storm_id: StormId) -> None:
    """Remove all passes of a storm that came from positions; reported ones stay."""
    sensed = or_(passage.c.window.is_not(None), passage.c.evidence_kind.in_(SENSED))
    mine = (passage.c.storm_id == storm_id) & passage.c.window.is_not(None)
    apart = tx.execute(select(passage.c.vehicle_id, passage.c.window).where(mine).distinct())
    unseal(tx, {window_subject(VehicleId(one.vehicle_id), one.window) for one in apart})
    tx.execute(delete(passage).where(passage.c.storm_id == storm_id, sensed))


def open_windows(tx: Tx, windows: Iterable[tuple[VehicleId, int]]) -> None:
    """Remember half hours that are not settled, so that a restart takes them up again."""
    rows = [{"vehicle_id": vehicle_id, "window": window} for vehicle_id, window in windows]
    if rows:
        tx.execute(upsert(open_window).on_conflict_do_nothing(), rows)


def close_windows(tx: Tx, windows: Iterable[tuple[VehicleId, int]]) -> None:
    """Forget half hours that are settled."""
    rows = [{"of_vehicle": vehicle_id, "of_window": window} for vehicle_id, window in windows]
    if rows:
        tx.execute(
            delete(open_window).where(
                open_window.c.vehicle_id == bindparam("of_vehicle"),
                open_window.c.window == bindparam("of_window"),
            ),
            rows,
        )


def list_open_windows(tx: Tx, parts: Parts = ALL_PARTS) -> list[tuple[VehicleId, int]]:
    """Return the half hours that were not settled of vehicles in some parts, oldest first."""
    mine = is_in_parts(open_window.c.vehicle_id, parts)
    query = select(open_window).where(mine)
    query = query.order_by(open_window.c.window, open_window.c.vehicle_id)
    return [(VehicleId(row.vehicle_id), row.window) for row in tx.execute(query)]


def vehicle_fix_spans(
    tx: Tx, since: datetime, until: datetime
) -> list[tuple[VehicleId, datetime, datetime]]:
    """Return each vehicle with fixes in a time, with the first and last fix there."""
    query = (
        select(
            position.c.vehicle_id,
            func.min(position.c.fixed_at).label("first"),
            func.max(position.c.fixed_at).label("last"),
        )
        .where(position.c.fixed_at.between(since, until), position.c.fault == "")
        .group_by(position.c.vehicle_id)
        .order_by(position.c.vehicle_id)
    )
    return [(VehicleId(row.vehicle_id), row.first, row.last) for row in tx.execute(query)]
