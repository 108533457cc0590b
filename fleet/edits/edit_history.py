"""Edits of a draft as stored: begin, edit, undo and redo, byte for byte."""

from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError
from data.model import (
    Actor,
    DirectedSegment,
    DraftContent,
    Edited,
    EditedDraftHead,
    EditId,
    EditKind,
    EditState,
    EditWish,
    Event,
    Plan,
    PlanEdit,
    PlanId,
    PlanState,
)
from data.planning.plan_json import wish_facts
from data.store.audit.audit_log import add_event
from data.store.audit.audit_seals import seal_of_plan
from data.store.database.engine import Tx
from data.store.planning.plan_edits import (
    EditedDraft,
    add_edit,
    add_edited_draft,
    find_last_edit_id,
    get_edited_draft,
    get_edited_draft_head,
    list_edit_heads,
    list_edits,
    set_edit_state,
)
from data.store.planning.plans import get_plan, set_draft_content
from data.store.planning.standing_orders import list_orders
from data.store.setup.machines import list_depots, list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import get_storm
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.audit.last_change import find_change
from fleet.context import CityContext
from fleet.learning.plan_pace import plan_pace
from fleet.planning.edit_orders import orders_with
from fleet.planning.plan_lifecycle import store_draft
from fleet.planning.plan_preparation import Prepared
from fleet.planning.remaining_routes import jobs_of
from fleet.planning.standing_orders import OrderIndex, orders_from
from fleet.storms.machines_in_service import sites_in_use
from fleet.streets.loaded_streets import require_present


def begin(
    tx: Tx, actor: Actor, base_id: PlanId, drafted: Plan, prepared: Prepared, now: datetime
) -> Plan:
    """Store a draft that begins as a copy of another plan, for edits by dispatchers."""
    draft = store_draft(tx, actor, drafted, now)
    add_edited_draft(tx, EditedDraft(draft.id, base_id, actor.id, prepared.present, prepared.pace))
    return draft


def as_begun(tx: Tx, draft: Plan, network: StreetNetwork) -> tuple[Prepared, EditId, OrderIndex]:
    """Return the storm at the start of a draft, its last edit, and the orders now.

    Everything takes as long as it did then, and streets that its edits closed are closed.
    """
    require_present(tx, network)
    storm, edits = get_storm(tx, draft.storm_id), list_edit_heads(tx, draft.id)
    named = jobs_of(draft.routes) | {left.job_id for left in draft.unserved}
    shifts = {route.shift_id for route in draft.routes}
    begun = get_edited_draft(tx, draft.id)
    held = [edit.wish for edit in edits if edit.state is EditState.DONE]
    shut = {
        DirectedSegment(wish.segment_id, forward)
        for wish in held
        if wish.kind is EditKind.CLOSE and wish.segment_id is not None
        for forward in (True, False)
    }
    prepared = Prepared(
        storm=storm,
        network=network,
        policy=get_storm_policy(tx, storm.id),
        jobs=tuple(job for job in list_jobs(tx, storm.id) if job.id in named),
        shifts=tuple(one for one in list_shifts(tx, storm.id) if one.id in shifts),
        vehicles=tuple(list_vehicles(tx)),
        depots=tuple(list_depots(tx)),
        reload_sites=tuple(sites_in_use(tx, storm.id)),
        parent_id=draft.parent_id,
        now=draft.made_at,
        present=replace(begun.present, closed=begun.present.closed | shut),
    )
    pace = begun.pace
    if pace is None:  # a draft of a former version
        city = CityContext(tx, network, prepared.policy, draft.made_at)
        pace = plan_pace(city, storm, prepared.shifts)
    return replace(prepared, pace=pace), *last_edit_and_orders(tx, draft.id)


