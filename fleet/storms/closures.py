"""Street closures of a storm by dispatchers, for plans and for drivers."""

from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, Closure, ClosureId, SegmentId, StormId
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.blockages import blocked_streets
from data.store.storms.closures import add_closure, get_closure, list_closures, set_lifted
from data.store.storms.storms import open_storm
from data.streets.network import StreetNetwork
from fleet.coverage.street_coverage import drivable

NOT_YET = ClosureId(0)
"""Id of a closure that the database has not numbered yet."""

REASON_LETTERS = 200


@dataclass(frozen=True, slots=True)
class ClosureWish:
    """What a dispatcher wants closed; `forward` is `None` for the whole street."""

    segment_id: SegmentId
    forward: bool | None
    from_at: datetime
    until_at: datetime | None
    reason: str


def close_street(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    network: StreetNetwork,
    wish: ClosureWish,
    now: datetime,
) -> Closure:
    """Close a street for a storm that has not ended; raise `InvalidError` for a wrong wish.

    Raises `ConflictError` where the street is closed for such a time already.
    """
    storm = open_storm(tx, storm_id)
    _check(network, wish, now)
    for other in list_closures(tx, storm_id, now):
        if other.segment_id == wish.segment_id and _meet(other, wish):
            raise ConflictError(
                f"street {wish.segment_id} is closed by {other.added_by} already",
                reason="closed_already",
                by=other.added_by,
            )
    return note_closure(tx, actor, storm.id, wish, now)


def note_closure(
    tx: Tx, actor: Actor, storm_id: StormId, wish: ClosureWish, now: datetime
) -> Closure:
    """Store a valid closure, and write it to the audit log."""
    added = add_closure(
        tx,
        Closure(
            NOT_YET,
            storm_id,
            wish.segment_id,
            wish.forward,
            wish.from_at,
            wish.until_at,
            wish.reason.strip(),
            added_at=now,
            added_by=actor.id,
        ),
    )
    after = {
        "storm": storm_id,
        "segment": wish.segment_id,
        "forward": wish.forward,
        "from": wish.from_at.isoformat(),
        "until": wish.until_at.isoformat() if wish.until_at else None,
        "reason": added.reason,
    }
    add_event(tx, now, actor, "closure.added", f"closure:{added.id}", after=after)
    return added


def lift_closure(tx: Tx, actor: Actor, closure_id: ClosureId, now: datetime) -> Closure:
    """Lift a closure; raise `ConflictError` when it is lifted already."""
    before = get_closure(tx, closure_id)
    open_storm(tx, before.storm_id)
    if before.lifted_at is not None or (before.until_at is not None and before.until_at <= now):
        raise ConflictError(f"closure {closure_id} has ended", reason="closure_over")
    set_lifted(tx, closure_id, now, actor.id)
    add_event(tx, now, actor, "closure.lifted", f"closure:{closure_id}")
    return replace(before, lifted_at=now, lifted_by=actor.id)


def _check(network: StreetNetwork, wish: ClosureWish, now: datetime) -> None:
    segment = network.find(wish.segment_id)
    if segment is None:
        raise InvalidError("segment_id", wish.segment_id, "a street of the city")
    if wish.forward is not None and not drivable(segment, forward=wish.forward):
        raise InvalidError("forward", wish.forward, "a direction that signs allow")
    if wish.until_at is not None and wish.until_at <= max(wish.from_at, now):
        got = wish.until_at.isoformat()
        raise InvalidError("until_at", got, "after the start, and in the future")
    if not wish.reason.strip():
        raise InvalidError("reason", "", "why the street is closed")
    if len(wish.reason) > REASON_LETTERS:
        letters = f"{len(wish.reason)} letters"
        raise InvalidError(
            "reason", letters, Need("at most {max_length} characters", max_length=REASON_LETTERS)
        )


def _meet(one: Closure, wish: ClosureWish) -> bool:
    """Whether a closure and a wish overlap in direction and time."""
    same_way = one.forward is None or wish.forward is None or one.forward == wish.forward
    begins_before = wish.until_at is None or one.from_at < wish.until_at
    ends_after = one.until_at is None or one.until_at > wish.from_at
    return same_way and begins_before and ends_after


def impassable_streets(
    tx: Tx, storm_id: StormId, now: datetime
) -> tuple[set[SegmentId], list[Closure]]:
    """Return the blocked streets, and the closures that hold or are to come."""
    return blocked_streets(tx, storm_id), list_closures(tx, storm_id, now)
