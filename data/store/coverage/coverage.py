"""Passes, and the coverage by direction that follows from them, as rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from data.coverage import denied, merged, without_denied
from data.model import (
    Coverage,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Pass,
    SegmentId,
    StormId,
    VehicleId,
)
from data.store.audit.audit_seals import reported_subject, unseal
from data.store.database.engine import Tx
from data.store.database.records import reader, record, records
from data.store.schema import coverage, passage, storm, vehicle

ASKED_AT_ONCE = 500
"""Segments named in one question: SQLite takes some thousand variables."""

_NEW = upsert(coverage)
_TIMES = ("last_pass_at", "driven_at", "plowed_at", "salted_at", "worked_at", "cleared_at")
_FACTS = ("passes_done", "passes_needed", *_TIMES)
_SAVE = _NEW.on_conflict_do_update(
    index_elements=["storm_id", "segment_id", "forward"],
    set_={name: _NEW.excluded[name] for name in (*_FACTS, "evidence_kind", "confidence")},
)
_SEEN = select(passage).where(
    passage.c.storm_id == bindparam("of_storm"),
    passage.c.segment_id.in_(bindparam("of_segments", expanding=True)),
)
_COVERED = select(coverage).where(
    coverage.c.storm_id == bindparam("of_storm"),
    coverage.c.segment_id.in_(bindparam("of_segments", expanding=True)),
)
# Made once: for each dozen half hours of a thousand vehicles it took as long as to ask them.

_BY_VEHICLES = passage.c.vehicle_id.in_(select(vehicle.c.id))
"""Passes of vehicles: by it the index finds their times."""


def list_passes(
    tx: Tx, storm_id: StormId, segment_ids: Collection[SegmentId]
) -> dict[DirectedSegment, list[Pass]]:
    """Return the work seen on these segments in a storm by direction, oldest first."""
    seen = list_work_and_drives(tx, storm_id, segment_ids)
    work = {
        directed: [one for one in passes if one.treatment is not None]
        for directed, passes in seen.items()
    }
    return defaultdict(list, {directed: passes for directed, passes in work.items() if passes})


def list_work_and_drives(
    tx: Tx,
    storm_id: StormId,
    segment_ids: Collection[SegmentId],
    since: datetime | None = None,
    vehicle_id: VehicleId | None = None,
) -> dict[DirectedSegment, list[Pass]]:
    """Return work and mere driving on these segments in a storm by direction, oldest first.

    Where it says so, only what ended `since` a moment, or what one vehicle did.
    """
    query = _SEEN
    if since is not None:
        query = query.where(passage.c.ended_at >= since)
    if vehicle_id is not None:
        query = query.where(passage.c.vehicle_id == vehicle_id)
    found: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for ids in _chunks(segment_ids):
        asked = {"of_storm": storm_id, "of_segments": ids}
        for one in records(Pass, tx.execute(query, asked)):
            found[DirectedSegment(one.segment_id, one.forward)].append(one)
    true = {directed: merged(without_denied(passes)) for directed, passes in found.items()}
    return {directed: passes for directed, passes in true.items() if passes}


def list_reported(
    tx: Tx, storm_id: StormId, segment_ids: Collection[SegmentId]
) -> dict[DirectedSegment, list[Pass]]:
    """Return the passes that people reported, without positions, by direction."""
    found: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for ids in _chunks(segment_ids):
        query = select(passage).where(
            passage.c.storm_id == storm_id,
            passage.c.segment_id.in_(ids),
            passage.c.window.is_(None),
        )
        for one in records(Pass, tx.execute(query)):
            found[DirectedSegment(one.segment_id, one.forward)].append(one)
    return found


def list_sensed_of(
    tx: Tx, storm_id: StormId, vehicle_id: VehicleId, since: datetime, until: datetime
) -> list[Pass]:
    """Return a vehicle's passes by positions that lie wholly in a time."""
    return _of_vehicle(tx, storm_id, vehicle_id, since, until, told=False)


def list_denied(
    tx: Tx, storm_id: StormId, vehicle_id: VehicleId, since: datetime, until: datetime
) -> list[Pass]:
    """Return a driver's denials in a time: the vehicle was elsewhere then."""
    told = _of_vehicle(tx, storm_id, vehicle_id, since, until, told=True)
    return [one for one in told if denied(one)]


