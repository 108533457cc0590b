"""Drafts that are no longer valid, planned again from now on with the same choices."""

from dataclasses import replace
from datetime import datetime

from data.errors import ConflictError
from data.model import Actor, Plan, PlanId, PlanOptions, PlanRun, PlanState, RunKind
from data.planning.plan_json import replan_wish_from_plain
from data.store.database.engine import Tx
from data.store.planning.plan_runs import find_run_of_plan
from data.store.planning.plans import get_plan
from fleet.planning.draft_validity import longest_search_s
from fleet.planning.plan_lifecycle import ask_for_plan, discard
from fleet.planning.plan_options import shifts_in_service
from fleet.replanning.replan_requests import ask_again_for_replan

SECONDS = 30.0
"""Time of a search for a draft that no run has made."""


def plan_again(tx: Tx, actor: Actor, plan_id: PlanId, now: datetime, speed: float = 1.0) -> PlanRun:
    """Discard a draft and queue a run for one from now on: same work, machines and event.

    The search takes the same seconds, or as many as it may by now where the city's clock goes at
    `speed`. Machines that went out of service since are left out of its choices. Raises
    `ConflictError` where the plan is no draft, or as `ask_for_plan` and `ask_for_replan` do.
    """
    plan = get_plan(tx, plan_id)
    if plan.state is not PlanState.DRAFT:
        raise ConflictError(
            f"plan {plan_id} is {plan.state}, not a draft", reason="plan_not_draft", plan=plan_id
        )
    made_by = find_run_of_plan(tx, plan_id)
    discard(tx, actor, plan_id, now)
    if made_by is not None and made_by.kind is RunKind.REPLAN:
        wish = replan_wish_from_plain(made_by.options)
        return ask_again_for_replan(tx, actor, plan.storm_id, wish, now)
    longest_s = longest_search_s(tx, plan.storm_id, now, speed)
    seconds = min(SECONDS if made_by is None else made_by.seconds, longest_s)
    options = _still_possible(tx, plan, now)
    return ask_for_plan(tx, actor, plan.storm_id, seconds, now, options, speed)


def _still_possible(tx: Tx, plan: Plan, now: datetime) -> PlanOptions:
    serving = {shift.vehicle_id for shift in shifts_in_service(tx, plan.storm_id, now)}
    vehicles = tuple(each for each in plan.options.vehicles if each in serving)
    return replace(plan.options, vehicles=vehicles or plan.options.vehicles)
