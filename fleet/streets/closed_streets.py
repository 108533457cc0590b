"""Closed and blocked streets at a moment of a storm."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from data.model import DirectedSegment, SegmentId, StormId
from data.store.database.engine import Tx
from data.store.shifts.blockages import blocked_streets
from data.store.storms.closures import list_all_closures, list_closures


def closed_streets(tx: Tx, storm_id: StormId, now: datetime) -> frozenset[DirectedSegment]:
    """Return the streets that are closed or blocked."""
    ways: set[_Ways] = {(segment_id, None) for segment_id in blocked_streets(tx, storm_id)}
    ways |= {
        (each.segment_id, each.forward)
        for each in list_closures(tx, storm_id, now)
        if each.holds_at(now)
    }
    return _directed(ways)


def closed_throughout(
    tx: Tx, storm_id: StormId, since: datetime, until: datetime
) -> frozenset[DirectedSegment]:
    """Return the streets that one closure of a storm closed from a moment to another."""
    return _directed(
        (each.segment_id, each.forward)
        for each in list_all_closures(tx, storm_id)
        if each.holds_at(since) and each.holds_at(until)
    )


type _Ways = tuple[SegmentId, bool | None]
"""A street and which of its directions, `None` for both."""


def _directed(ways: Iterable[_Ways]) -> frozenset[DirectedSegment]:
    return frozenset(
        DirectedSegment(segment_id, forward)
        for segment_id, only in ways
        for forward in (True, False)
        if only in (None, forward)
    )


def revision_of_closed(closed: Iterable[DirectedSegment]) -> str:
    """Return a short text that is another one as soon as other streets are closed."""
    return sha256(repr(sorted(closed)).encode()).hexdigest()[:12]
