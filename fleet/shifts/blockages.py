"""What drivers report of streets that they cannot work on: legs are left out, with a reason."""

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
    Leg,
    LonLat,
    SegmentId,
)
from data.model.work import SkipReason
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plans import find_route
from data.store.shifts.blockages import (
    add_blockage,
    get_blockage,
    set_cleared,
    set_photo,
    set_voice,
)
from data.store.shifts.shifts import get_shift
from data.streets.network import StreetNetwork
from fleet.shifts.shift_progress import Legs, skip_legs

NOT_YET = BlockageId(0)
"""Id of a blockage that the database has not numbered yet."""

NEAR_M = 150.0
"""A driver stands so near to what blocks his way, at most."""

TEXT_LETTERS = 500


class BlockageReport(NamedTuple):
    """A driver's report: place if known, text, time of the tap, reason, accuracy of the place."""

    here: LonLat | None
    text: str
    tapped_at: datetime | None = None
    reason: SkipReason = SkipReason.BLOCKED
    accuracy_m: float | None = None


def report_blockage(
    tx: Tx,
    actor: Actor,
    legs: Legs,
    network: StreetNetwork,
    report: BlockageReport,
    now: datetime,
) -> Blockage:
    """Store what a driver reports, and leave the legs out that it is about."""
    text, reason = report.text, report.reason
    if len(text) > TEXT_LETTERS:
        raise InvalidError("text", f"{len(text)} letters", f"at most {TEXT_LETTERS} letters")
    skipped = skip_legs(tx, actor, legs, reason, now, report.tapped_at)
    shift = get_shift(tx, legs.shift_id)
    segment_id, place = _place_of(tx, legs, network, report)
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
            reason=reason,
            accuracy_m=report.accuracy_m if place == report.here else None,
            plan_id=legs.plan_id,
            leg=legs.first,
            last=legs.last,
        ),
    )
    after: dict[str, object] = {"segment": segment_id, "shift": shift.id}
    after |= {"vehicle": shift.vehicle_id, "reason": str(reason)}
    verb = "blockage.reported" if reason is SkipReason.BLOCKED else "blockage.noted"
    add_event(tx, now, actor, verb, f"blockage:{blockage.id}", after=after)
    return blockage


def add_photo(
    tx: Tx, actor: Actor, blockage_id: BlockageId, photo: str, now: datetime
) -> tuple[Blockage, str]:
    """Store the photo of a report; return the report, and the file that it replaces."""
    before = get_blockage(tx, blockage_id)
    set_photo(tx, blockage_id, photo)
    add_event(tx, now, actor, "blockage.photographed", f"blockage:{blockage_id}")
    return replace(before, photo=photo), before.photo


def add_voice(
    tx: Tx, actor: Actor, blockage_id: BlockageId, voice: str, now: datetime
) -> tuple[Blockage, str]:
    """Store the voice note of a report; return the report, and the file that it replaces."""
    before = get_blockage(tx, blockage_id)
    set_voice(tx, blockage_id, voice)
    add_event(tx, now, actor, "blockage.spoken", f"blockage:{blockage_id}")
    return replace(before, voice=voice), before.voice


def clear_blockage(tx: Tx, actor: Actor, blockage_id: BlockageId, now: datetime) -> Blockage:
    """Note that what was reported is over."""
    before = get_blockage(tx, blockage_id)
    if before.cleared_at is not None:
        raise ConflictError(f"blockage {blockage_id} is cleared already", reason="blockage_cleared")
    set_cleared(tx, blockage_id, now)
    verb = "blockage.cleared" if before.reason is SkipReason.BLOCKED else "blockage.settled"
    add_event(tx, now, actor, verb, f"blockage:{blockage_id}")
    return replace(before, cleared_at=now)


def _place_of(
    tx: Tx, legs: Legs, network: StreetNetwork, report: BlockageReport
) -> tuple[SegmentId, LonLat]:
    """Return the street and the place that a report is about.

    A street is blocked where it is driven; anything else is where the driver was when he told it.
    """
    route = find_route(tx, legs.plan_id, legs.shift_id)
    driven = route.legs if route else ()
    path = _path(driven[legs.first : legs.last + 1])
    segment_id, place = _blocked_place(path, _path(driven), network, report.here)
    if report.here is not None and report.reason is not SkipReason.BLOCKED:
        return segment_id, report.here
    return segment_id, place


def _path(legs: Sequence[Leg]) -> list[DirectedSegment]:
    return [step for leg in legs for step in leg.path]


def _blocked_place(
    path: Sequence[DirectedSegment],
    route: Sequence[DirectedSegment],
    network: StreetNetwork,
    here: LonLat | None,
) -> tuple[SegmentId, LonLat]:
    """Return the blocked street of a way and the place: the nearest, else its first street.

    A stop has no way: there it is the nearest street, else the first of the whole route.
    """
    near = network.nearby(here, NEAR_M) if here else []
    own = {step.segment_id for step in path}
    snap = next((each for each in near if not own or each.segment_id in own), None)
    if snap is not None and here is not None:
        return snap.segment_id, here
    first = next(iter((*path, *route)), None)
    if first is None:
        raise InvalidError("lon", "", "a place within 150 m of a street")
    half_m = network.segment(first.segment_id).length_m / 2
    return first.segment_id, network.point_at(first.segment_id, half_m)
