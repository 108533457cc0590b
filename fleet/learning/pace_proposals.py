"""Proposals of how long things take: made of storms, put in force by a person, and undone."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.errors import ConflictError, NotFoundError
from data.model import Actor, Event, Storm, StormId
from data.model.planning.paces import LearnedPace, PaceProposal, PaceProposalId, PaceState
from data.store.audit.audit_log import add_event, find_last_event
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import (
    add_proposal,
    find_proposal_in_force,
    get_proposal,
    set_proposal_state,
)
from data.store.setup.city import get_city
from data.store.setup.machines import list_reload_sites, list_vehicles
from data.store.storms.storms import list_storms
from data.streets.network import StreetNetwork
from fleet.learning.corrections import Corrections, InPlans, corrections, without_corrected
from fleet.learning.deviations.driven_orders import learned_orders
from fleet.learning.deviations.untaken_ways import untaken_ways
from fleet.learning.paces import learned_pace
from fleet.learning.storm_drives import drives_in, taken_in
from fleet.learning.street_drives import StormDrives
from fleet.shifts.machine_limits import UntakenWay, propose_untaken
from fleet.shifts.order_preferences import LearnedOrder, propose_orders

PACE_SET = "pace.set"
NONE = 0
"""Number of no proposal: plans assume what is written down."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What storms taught, from how many drives; `untaken` and `orders` are driven unlike plans."""

    storm_ids: tuple[StormId, ...]
    drives: int
    learned: LearnedPace
    untaken: tuple[UntakenWay, ...] = ()
    orders: tuple[LearnedOrder, ...] = ()


def storms_to_learn_from(tx: Tx, wanted: Collection[int]) -> list[Storm]:
    """Return storms by number, all that are over where none is named; the first one first."""
    storms = list_storms(tx)[::-1]
    if not wanted:
        return [storm for storm in storms if storm.ended_at is not None]
    known = {int(storm.id) for storm in storms}
    for number in wanted:
        if number not in known:
            raise NotFoundError("storm", number)
    return [storm for storm in storms if storm.id in wanted]


def lessons_of(
    tx: Tx,
    storms: Sequence[Storm],
    network: StreetNetwork,
    now: datetime,
    on_read: Callable[[int], object] = bool,
) -> Lessons:
    """Return what storms teach of how long things take.

    That takes minutes and only reads. `on_read` hears how many storms are read by now, and may
    raise. Raises `ConflictError` where nothing was driven.
    """
    seen = StormDrives()
    for count, storm in enumerate(storms, start=1):
        seen += drives_in(tx, [storm], network, now)
        on_read(count)
    if not seen.drives:
        raise ConflictError("no drive of these storms tells a speed", reason="nothing_to_learn")
    learned = learned_pace(seen, list_reload_sites(tx), list_vehicles(tx))
    ids = tuple(StormId(storm.id) for storm in storms)
    others = [storm for storm in list_storms(tx) if storm.id not in ids]
    untaken = _untaken(tx, seen, others, network)
    orders = learned_orders(seen.orders)
    return Lessons(ids, len(seen.drives), learned, tuple(untaken), tuple(orders))


def _untaken(
    tx: Tx, seen: StormDrives, others: Sequence[Storm], network: StreetNetwork
) -> list[UntakenWay]:
    """Return the ways that were never taken, in no storm: of the `others` only these are read."""
    asked = untaken_ways(seen.missed, seen.taken)
    ways = (way for one in asked for way in (one.way, one.came) if way is not None)
    streets = {way.segment_id for way in ways}
    taken = seen.taken | taken_in(tx, others if streets else (), network, streets)
    return untaken_ways(seen.missed, taken)


def propose(tx: Tx, actor: Actor, lessons: Lessons, now: datetime) -> PaceProposal:
    """Store what storms taught; plans do not use it yet.

    Ways that were never taken are proposed as restrictions of machines, and orders of streets that
    drivers prefer, each to be decided alone.
    """
    new = PaceProposal(
        id=PaceProposalId(NONE),
        made_at=now,
        made_by=actor.id,
        storm_ids=lessons.storm_ids,
        learned=lessons.learned,
    )
    added = add_proposal(tx, new)
    after = {"storms": list(added.storm_ids), "drives": lessons.drives}
    add_event(tx, now, actor, "pace.proposed", _subject(added.id), after=after)
    if lessons.untaken:
        propose_untaken(tx, actor, lessons.storm_ids[-1], lessons.untaken, now)
    propose_orders(tx, actor, lessons.orders, now)
    return added


def pace_in_plans(tx: Tx) -> InPlans:
    """Return what plans use of the proposal in force: what was not corrected since."""
    used = find_proposal_in_force(tx)
    learned = LearnedPace() if used is None else used.learned
    corrected = corrected_since(tx, learned)
    return InPlans(without_corrected(learned, corrected), corrected.speeds)


def corrected_since(tx: Tx, learned: LearnedPace) -> Corrections:
    """Return what the city's machines and sites say otherwise than when it was learned."""
    return corrections(learned, list_vehicles(tx), list_reload_sites(tx))


def put_in_force(
    tx: Tx, actor: Actor, proposal_id: PaceProposalId, base: int, now: datetime
) -> PaceProposal | None:
    """Let plans use a proposal from now on, or, by number `NONE`, assume what is written down.

    `base` is the last change that the editor has seen, 0 for none. Returns what is in force then.
    """
    _refuse_changed(tx, base)
    if proposal_id != NONE:
        get_proposal(tx, proposal_id)
    used = find_proposal_in_force(tx)
    if proposal_id == (NONE if used is None else used.id):
        raise ConflictError(
            "plans use that already, it is in force", reason="pace_in_force", id=proposal_id
        )
    _set(tx, actor, proposal_id, now)
    return find_proposal_in_force(tx)


def undo_pace(tx: Tx, actor: Actor, change: int, now: datetime) -> PaceProposal | None:
    """Undo the last change, which must still be this one; undoing again redoes it.

    Returns what is in force then, `None` where plans assume what is written down.
    """
    _refuse_changed(tx, change)
    last = find_last_pace_change(tx)
    if last is None:
        raise ConflictError("nothing has been changed yet", reason="nothing_to_undo")
    _set(tx, actor, PaceProposalId(int(str(last.before["proposal"]))), now)
    return find_proposal_in_force(tx)


def find_last_pace_change(tx: Tx) -> Event | None:
    """Return the last change of what plans use, which `undo_pace` undoes."""
    return find_last_event(tx, PACE_SET)


def _set(tx: Tx, actor: Actor, proposal_id: PaceProposalId, now: datetime) -> None:
    before = find_proposal_in_force(tx)
    if before is not None:
        set_proposal_state(tx, before.id, PaceState.ENDED, now, actor.id)
    if proposal_id != NONE:
        set_proposal_state(tx, proposal_id, PaceState.IN_FORCE, now, actor.id)
    was = {"proposal": NONE if before is None else before.id}
    subject, after = f"city:{get_city(tx).name}", {"proposal": proposal_id}
    add_event(tx, now, actor, PACE_SET, subject, before=was, after=after)


def _refuse_changed(tx: Tx, base: int) -> None:
    last = find_last_pace_change(tx)
    if (last.id if last else 0) != base:
        raise ConflictError("somebody has changed it meanwhile", reason="pace_changed")


def _subject(proposal_id: PaceProposalId) -> str:
    return f"pace_proposal:{proposal_id}"