def last_edit_and_orders(tx: Tx, plan_id: PlanId) -> tuple[EditId, OrderIndex]:
    """Return the last edit of a draft, 0 for none, and what is ordered with its edits."""
    head, edits = require_draft(tx, plan_id), list_edit_heads(tx, plan_id)
    orders = orders_with(orders_from(list_orders(tx, head.storm_id)), edits)
    return find_last_edit_id(tx, plan_id), orders


def store_edit(tx: Tx, actor: Actor, wish: EditWish, edited: Edited, now: datetime) -> PlanEdit:
    """Store an edit that breaks no hard rule, with the draft after it.

    Raises `ConflictError` where somebody else changed the draft after `edited` was computed.
    """
    plan = get_plan(tx, require_draft(tx, edited.plan_id).plan_id)
    if find_last_edit_id(tx, plan.id) != edited.edit_id:
        raise _changed_meanwhile(tx, plan.id)
    legs = {route.shift_id: route.legs for route in plan.routes}
    touched = tuple((one.shift_id, legs[one.shift_id]) for one in edited.routes)
    before = DraftContent(touched, plan.unserved, plan.cost)
    edit = add_edit(tx, wish, edited, before, actor.id, now)
    set_draft_content(tx, plan.id, edit.after)
    _tell(tx, actor, "plan.edited", edit, now)
    return edit


def undo(tx: Tx, actor: Actor, plan_id: PlanId, now: datetime) -> PlanEdit:
    """Undo the last edit; the draft is byte for byte what it was before."""
    require_draft(tx, plan_id)
    held = [edit for edit in list_edits(tx, plan_id) if edit.state is EditState.DONE]
    if not held:
        raise ConflictError("there is nothing to undo", reason="nothing_to_undo", plan=plan_id)
    return _turned(tx, actor, held[-1], EditState.UNDONE, now)


def redo(tx: Tx, actor: Actor, plan_id: PlanId, now: datetime) -> PlanEdit:
    """Redo the edit undone last; the draft is byte for byte what it was then."""
    require_draft(tx, plan_id)
    undone = [edit for edit in list_edits(tx, plan_id) if edit.state is EditState.UNDONE]
    if not undone:
        raise ConflictError("there is nothing to redo", reason="nothing_to_redo", plan=plan_id)
    return _turned(tx, actor, undone[0], EditState.DONE, now)


def require_draft(tx: Tx, plan_id: PlanId) -> EditedDraftHead:
    """Return a draft with edits; raise `ConflictError` once it is published or discarded."""
    head = get_edited_draft_head(tx, plan_id)
    if head.state is not PlanState.DRAFT:
        raise ConflictError(
            f"plan {plan_id} is {head.state}, not a draft", reason="plan_not_draft", plan=plan_id
        )
    return head


def _turned(tx: Tx, actor: Actor, edit: PlanEdit, state: EditState, now: datetime) -> PlanEdit:
    done = state is EditState.DONE
    set_edit_state(tx, edit.id, state)
    set_draft_content(tx, edit.plan_id, edit.after if done else edit.before)
    _tell(tx, actor, "plan.edit_redone" if done else "plan.edit_undone", edit, now)
    return replace(edit, state=state)


def _tell(tx: Tx, actor: Actor, verb: str, edit: PlanEdit, now: datetime) -> None:
    """Write an edit to the audit log, with the draft's digest after it."""
    content = edit.before if verb == "plan.edit_undone" else edit.after
    after: dict[str, object] = {
        "n": edit.n,
        **wish_facts(edit.wish),
        "cost": content.cost.total,
        "digest": seal_of_plan(tx, edit.plan_id).digest,
    }
    add_event(tx, now, actor, verb, f"plan:{edit.plan_id}", after=after)


def _changed_meanwhile(tx: Tx, plan_id: PlanId) -> ConflictError:
    last: Event | None = find_change(tx, f"plan:{plan_id}")
    return ConflictError(
        "somebody else edited the draft",
        reason="draft_changed",
        who=last.actor.id if last else "",
        at=last.at.isoformat() if last else "",
    )
