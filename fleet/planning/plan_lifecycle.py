"""Life of a plan: requested, stored as a draft, published or discarded.

Between them it is prepared (`plan_preparation`) and solved with no transaction open
(`plan_solving`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import floor

from data.errors import ConflictError, InvalidError, Need
from data.files.json_records import to_plain
from data.model import (
    PLAN_KINDS,
    Actor,
    ActorKind,
    JobState,
    Plan,
    PlanId,
    PlanOptions,
    PlanRun,
    PlanRunId,
    PlanState,
    Route,
    RunFailure,
    RunKind,
    RunState,
    RunWish,
    StormId,
)
from data.model.planning.plan_runs import FILE_KINDS
from data.store.audit.audit_log import add_event
from data.store.audit.audit_seals import seal_of_plan
from data.store.database.engine import Tx
from data.store.planning.plan_runs import (
    add_run,
    fail_queued,
    forget_plan,
    get_run,
    list_runs,
    set_stop_requested,
)
from data.store.planning.plans import (
    add_plan,
    find_published_plan_id,
    get_plan,
    get_revision,
    set_plan_state,
    set_published,
)
from data.store.requests.sla_clocks import mark_planned
from data.store.setup.city import get_city
from data.store.shifts.shifts import list_shifts
from data.store.work import list_jobs, set_planned
from fleet.planning.draft_validity import longest_search_s, require_valid
from fleet.planning.edit_orders import take_orders
from fleet.planning.plan_options import check_options
from fleet.planning.plan_preparation import get_active
from fleet.planning.remaining_routes import dropped_by, jobs_of, routes_ahead
from fleet.requests.notices import write_planned_notices
from fleet.requests.promises import promise_open
from fleet.routes.published_plan import Estimates
from fleet.shifts.route_answers import keep_answers
from fleet.streets.loaded_streets import require_version

PLANNER = Actor(ActorKind.SYSTEM, "planner")
"""Who drafts plans that were asked for."""

IN_PLACE_OF = "in_place_of"
"""Value of a publication's event: the plan that was driven before, if any."""

LONGEST_S = 3600.0
"""So long may a search take."""

TOO_LONG = (
    "at most {most} s: routes begin when the search does, and after a longer search "
    "they would be too old to be published"
)


def ask_for_plan(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    seconds: float,
    now: datetime,
    options: PlanOptions | None = None,
    speed: float = 1.0,
) -> PlanRun:
    """Queue a plan run of so many seconds; without options for all work and machines.

    Raises `ConflictError` where the storm has ended or a run for it is not over yet, and
    `InvalidError` for options that name what there is not, and for a search whose draft would be
    too old to be published (`longest_search_s`); the city's clock goes at `speed`.
    """
    if not 0 < seconds <= LONGEST_S:
        raise InvalidError("seconds", seconds, f"more than 0 and at most {LONGEST_S:.0f}")
    get_active(tx, storm_id)
    longest_s = longest_search_s(tx, storm_id, now, speed)
    if seconds > longest_s:
        raise InvalidError("seconds", seconds, Need(TOO_LONG, most=floor(longest_s)))
    check_options(tx, storm_id, options or PlanOptions(), now)
    unfinished = {RunState.QUEUED, RunState.RUNNING}
    if any(run.state in unfinished for run in list_runs(tx, storm_id, kinds=[RunKind.PLAN])):
        raise ConflictError("a plan is being made already", reason="run_active", storm=storm_id)
    wanted = to_plain(PlanOptions, options or PlanOptions())
    run = add_run(tx, storm_id, actor.id, now, RunWish(seconds, options=wanted))
    after = {"storm": storm_id, "seconds": seconds, **wanted}
    add_event(tx, now, actor, "plan_run.asked", f"plan_run:{run.id}", after=after)
    return run


def request_stop(tx: Tx, actor: Actor, run_id: PlanRunId, now: datetime) -> PlanRun:
    """Ask a run to stop soon with the best plan it has; one that nobody has begun fails at once.

    Raises `ConflictError` where the run is over.
    """
    run = get_run(tx, run_id)
    if run.state not in {RunState.QUEUED, RunState.RUNNING}:
        raise ConflictError(f"plan run {run_id} is {run.state}", reason="run_over", run=run_id)
    if not run.stop_requested:
        set_stop_requested(tx, run_id)
        add_event(tx, now, actor, "plan_run.stopped", f"plan_run:{run_id}")
    failed = None
    if run.kind in FILE_KINDS:
        fault = RunFailure("conflict:file_stopped", {})
        failed = fail_queued(tx, run_id, "the file is not wanted", fault)
    elif run.kind in {RunKind.HINDSIGHT, RunKind.DECISIONS}:  # no worker may come to it for hours
        fault = RunFailure("conflict:what_if_stopped", {})
        failed = fail_queued(tx, run_id, "the question was withdrawn", fault)
    elif run.kind is RunKind.LEARN:
        fault = RunFailure("conflict:learning_stopped", {})
        failed = fail_queued(tx, run_id, "nothing is to be learned", fault)
    elif run.kind in PLAN_KINDS and run.elapsed_s == 0.0:  # else its sectors wait to be joined
        failed = fail_queued(tx, run_id, "stopped", RunFailure("run:stopped", {}))
    return failed or replace(run, stop_requested=True)


