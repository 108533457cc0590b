"""Orders of streets that drivers prefer to those of plans: proposed by storms, then decided."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, SegmentId
from data.model.ids import OrderPreferenceId
from data.model.machines import LimitState
from data.model.planning.street_orders import OrderPreference, PreferredOrder
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.shifts.order_preferences import (
    add_preference,
    get_preference,
    list_preferences,
    save_preference,
)

NOT_YET = OrderPreferenceId(0)
"""Id of a preference that the database has not numbered yet."""


@dataclass(frozen=True, slots=True)
class LearnedOrder:
    """Streets that a type of machine did before others though routes said otherwise.

    That was so `times` of all `chances`, with so many `drivers`, in so many `storms`.
    """

    machine: str
    sooner: tuple[SegmentId, ...]
    later: tuple[SegmentId, ...]
    times: int
    chances: int
    drivers: int
    storms: int


def propose_orders(
    tx: Tx, actor: Actor, learned: Iterable[LearnedOrder], now: datetime
) -> list[OrderPreference]:
    """Propose orders that storms showed, but for streets of which some order was proposed before.

    Whoever rejected one is not asked again, nor is one that was taken back.
    """
    asked = list_preferences(tx, frozenset(LimitState))
    new = [one for one in learned if not any(_of_the_same(one, each) for each in asked)]
    return [_proposed(tx, actor, one, now) for one in new]


def preferred_orders(tx: Tx) -> frozenset[PreferredOrder]:
    """Return the accepted orders, for plans."""
    return frozenset(
        PreferredOrder(one.machine, frozenset(one.sooner), frozenset(one.later))
        for one in list_preferences(tx, {LimitState.ACCEPTED})
    )


def count_proposed_orders(tx: Tx) -> int:
    """Return how many orders wait for a decision."""
    return len(list_preferences(tx, {LimitState.PROPOSED}))


def accept_order(
    tx: Tx, actor: Actor, preference_id: OrderPreferenceId, now: datetime
) -> OrderPreference:
    """Let plans heed an order that is proposed, or was rejected or taken back."""
    refused = {LimitState.ACCEPTED}
    return _decide(tx, actor, preference_id, LimitState.ACCEPTED, refused, now)


def reject_order(
    tx: Tx, actor: Actor, preference_id: OrderPreferenceId, now: datetime
) -> OrderPreference:
    """Reject what was proposed."""
    refused = set(LimitState) - {LimitState.PROPOSED}
    return _decide(tx, actor, preference_id, LimitState.REJECTED, refused, now)


def take_back_order(
    tx: Tx, actor: Actor, preference_id: OrderPreferenceId, now: datetime
) -> OrderPreference:
    """Take back an order that plans heed: they forget it."""
    refused = set(LimitState) - {LimitState.ACCEPTED}
    return _decide(tx, actor, preference_id, LimitState.WITHDRAWN, refused, now)


_VERBS = {
    LimitState.ACCEPTED: "order_preference.accepted",
    LimitState.REJECTED: "order_preference.rejected",
    LimitState.WITHDRAWN: "order_preference.taken_back",
}


def _decide(
    tx: Tx,
    actor: Actor,
    preference_id: OrderPreferenceId,
    state: LimitState,
    refused: Iterable[LimitState],
    now: datetime,
) -> OrderPreference:
    before = get_preference(tx, preference_id)
    if before.state in refused:
        raise ConflictError(f"order {before.id} is {before.state}", reason="limit_decided")
    after = replace(before, state=state, decided_at=now, decided_by=actor.id)
    save_preference(tx, after)
    add_event(tx, now, actor, _VERBS[state], _subject(after), _said(before), _said(after))
    return after


def _proposed(tx: Tx, actor: Actor, one: LearnedOrder, now: datetime) -> OrderPreference:
    new = OrderPreference(
        id=NOT_YET,
        machine=one.machine,
        sooner=one.sooner,
        later=one.later,
        times=one.times,
        chances=one.chances,
        drivers=one.drivers,
        storms=one.storms,
        proposed_at=now,
        proposed_by=actor.id,
    )
    added = add_preference(tx, new)
    add_event(tx, now, actor, "order_preference.learned", _subject(added), after=_said(added))
    return added


def _of_the_same(one: LearnedOrder, known: OrderPreference) -> bool:
    """Whether a known order is of the same two streets, either way round."""
    if one.machine != known.machine:
        return False
    mine, theirs = (set(one.sooner), set(one.later)), (set(known.sooner), set(known.later))
    return any(mine[0] & there and mine[1] & behind for there, behind in (theirs, theirs[::-1]))


def _subject(preference: OrderPreference) -> str:
    return f"order_preference:{preference.id}"


def _said(preference: OrderPreference) -> dict[str, object]:
    return {
        "segment": preference.sooner[0],
        "sooner": list(preference.sooner),
        "later": list(preference.later),
        "machine": preference.machine,
        "state": str(preference.state),
        "times": preference.times,
        "chances": preference.chances,
        "drivers": preference.drivers,
        "storms": preference.storms,
    }
