"""Blocked streets as drivers report them: legs are skipped until they are clear."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from data.errors import ConflictError, InvalidError
from data.model import (
    Actor,
    Blockage,
    BlockageId,
    DirectedSegment,
    LonLat,
    SegmentId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plans import find_route
from data.store.shifts.blockages import add_blockage, get_blockage, set_cleared, set_photo
from data.store.shifts.shifts import get_shift
from data.streets.network import StreetNetwork
from fleet.shifts.shift_progress import Legs, SkipReason, skip_legs

NOT_YET = BlockageId(0)
"""Id of a blockage that the database has not numbered yet."""

NEAR_M = 150.0
"""A driver stands so near to what blocks his way, at most."""

TEXT_LETTERS = 500


class BlockageReport(NamedTuple):
    """A driver's report of a blocked street: position if known, text, time of the tap."""

    here: LonLat | None
    text: str
    tapped_at: datetime | None = None


def report_blockage(
    tx: Tx,
    actor: Actor,
    legs: Legs,
    network: StreetNetwork,
    report: BlockageReport,
    now: datetime,
) -> Blockage:
    """Store a blockage and skip the legs that it blocks."""
    text = report.text
    if len(text) > TEXT_LETTERS:
        raise InvalidError("text", f"{len(text)} letters", f"at most {TEXT_LETTERS} letters")
    skipped = skip_legs(tx, actor, legs, SkipReason.BLOCKED, now, report.tapped_at)
    shift = get_shift(tx, legs.shift_id)
    path = _path(tx, legs)
    segment_id, place = _blocked_place(path, network, report.here)
    blockage = add_blockage(
        tx,
        Blockage(
            id=NOT_YET,
            storm_id=shift.storm_id,
            segment_id=segment_id,
            vehicle_id=shift.vehicle_id,
            shift_id=shift.id,
            reported_at=skipped[-1].ended_at or now,
            location=place,
            text=text.strip(),
        ),
    )
    after = {"segment": segment_id, "shift": shift.id, "vehicle": shift.vehicle_id}
    add_event(tx, now, actor, "blockage.reported", f"blockage:{blockage.id}", after=after)
    return blockage


def add_photo(
    tx: Tx, actor: Actor, blockage_id: BlockageId, photo: str, now: datetime
) -> tuple[Blockage, str]:
    """Store the photo of a blockage; return it, and the file that it replaces."""
    before = get_blockage(tx, blockage_id)
    set_photo(tx, blockage_id, photo)
    add_event(tx, now, actor, "blockage.photographed", f"blockage:{blockage_id}")
    return replace(before, photo=photo), before.photo


def clear_blockage(tx: Tx, actor: Actor, blockage_id: BlockageId, now: datetime) -> Blockage:
    """Mark a blockage as cleared."""
    before = get_blockage(tx, blockage_id)
    if before.cleared_at is not None:
        raise ConflictError(f"blockage {blockage_id} is cleared already", reason="blockage_cleared")
    set_cleared(tx, blockage_id, now)
    add_event(tx, now, actor, "blockage.cleared", f"blockage:{blockage_id}")
    return replace(before, cleared_at=now)


def _path(tx: Tx, legs: Legs) -> list[DirectedSegment]:
    route = find_route(tx, legs.plan_id, legs.shift_id)
    left_out = route.legs[legs.first : legs.last + 1] if route else ()
    return [step for leg in left_out for step in leg.path]


def _blocked_place(
    path: Sequence[DirectedSegment], network: StreetNetwork, here: LonLat | None
) -> tuple[SegmentId, LonLat]:
    """Return the blocked street of a way and the place: the nearest, else its first street."""
    near = network.nearby(here, NEAR_M) if here else []
    ids = [step.segment_id for step in path]
    snap = next((each for each in near if each.segment_id in ids), None)
    if snap is None and near and not ids:
        snap = near[0]
    if snap is not None and here is not None:
        return snap.segment_id, here
    if not ids:
        raise InvalidError("lon", "", "a place within 150 m of a street")
    return ids[0], network.point_at(ids[0], network.segment(ids[0]).length_m / 2)
