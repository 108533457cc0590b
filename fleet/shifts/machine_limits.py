"""Streets and turns that drivers call impossible or never take: proposed, then decided.

A planner accepts, changes or rejects what was proposed, and may take back what holds. Plans heed
what is accepted (`fleet.streets.machine_limits`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, Blockage, DirectedSegment, Leg, LegKind, LonLat, StormId, VehicleId
from data.model.ids import MachineLimitId
from data.model.machines import LimitState, MachineLimit
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plans import find_route
from data.store.setup.machines import get_vehicle, list_vehicles
from data.store.shifts.machine_limits import (
    add_limit,
    get_limit,
    list_limits,
    list_limits_of_report,
    save_limit,
)
from data.streets.network import StreetNetwork
from data.streets.projection import distance_m
from fleet.streets.machine_limits import ways_of

NOT_YET = MachineLimitId(0)
"""Id of a limit that the database has not numbered yet."""

NOTE_LETTERS = 200


@dataclass(frozen=True, slots=True)
class LimitWish:
    """What a planner accepts: for which types, in which directions, until when, with a note."""

    types: tuple[str, ...]
    both_ways: bool
    until_at: datetime | None
    note: str


def propose_limit(
    tx: Tx,
    actor: Actor,
    report: Blockage,
    network: StreetNetwork,
    turn_at: LonLat | None,
    now: datetime,
) -> MachineLimit | None:
    """Propose the streets of a stage, or the turn at a place of it, for the driver's type.

    `None` where the stage has no street, and no turn there.
    """
    if report.plan_id is None or report.leg is None or report.last is None:
        return None
    route = find_route(tx, report.plan_id, report.shift_id)
    if route is None:
        return None
    before = _path(route.legs[: report.leg])[-1:]
    mine = route.legs[report.leg : report.last + 1]
    came, ways = None, _worked(mine)
    if turn_at is not None:
        came, ways = _turn([*before, *_path(mine)], network, turn_at)
    if not ways:
        return None
    vehicle = get_vehicle(tx, report.vehicle_id)
    added = add_limit(
        tx,
        MachineLimit(
            NOT_YET,
            report.storm_id,
            report.id,
            vehicle.id,
            ways,
            (vehicle.type,),
            now,
            actor.id,
            came=came,
            both_ways=came is None,
        ),
    )
    add_event(tx, now, actor, "machine_limit.proposed", _subject(added), after=_said(added))
    return added


@dataclass(frozen=True, slots=True)
class UntakenWay:
    """A turn out of `came`, or a street where that is `None`, that a type of machine never takes.

    `vehicle_id` is the machine that had most of the `chances`.
    """

    machine: str
    way: DirectedSegment
    came: DirectedSegment | None
    chances: int
    drivers: int
    vehicle_id: VehicleId


def propose_untaken(
    tx: Tx, actor: Actor, storm_id: StormId, untaken: Iterable[UntakenWay], now: datetime
) -> list[MachineLimit]:
    """Propose ways that storms showed to be never taken, but for those that were proposed before.

    Whoever rejected one is not asked again, nor is one that was taken back.
    """
    asked = {
        (name, way, one.came)
        for one in list_limits(tx, frozenset(LimitState))
        for name in one.types
        for way in ways_of(one)
    }
    new = (one for one in untaken if (one.machine, one.way, one.came) not in asked)
    return [_proposed(tx, actor, storm_id, one, now) for one in new]


def count_untaken(tx: Tx) -> int:
    """Return how many ways that storms showed to be never taken wait for a decision."""
    return sum(one.blockage_id is None for one in list_limits(tx, {LimitState.PROPOSED}))


def _proposed(
    tx: Tx, actor: Actor, storm_id: StormId, one: UntakenWay, now: datetime
) -> MachineLimit:
    limit = MachineLimit(
        id=NOT_YET,
        storm_id=storm_id,
        blockage_id=None,
        vehicle_id=one.vehicle_id,
        ways=(one.way,),
        types=(one.machine,),
        proposed_at=now,
        proposed_by=actor.id,
        came=one.came,
        chances=one.chances,
        drivers=one.drivers,
    )
    added = add_limit(tx, limit)
    add_event(tx, now, actor, "machine_limit.learned", _subject(added), after=_said(added))
    return added


def accept_limit(
    tx: Tx, actor: Actor, limit_id: MachineLimitId, wish: LimitWish, now: datetime
) -> MachineLimit:
    """Let plans heed a limit, as the planner words it; one that holds already is changed."""
    before = get_limit(tx, limit_id)
    if before.state is LimitState.WITHDRAWN:
        raise _decided(before)
    _check(tx, wish, now)
    after = replace(
        before,
        types=wish.types,
        both_ways=wish.both_ways and before.came is None,
        until_at=wish.until_at,
        note=wish.note.strip(),
        state=LimitState.ACCEPTED,
        decided_at=now,
        decided_by=actor.id,
    )
    held = before.state is LimitState.ACCEPTED
    return _decide(tx, actor, before, after, "changed" if held else "accepted")


def reject_limit(tx: Tx, actor: Actor, limit_id: MachineLimitId, now: datetime) -> MachineLimit:
    """Reject what was proposed."""
    before = get_limit(tx, limit_id)
    if before.state is not LimitState.PROPOSED:
        raise _decided(before)
    after = replace(before, state=LimitState.REJECTED, decided_at=now, decided_by=actor.id)
    return _decide(tx, actor, before, after, "rejected")


def take_back_limit(tx: Tx, actor: Actor, limit_id: MachineLimitId, now: datetime) -> MachineLimit:
    """Take back a limit that holds: plans forget it."""
    before = get_limit(tx, limit_id)
    if before.state is not LimitState.ACCEPTED:
        raise _decided(before)
    after = replace(before, state=LimitState.WITHDRAWN, decided_at=now, decided_by=actor.id)
    return _decide(tx, actor, before, after, "taken_back")


def withdraw_proposals(tx: Tx, actor: Actor, report: Blockage, now: datetime) -> None:
    """Withdraw what a report proposed that its driver takes back, as far as nobody decided."""
    for before in list_limits_of_report(tx, report.id):
        if before.state is LimitState.PROPOSED:
            after = replace(before, state=LimitState.WITHDRAWN, decided_at=now, decided_by=actor.id)
            _decide(tx, actor, before, after, "withdrawn")


def _decide(
    tx: Tx, actor: Actor, before: MachineLimit, after: MachineLimit, verb: str
) -> MachineLimit:
    save_limit(tx, after)
    moment = after.decided_at or after.proposed_at
    said = _said(before), _said(after)
    add_event(tx, moment, actor, f"machine_limit.{verb}", _subject(after), *said)
    return after


def _check(tx: Tx, wish: LimitWish, now: datetime) -> None:
    known = {vehicle.type for vehicle in list_vehicles(tx)}
    if not wish.types or not known.issuperset(wish.types):
        raise InvalidError("types", ", ".join(wish.types), Need("a type of machine"))
    if wish.until_at is not None and wish.until_at <= now:
        raise InvalidError("until_at", wish.until_at.isoformat(), Need("a time in the future"))
    if len(wish.note) > NOTE_LETTERS:
        most = Need("at most {max_length} characters", max_length=NOTE_LETTERS)
        raise InvalidError("note", f"{len(wish.note)} letters", most)


def _decided(limit: MachineLimit) -> ConflictError:
    return ConflictError(f"limit {limit.id} is {limit.state}", reason="limit_decided")


def _subject(limit: MachineLimit) -> str:
    return f"machine_limit:{limit.id}"


def _said(limit: MachineLimit) -> dict[str, object]:
    return {
        "segment": limit.ways[0].segment_id,
        "ways": [list(way) for way in limit.ways],
        "came": list(limit.came) if limit.came else None,
        "both_ways": limit.both_ways,
        "types": list(limit.types),
        "state": str(limit.state),
        "until": limit.until_at.isoformat() if limit.until_at else None,
        "vehicle": limit.vehicle_id,
        "note": limit.note,
        **({} if limit.blockage_id else {"chances": limit.chances, "drivers": limit.drivers}),
    }


def _path(legs: Sequence[Leg]) -> list[DirectedSegment]:
    return [step for leg in legs for step in leg.path]


def _worked(legs: Sequence[Leg]) -> tuple[DirectedSegment, ...]:
    """Return the streets of a stage that are worked, else those that are driven, each once."""
    work = [leg for leg in legs if leg.kind is LegKind.WORK]
    return tuple(dict.fromkeys(_path(work or legs)))


def _turn(
    path: Sequence[DirectedSegment], network: StreetNetwork, at: LonLat
) -> tuple[DirectedSegment | None, tuple[DirectedSegment, ...]]:
    """Return the turn of a way that is nearest to a place: from which street into which."""
    near = min(_turns(path, network), key=lambda one: distance_m(one[0], at), default=None)
    return (None, ()) if near is None else (near[1], (near[2],))


def _turns(
    path: Sequence[DirectedSegment], network: StreetNetwork
) -> Iterator[tuple[LonLat, DirectedSegment, DirectedSegment]]:
    """Yield the places at which a way turns from one street into another that begins there."""
    for came, goes in pairwise(path):
        ends = [network.find(step.segment_id) for step in (came, goes)]
        if ends[0] is None or ends[1] is None:
            continue
        node = ends[0].end if came.forward else ends[0].start
        if node == (ends[1].start if goes.forward else ends[1].end):
            yield LonLat(*network.node_lonlat[network.node_index(node)].tolist()), came, goes
