"""What types of machines are kept off, for plans and replans."""

from datetime import datetime

from data.model import DirectedSegment
from data.model.machines import LimitState, MachineLimit, WayLimit
from data.store.database.engine import Tx
from data.store.shifts.machine_limits import list_limits


def way_limits(tx: Tx, now: datetime) -> frozenset[WayLimit]:
    """Return the accepted limits that hold now, one for each direction of a street."""
    accepted = list_limits(tx, {LimitState.ACCEPTED})
    return frozenset(
        WayLimit(frozenset(one.types), way, one.came)
        for one in accepted
        if one.holds_at(now)
        for way in ways_of(one)
    )


def ways_of(limit: MachineLimit) -> set[DirectedSegment]:
    """Return the directions of streets that a limit is about."""
    back = {DirectedSegment(way.segment_id, not way.forward) for way in limit.ways}
    return set(limit.ways) | (back if limit.both_ways else set())