def _of_vehicle(
    tx: Tx,
    storm_id: StormId,
    vehicle_id: VehicleId,
    since: datetime,
    until: datetime,
    *,
    told: bool,
) -> list[Pass]:
    query = select(passage).where(
        passage.c.storm_id == storm_id,
        passage.c.vehicle_id == vehicle_id,
        passage.c.ended_at.between(since, until),
        passage.c.started_at >= since,
        passage.c.window.is_(None) if told else passage.c.window.is_not(None),
    )
    return records(Pass, tx.execute(query))


def list_denials_between(
    tx: Tx, storm_id: StormId, since: datetime, until: datetime
) -> dict[DirectedSegment, list[Pass]]:
    """Return what drivers denied of the work that ended after `since`, until a time."""
    query = select(passage).where(
        passage.c.storm_id == storm_id,
        _BY_VEHICLES,
        passage.c.treatment.is_(None),
        passage.c.evidence_kind == EvidenceKind.DRIVER,
        passage.c.ended_at > since,
        passage.c.started_at <= until,
    )
    found: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for one in records(Pass, tx.execute(query)):
        found[DirectedSegment(one.segment_id, one.forward)].append(one)
    return found


def list_work_between(
    tx: Tx,
    storm_id: StormId,
    since: datetime,
    until: datetime,
    denials: Mapping[DirectedSegment, Sequence[Pass]],
) -> dict[DirectedSegment, list[Pass]]:
    """Return the work of vehicles that ended after `since`, until a time, by direction in order.

    What is among the denials of that time is left out.
    """
    query = select(passage).where(
        passage.c.storm_id == storm_id,
        _BY_VEHICLES,
        passage.c.treatment.is_not(None),
        passage.c.ended_at > since,
        passage.c.ended_at <= until,
    )
    found: dict[DirectedSegment, list[Pass]] = defaultdict(list)
    for one in records(Pass, tx.execute(query.order_by(passage.c.ended_at, passage.c.id))):
        found[DirectedSegment(one.segment_id, one.forward)].append(one)
    true = {
        directed: without_denied([*passes, *denials.get(directed, ())])
        for directed, passes in found.items()
    }
    return {directed: passes for directed, passes in true.items() if passes}


def find_newest_pass(tx: Tx) -> int:
    """Return the place of the pass that was stored last; 0 where there is none."""
    return int(tx.execute(select(func.max(passage.c.id))).scalar() or 0)


def list_streets_with_passes_since(tx: Tx, storm_id: StormId, place: int) -> set[SegmentId]:
    """Return the streets of which passes were stored behind a place."""
    query = select(passage.c.segment_id).where(passage.c.storm_id == storm_id, passage.c.id > place)
    return {SegmentId(each) for each in tx.scalars(query.distinct())}


def list_work_of(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime
) -> list[tuple[datetime, datetime, Evidence]]:
    """Return when a vehicle worked in a time, and by which evidence, oldest first."""
    query = (
        select(
            passage.c.started_at,
            passage.c.ended_at,
            passage.c.evidence_kind.label("kind"),
            passage.c.confidence,
        )
        .where(
            passage.c.storm_id.in_(select(storm.c.id)),
            passage.c.vehicle_id == vehicle_id,
            passage.c.ended_at >= since,
            passage.c.started_at < until,
            passage.c.treatment.is_not(None),
        )
        .order_by(passage.c.started_at, passage.c.id)
    )
    rows = tx.execute(query)
    evidence_of = reader(Evidence, rows)
    return [(row.started_at, row.ended_at, evidence_of(row)) for row in rows]


def replace_reported(
    tx: Tx, storm_id: StormId, changed: Mapping[DirectedSegment, Sequence[Pass]]
) -> None:
    """Replace all passes of these directions that people reported."""
    if not changed:
        return
    unseal(tx, [reported_subject(storm_id)])
    tx.execute(
        delete(passage).where(
            passage.c.storm_id == storm_id,
            passage.c.segment_id == bindparam("of_segment"),
            passage.c.forward == bindparam("of_forward"),
            passage.c.window.is_(None),
        ),
        [{"of_segment": d.segment_id, "of_forward": d.forward} for d in changed],
    )
    rows = [pass_row(storm_id, one) for passes in changed.values() for one in passes]
    if rows:
        tx.execute(insert(passage), rows)


