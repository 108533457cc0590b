"""Closed streets as everybody may know of them, without the words of who closed them."""

from dataclasses import dataclass
from datetime import datetime

from data.model import Closure, ClosureId, Oneway, Segment
from data.store.database.engine import Tx
from data.store.storms.closures import list_all_closures
from data.store.storms.storms import find_active_storm
from data.streets.network import StreetNetwork


@dataclass(frozen=True, slots=True)
class StreetClosure:
    """A street that is closed from one junction to the next; `until_at` is `None` for unknown.

    Where `forward` is false, only the direction from its end to its start is closed; `None` stands
    for both directions of a street that has two.
    """

    id: ClosureId
    segment: Segment
    forward: bool | None
    from_at: datetime
    until_at: datetime | None


def list_street_closures(
    tx: Tx, network: StreetNetwork, known_at: datetime, now: datetime
) -> list[StreetClosure]:
    """Return the streets that are closed now, by what was known a while ago, oldest first."""
    storm = find_active_storm(tx)
    if storm is None:
        return []
    known = (_known(one, known_at) for one in list_all_closures(tx, storm.id))
    closed = (one for one in known if one is not None and _in_force(one, now))
    return [
        StreetClosure(
            one.id, segment, closed_direction(segment, one.forward), one.from_at, one.until_at
        )
        for one in closed
        if (segment := network.find(one.segment_id)) is not None
    ]


def closed_direction(segment: Segment, forward: bool | None) -> bool | None:
    """Return which direction is closed; of a one-way street it is the one that it has."""
    if forward is None and segment.oneway is not Oneway.NO:
        return segment.oneway is Oneway.FORWARD
    return forward


def _known(one: Closure, known_at: datetime) -> Closure | None:
    """Return a closure that had been written and was not lifted at a moment."""
    lifted = one.lifted_at is not None and one.lifted_at <= known_at
    return None if lifted or one.added_at > known_at else one


def _in_force(one: Closure, now: datetime) -> bool:
    return one.from_at <= now and (one.until_at is None or now < one.until_at)
