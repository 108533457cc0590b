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
from data.store.schema import passage


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


def find_last_work_of(
    tx: Tx, storm_id: StormId, vehicle_id: VehicleId, until: datetime | None = None
) -> Pass | None:
    """Return the last pass with work of a vehicle in a storm, that had ended by a moment."""
    query = (
        select(passage)
        .where(passage.c.storm_id == storm_id, passage.c.vehicle_id == vehicle_id)
        .where(passage.c.treatment.is_not(None))
        .order_by(passage.c.ended_at.desc())
        .limit(1)
    )
    if until is not None:
        query = query.where(passage.c.ended_at <= until)
    return first_record(Pass, tx.execute(query))


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