def list_coverage(
    tx: Tx, storm_id: StormId, segment_ids: Collection[SegmentId] | None = None
) -> list[Coverage]:
    """Return the coverage of a storm; of some segments only, where given."""
    if segment_ids is None:
        query = select(coverage).where(coverage.c.storm_id == storm_id)
        return records(Coverage, tx.execute(query))
    return [
        record(Coverage, row)
        for ids in _chunks(segment_ids)
        for row in tx.execute(_COVERED, {"of_storm": storm_id, "of_segments": ids})
    ]


def list_coverage_by_word(tx: Tx, storm_id: StormId, most_sure: float) -> list[Coverage]:
    """Return the directions passed whose latest work is a driver's word, and no surer than that."""
    query = select(coverage).where(
        coverage.c.storm_id == storm_id,
        coverage.c.evidence_kind == EvidenceKind.DRIVER,
        coverage.c.confidence <= most_sure,
        coverage.c.passes_done > 0,
    )
    return records(Coverage, tx.execute(query))


def list_plowed_times(tx: Tx, storm_id: StormId) -> list[tuple[SegmentId, bool, datetime]]:
    """Return the directions plowed in a storm, and when the last whole pass was complete."""
    query = select(coverage.c.segment_id, coverage.c.forward, coverage.c.plowed_at).where(
        coverage.c.storm_id == storm_id, coverage.c.plowed_at.is_not(None)
    )
    rows = tx.execute(query)
    return [(SegmentId(row.segment_id), bool(row.forward), row.plowed_at) for row in rows]


def save_coverage(tx: Tx, storm_id: StormId, rows: Iterable[Coverage]) -> None:
    """Store the coverage of these directions."""
    values = [_coverage_row(storm_id, one) for one in rows]
    if values:
        tx.execute(_SAVE, values)


def remove_coverage(tx: Tx, storm_id: StormId, directions: Iterable[DirectedSegment]) -> None:
    """Remove the coverage of directions without any pass."""
    gone = [{"of_segment": d.segment_id, "of_forward": d.forward} for d in directions]
    if gone:
        tx.execute(
            delete(coverage).where(
                coverage.c.storm_id == storm_id,
                coverage.c.segment_id == bindparam("of_segment"),
                coverage.c.forward == bindparam("of_forward"),
            ),
            gone,
        )


def _chunks(segment_ids: Collection[SegmentId]) -> Iterable[list[SegmentId]]:
    ids = sorted(segment_ids)
    return (ids[i : i + ASKED_AT_ONCE] for i in range(0, len(ids), ASKED_AT_ONCE))


def pass_row(storm_id: StormId, one: Pass, window: int | None = None) -> dict[str, object]:
    """Return a pass as a row; `window` numbers the half hour of positions it follows from.

    By hand, as is that of coverage: all evidence goes through them, and `row_of` takes four times
    as long.
    """
    return {
        "storm_id": storm_id,
        "segment_id": one.segment_id,
        "forward": one.forward,
        "from_m": one.from_m,
        "to_m": one.to_m,
        "vehicle_id": one.vehicle_id,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "treatment": one.treatment,
        "evidence_kind": one.evidence.kind,
        "confidence": one.evidence.confidence,
        "material_kg": one.material_kg,
        "window": window,
    }


def _coverage_row(storm_id: StormId, one: Coverage) -> dict[str, object]:
    return {
        "storm_id": storm_id,
        "segment_id": one.segment_id,
        "forward": one.forward,
        "passes_done": one.passes_done,
        "passes_needed": one.passes_needed,
        "last_pass_at": one.last_pass_at,
        "driven_at": one.driven_at,
        "plowed_at": one.plowed_at,
        "salted_at": one.salted_at,
        "worked_at": one.worked_at,
        "cleared_at": one.cleared_at,
        "evidence_kind": one.evidence.kind if one.evidence else None,
        "confidence": one.evidence.confidence if one.evidence else None,
    }