def store_draft(tx: Tx, actor: Actor, plan: Plan, now: datetime) -> Plan:
    """Store a plan that passed the referee as a draft.

    Raises `ConflictError` where the streets have changed since it was begun: nobody could.
    """
    require_version(tx, plan.network_version)
    draft = add_plan(tx, replace(plan, state=PlanState.DRAFT))
    after = {
        "storm": draft.storm_id,
        "revision": draft.revision,
        "network_version": draft.network_version,
        "cost": draft.cost.total,
        "bound": draft.bound,
        "unserved": len(draft.unserved),
        "options": to_plain(PlanOptions, draft.options),
        "digest": seal_of_plan(tx, draft.id).digest,
    }
    add_event(tx, now, actor, "plan.drafted", f"plan:{draft.id}", after=after)
    return draft


def publish(
    tx: Tx,
    actor: Actor,
    plan_id: PlanId,
    estimates: Estimates,
    now: datetime,
    *,
    dropping: bool = False,
) -> Plan:
    """Publish a draft in place of the plan that is driven.

    Raises `ConflictError` where it is no draft, the storm has ended, the streets or a planned job
    changed since, or it is no longer valid (`draft_validity`); and, unless `dropping`, where it
    says nothing of open jobs that trucks have ahead. Jobs that were done meanwhile do no harm; new
    ones wait for the next plan.
    Every open request that it comes to gets its promise, in the same transaction. Drivers whose
    routes it changes are asked again whether they drive them.
    """
    plan = get_plan(tx, plan_id)
    _require_fit(tx, plan)
    require_valid(tx, plan, now)
    driven = estimates.check(tx, plan.storm_id, now)
    ahead = routes_ahead(driven, list_shifts(tx, plan.storm_id), now)
    dropped = [job.id for job in dropped_by(tx, plan, ahead)]
    if dropped and not dropping:
        raise ConflictError(
            f"the plan would take {len(dropped)} jobs off the trucks",
            reason="plan_drops_jobs",
            plan=plan_id,
            count=len(dropped),
        )

    former = _supersede(tx, actor, plan, ahead, now)
    set_published(tx, plan_id, now)
    set_planned(tx, plan.storm_id, jobs_of(plan.routes), now)
    mark_planned(tx, now)
    before: dict[str, object] = {"state": plan.state}
    after: dict[str, object] = {
        "state": PlanState.PUBLISHED,
        "jobs_dropped": len(dropped),
        IN_PLACE_OF: former,
    }
    add_event(tx, now, actor, "plan.published", f"plan:{plan_id}", before, after)
    published = replace(plan, state=PlanState.PUBLISHED, published_at=now)
    take_orders(tx, actor, published, now)
    promise_open(tx, actor, estimates.arrivals_of(tx, published, now))
    write_planned_notices(tx, jobs_of(plan.routes), now)
    return published


def _require_fit(tx: Tx, plan: Plan) -> None:
    """Raise `ConflictError` unless the plan is a draft whose storm, streets and jobs still hold."""
    if plan.state is not PlanState.DRAFT:
        raise ConflictError(
            f"plan {plan.id} is {plan.state}, not a draft", reason="plan_not_draft", plan=plan.id
        )
    get_active(tx, plan.storm_id)
    if get_city(tx).network_version != plan.network_version:
        raise ConflictError(
            "the plan was made for streets that have changed",
            reason="plan_of_old_streets",
            plan=plan.id,
        )
    cancelled = {job.id for job in list_jobs(tx, plan.storm_id, JobState.CANCELLED)}
    if jobs_of(plan.routes) & cancelled:
        raise ConflictError(
            "the plan was made for jobs that were cancelled",
            reason="plan_of_cancelled_jobs",
            plan=plan.id,
        )


def _supersede(
    tx: Tx, actor: Actor, plan: Plan, ahead: Sequence[Route], now: datetime
) -> PlanId | None:
    """Supersede the driven plan, if any, and return it; `ahead` is what it has left."""
    former = find_published_plan_id(tx, plan.storm_id)
    if former is None:
        return None
    set_plan_state(tx, former, PlanState.SUPERSEDED)
    change = ({"state": PlanState.PUBLISHED}, {"state": PlanState.SUPERSEDED, "by": plan.id})
    add_event(tx, now, actor, "plan.superseded", f"plan:{former}", *change)
    keep_answers(tx, former, ahead, plan.id, plan.routes)
    return former


def discard(tx: Tx, actor: Actor, plan_id: PlanId, now: datetime) -> None:
    """Discard a draft; raises `ConflictError` where the plan is none (any more)."""
    plan = get_plan(tx, plan_id)
    if plan.state is PlanState.DISCARDED:
        return
    if plan.state is not PlanState.DRAFT:
        raise ConflictError(
            f"plan {plan_id} is {plan.state}, not a draft", reason="plan_not_draft", plan=plan_id
        )
    set_plan_state(tx, plan_id, PlanState.DISCARDED)
    forget_plan(tx, plan_id)
    change = ({"state": plan.state}, {"state": PlanState.DISCARDED})
    add_event(tx, now, actor, "plan.discarded", f"plan:{plan_id}", *change)


def revision_of(tx: Tx, plan_id: PlanId) -> int:
    """Return the revision number of a plan in its storm, from 1."""
    return get_revision(tx, plan_id)
