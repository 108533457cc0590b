"""What vehicles were seen to do in a storm, in sums."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from data.model import (
    EvidenceTotal,
    Pass,
    SegmentId,
    StormId,
    StreetStorm,
    VehicleId,
)
from data.model.evidence import VehicleTotal
from data.store.database.engine import Tx
from data.store.database.records import first_record, records
from data.store.schema import passage, vehicle


def sum_work_of(tx: Tx, storm_id: StormId, vehicle_id: VehicleId) -> list[EvidenceTotal]:
    """Return what a vehicle was seen to work on in a storm, by kind of evidence, most first."""
    query = (
        select(
            passage.c.evidence_kind.label("evidence"),
            func.count().label("passes"),
            func.sum(func.abs(passage.c.to_m - passage.c.from_m)).label("length_m"),
            func.max(passage.c.ended_at).label("last_at"),
        )
        .where(passage.c.storm_id == storm_id, passage.c.vehicle_id == vehicle_id)
        .where(passage.c.treatment.is_not(None))
        .group_by(passage.c.evidence_kind)
        .order_by(func.count().desc())
    )
    return records(EvidenceTotal, tx.execute(query))


def sum_work_by_vehicle(tx: Tx, storm_id: StormId) -> list[VehicleTotal]:
    """Return what each vehicle was seen to work on in a storm, by treatment."""
    query = (
        select(
            passage.c.vehicle_id,
            passage.c.treatment,
            func.sum(func.abs(passage.c.to_m - passage.c.from_m)).label("length_m"),
            func.max(passage.c.ended_at).label("last_at"),
        )
        .where(passage.c.storm_id == storm_id, passage.c.vehicle_id.is_not(None))
        .where(passage.c.treatment.is_not(None))
        .group_by(passage.c.vehicle_id, passage.c.treatment)
    )
    return records(VehicleTotal, tx.execute(query))


def find_last_work_of(tx: Tx, storm_id: StormId, vehicle_id: VehicleId) -> Pass | None:
    """Return the last pass with work of a vehicle in a storm."""
    query = (
        select(passage)
        .where(passage.c.storm_id == storm_id, passage.c.vehicle_id == vehicle_id)
        .where(passage.c.treatment.is_not(None))
        .order_by(passage.c.ended_at.desc())
        .limit(1)
    )
    return first_record(Pass, tx.execute(query))


def list_last_streets(
    tx: Tx, storm_id: StormId, since: datetime, until: datetime
) -> dict[VehicleId, SegmentId]:
    """Return the street of each vehicle's last work in a storm that ended within a time."""
    newest = (
        select(passage.c.vehicle_id, func.max(passage.c.ended_at).label("ended_at"))
        .where(
            passage.c.storm_id == storm_id,
            passage.c.vehicle_id.in_(select(vehicle.c.id)),
            passage.c.ended_at.between(since, until),
            passage.c.treatment.is_not(None),
        )
        .group_by(passage.c.vehicle_id)
        .subquery()
    )
    query = (
        select(passage.c.vehicle_id, passage.c.segment_id)
        .join(
            newest,
            (passage.c.vehicle_id == newest.c.vehicle_id)
            & (passage.c.ended_at == newest.c.ended_at),
        )
        .where(passage.c.storm_id == storm_id, passage.c.treatment.is_not(None))
        .order_by(passage.c.id)
    )
    return {row.vehicle_id: SegmentId(row.segment_id) for row in tx.execute(query)}


def sum_storms_of_street(
    tx: Tx, segment_id: SegmentId, storm_ids: Sequence[StormId]
) -> list[StreetStorm]:
    """Return in which of these storms work was seen on a street, the newest first."""
    query = (
        select(
            passage.c.storm_id,
            func.count().label("passes"),
            func.max(passage.c.ended_at).label("last_at"),
        )
        .where(passage.c.storm_id.in_(storm_ids), passage.c.segment_id == segment_id)
        .where(passage.c.treatment.is_not(None))
        .group_by(passage.c.storm_id)
        .order_by(passage.c.storm_id.desc())
    )
    return records(StreetStorm, tx.execute(query))
