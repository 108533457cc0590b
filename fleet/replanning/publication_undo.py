"""Taking back the publication of a plan shortly after it, while no driver has begun."""

from datetime import datetime, timedelta

from data.errors import ConflictError
from data.model import Actor, ActorKind, Event, Plan, PlanId, PlanState
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.database.engine import Tx
from data.store.planning.plans import get_plan, set_draft_again, set_plan_state
from data.store.shifts.route_answers import list_answers
from data.store.shifts.shifts import list_progress_of_plan
from data.store.work import set_planned
from fleet.planning.plan_lifecycle import IN_PLACE_OF
from fleet.planning.remaining_routes import jobs_of
from fleet.requests.notices import write_planned_notices
from fleet.requests.promises import promise_open
from fleet.routes.published_plan import Estimates

UNDO_FOR = timedelta(minutes=1)
"""So long after it a publication can be taken back."""


def take_back_publication(
    tx: Tx, actor: Actor, plan_id: PlanId, estimates: Estimates, now: datetime, speed: float = 1.0
) -> Plan:
    """Return the plan, a draft again; the one that was driven before it is driven again.

    Callers who heard of a time keep it where the former plan can, else they hear another one.
    Raises `ConflictError` where the plan is not driven, was published more than a minute ago (of a
    clock of some `speed`) or by an urgent insertion, or where a driver has accepted a route of it
    or has begun with one.
    """
    plan = get_plan(tx, plan_id)
    if plan.state is not PlanState.PUBLISHED:
        raise ConflictError(
            f"plan {plan_id} is not the one that is driven", reason="plan_not_driven", plan=plan_id
        )
    published = _publication(tx, plan, now, speed)
    _require_not_begun(tx, plan, published.at)
    former_id = published.after[IN_PLACE_OF]
    set_draft_again(tx, plan_id)
    change = ({"state": PlanState.PUBLISHED}, {"state": PlanState.DRAFT})
    add_event(tx, now, actor, "plan.taken_back", f"plan:{plan_id}", *change)
    if not isinstance(former_id, int):
        set_planned(tx, plan.storm_id, set(), now)
        return get_plan(tx, plan_id)
    former = get_plan(tx, PlanId(former_id))
    set_plan_state(tx, former.id, PlanState.PUBLISHED)
    set_planned(tx, plan.storm_id, jobs_of(former.routes), now)
    again = ({"state": PlanState.SUPERSEDED}, {"state": PlanState.PUBLISHED, "instead_of": plan_id})
    add_event(tx, now, actor, "plan.published", f"plan:{former.id}", *again)
    promise_open(tx, actor, estimates.arrivals_of(tx, former, now))
    write_planned_notices(tx, jobs_of(former.routes), now)
    return get_plan(tx, plan_id)


def _publication(tx: Tx, plan: Plan, now: datetime, speed: float) -> Event:
    """Return the event of a publication that can still be taken back.

    What came of it stands after it in the audit log: times that callers were promised, sheets.
    """
    last = find_last_event_on(tx, f"plan:{plan.id}", {"plan.published"})
    if (
        last is None
        or last.actor.kind is not ActorKind.USER
        or IN_PLACE_OF not in last.after
        or now - last.at > UNDO_FOR * speed
    ):
        raise ConflictError(
            "the plan was published too long ago", reason="publication_settled", plan=plan.id
        )
    return last


def _require_not_begun(tx: Tx, plan: Plan, published_at: datetime) -> None:
    """Raise `ConflictError` where drivers have answered or begun since."""
    answered = any(one.at > published_at for one in list_answers(tx, plan.id).values())
    if answered or any(list_progress_of_plan(tx, plan.id).values()):
        raise ConflictError(
            "drivers have begun with the plan", reason="publication_begun", plan=plan.id
        )
