"""A plan from the wish to the trucks: ask, prepare, solve with no transaction open, publish."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError
from data.model import (
    Actor,
    ActorKind,
    Depot,
    Job,
    JobState,
    Plan,
    PlanId,
    PlanOptions,
    PlanRun,
    PlanRunId,
    PlanState,
    Present,
    ReloadSite,
    Route,
    RunKind,
    RunState,
    Shift,
    Storm,
    StormId,
    Vehicle,
)
from data.planning.plan_json import options_json
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.audit.audit_seals import seal_of_plan
from data.store.database.engine import Tx
from data.store.planning.plan_runs import (
    add_run,
    forget_plan,
    get_run,
    list_runs,
    set_stop_requested,
)
from data.store.planning.plans import add_plan, find_published_plan_id, get_plan, set_plan_state
from data.store.requests.sla_clocks import mark_planned
from data.store.setup.city import get_city
from data.store.setup.machines import list_depots, list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import get_storm
from data.store.work import list_jobs, set_planned
from data.streets.network import StreetNetwork
from fleet.planning.edit_orders import take_orders
from fleet.planning.plan_options import check_options, in_service
from fleet.planning.remaining_routes import dropped_by, jobs_of, routes_ahead
from fleet.planning.storm_snapshot import closed_streets, present_of
from fleet.requests.notices import tell_planned, windows_of
from fleet.requests.promises import promise_open
from fleet.routes.progress_cache import PresentDesk
from fleet.routes.published_plan import DrivenPlan, Trucks
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.route_answers import keep_answers
from fleet.storms.machines_in_service import sites_in_use
from fleet.streets.loaded_streets import require_present, require_version

PLANNER = Actor(ActorKind.SYSTEM, "planner")
"""Who drafts plans that were asked for."""

LONGEST_S = 3600.0
SHOWN_VIOLATIONS = 5

type Report = Callable[[float, float, int, int], None]
"""Called now and then with best cost, lower bound, tasks unserved and iterations done."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that a plan is made from, read in one transaction; `now` is when it starts to hold.

    `check` is how the published plan was driven until then.
    """

    storm: Storm
    network: StreetNetwork
    policy: Policy
    jobs: tuple[Job, ...]
    shifts: tuple[Shift, ...]
    vehicles: tuple[Vehicle, ...]
    depots: tuple[Depot, ...]
    reload_sites: tuple[ReloadSite, ...]
    parent_id: PlanId | None
    now: datetime
    present: Present = field(default_factory=Present)
    check: PlanCheck | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """A plan for the same work to begin from; `keeps` is whether no class may be finished later.

    Only a plan whose vehicles are all there still can be kept to.
    """

    plan: Plan
    keeps: bool


def ask_for_plan(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    seconds: float,
    now: datetime,
    options: PlanOptions | None = None,
) -> PlanRun:
    """Put a wish to solve for so many seconds into the queue; without options for everything.

    Raises `ConflictError` where the storm has ended or a run for it is not over yet, and
    `InvalidError` for options that name what there is not.
    """
    if not 0 < seconds <= LONGEST_S:
        raise InvalidError("seconds", seconds, f"more than 0 and at most {LONGEST_S:.0f}")
    _get_active(tx, storm_id)
    check_options(tx, storm_id, options or PlanOptions(), now)
    unfinished = {RunState.QUEUED, RunState.RUNNING}
    if any(run.state in unfinished for run in list_runs(tx, storm_id, kinds=[RunKind.PLAN])):
        raise ConflictError("a plan is being made already", reason="run_active", storm=storm_id)
    wanted = options_json(options or PlanOptions())
    run = add_run(tx, storm_id, actor.id, now, seconds, options=wanted)
    after = {"storm": storm_id, "seconds": seconds, **wanted}
    add_event(tx, now, actor, "plan_run.asked", f"plan_run:{run.id}", after=after)
    return run


def request_stop(tx: Tx, actor: Actor, run_id: PlanRunId, now: datetime) -> PlanRun:
    """Ask a run to stop soon and keep the best it has."""
    run = get_run(tx, run_id)
    if run.state not in {RunState.QUEUED, RunState.RUNNING}:
        raise ConflictError(f"plan run {run_id} is {run.state}", reason="run_over", run=run_id)
    if not run.stop_requested:
        set_stop_requested(tx, run_id)
        add_event(tx, now, actor, "plan_run.stopped", f"plan_run:{run_id}")
    return replace(run, stop_requested=True)


def prepare(
    tx: Tx,
    storm_id: StormId,
    network: StreetNetwork,
    now: datetime,
    desk: PresentDesk | None = None,
) -> Prepared:
    """Read what a plan for a storm is made from, as the storm stands now.

    Only open jobs, shifts that are not over, and of jobs that are partly done what is left of them.
    Who asks again and again keeps a `desk`, so that not all evidence is read each time.
    """
    plain = outline(tx, storm_id, network, now)
    policy, jobs, shifts = plain.policy, plain.jobs, plain.shifts
    check = (desk or PresentDesk()).check(tx, storm_id, network, policy, now)
    return replace(
        plain,
        parent_id=None if check is None else check.plan.id,
        present=present_of(tx, plain.storm, network, policy, jobs, shifts, check, now),
        check=check,
    )


def outline(tx: Tx, storm_id: StormId, network: StreetNetwork, now: datetime) -> Prepared:
    """Read the work, machines and places of a storm alone: not how far anybody is with it.

    That is enough to tell situations apart, and reads no evidence.
    """
    storm = _get_active(tx, storm_id)
    require_present(tx, network)
    shifts = [shift for shift in list_shifts(tx, storm_id) if in_service(shift, now)]
    if not shifts:
        raise ConflictError(
            "no vehicle is in service: every shift is over", reason="no_shift", storm=storm_id
        )
    return Prepared(
        storm=storm,
        network=network,
        policy=get_storm_policy(tx, storm_id),
        jobs=tuple(list_jobs(tx, storm_id, JobState.OPEN)),
        shifts=tuple(shifts),
        vehicles=tuple(list_vehicles(tx)),
        depots=tuple(list_depots(tx)),
        reload_sites=tuple(sites_in_use(tx, storm_id)),
        parent_id=None,
        now=now,
        present=Present(closed=closed_streets(tx, storm, now)),
    )


def solve_prepared(
    prepared: Prepared,
    seconds: float,
    seed: int,
    report: Report,
    stop_requested: Callable[[], bool],
    threads: int = 1,
    start: Start | None = None,
) -> Plan:
    """Return the best plan found in so many seconds, or until asked to stop.

    The referee looked at it: what it refuses is an error here, never a plan. With it comes what is
    proved that no plan can do.
    """
    from routing.check.referee import violations
    from routing.planning.problem_mapping import plan_from, problem_from
    from routing.planning.proof_mapping import proved
    from routing.planning.warm_start import no_later_than, start_from
    from routing.problem.stopping import MaxRuntime, StopWhenAsked
    from routing.search.solver import solve

    mapped = problem_from(prepared)
    problem = no_later_than(mapped, start.plan) if start and start.keeps else mapped.problem
    known = start_from(mapped, start.plan) if start else None
    stop = StopWhenAsked(stop_requested, MaxRuntime(seconds))
    solution = solve(problem, stop, seed, report, known, threads)
    broken = violations(problem, solution)
    if broken:
        shown = "; ".join(broken[:SHOWN_VIOLATIONS])
        raise ConflictError(f"the referee refused the plan: {shown}", reason="plan_refused")
    return replace(plan_from(mapped, solution), proofs=proved(mapped))


def store_draft(tx: Tx, actor: Actor, plan: Plan, now: datetime) -> Plan:
    """Keep a plan that the referee let through, for somebody to publish.

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
        "options": options_json(draft.options),
        "digest": seal_of_plan(tx, draft.id).digest,
    }
    add_event(tx, now, actor, "plan.drafted", f"plan:{draft.id}", after=after)
    return draft


def publish(
    tx: Tx, actor: Actor, plan_id: PlanId, now: datetime, *, dropping: bool = False
) -> Plan:
    """Send a draft to the trucks in place of the plan that they drive.

    Raises `ConflictError` where it is no draft, the storm has ended, or the streets or a planned
    job changed since; and, unless `dropping`, where it says nothing of open jobs that trucks have
    ahead. Jobs that were done meanwhile do no harm; new ones wait for the next plan.
    Every open request that it comes to gets its promise, in the same transaction. Drivers whose
    routes it changes are asked again whether they drive them.
    """
    plan = get_plan(tx, plan_id)
    _require_fit(tx, plan)
    ahead = routes_ahead(tx, plan.storm_id, now)
    dropped = [job.id for job in dropped_by(tx, plan, ahead)]
    if dropped and not dropping:
        raise ConflictError(
            f"the plan would take {len(dropped)} jobs off the trucks",
            reason="plan_drops_jobs",
            plan=plan_id,
            count=len(dropped),
        )

    _supersede(tx, actor, plan, ahead, now)
    set_plan_state(tx, plan_id, PlanState.PUBLISHED)
    set_planned(tx, plan.storm_id, jobs_of(plan.routes), now)
    mark_planned(tx, now)
    before: dict[str, object] = {"state": plan.state}
    after: dict[str, object] = {"state": PlanState.PUBLISHED, "jobs_dropped": len(dropped)}
    add_event(tx, now, actor, "plan.published", f"plan:{plan_id}", before, after)
    published = replace(plan, state=PlanState.PUBLISHED)
    take_orders(tx, actor, published, now)
    promise_open(tx, actor, Trucks(tx, DrivenPlan(published), now))
    tell_planned(tx, windows_of(plan), now)
    return published


def _require_fit(tx: Tx, plan: Plan) -> None:
    """Raise `ConflictError` unless it is a draft whose storm, streets and jobs hold still."""
    if plan.state is not PlanState.DRAFT:
        raise ConflictError(
            f"plan {plan.id} is {plan.state}, not a draft", reason="plan_not_draft", plan=plan.id
        )
    _get_active(tx, plan.storm_id)
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


def _supersede(tx: Tx, actor: Actor, plan: Plan, ahead: Sequence[Route], now: datetime) -> None:
    """Put the plan that trucks drive out of force for a newer one; `ahead` is what it has left."""
    former = find_published_plan_id(tx, plan.storm_id)
    if former is None:
        return
    set_plan_state(tx, former, PlanState.SUPERSEDED)
    change = ({"state": PlanState.PUBLISHED}, {"state": PlanState.SUPERSEDED, "by": plan.id})
    add_event(tx, now, actor, "plan.superseded", f"plan:{former}", *change)
    keep_answers(tx, former, ahead, plan.id, plan.routes)


def discard(tx: Tx, actor: Actor, plan_id: PlanId, now: datetime) -> None:
    """Put a draft away that nobody wants; raises `ConflictError` where it is none (any more)."""
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


def _get_active(tx: Tx, storm_id: StormId) -> Storm:
    storm = get_storm(tx, storm_id)
    if storm.ended_at is not None:
        raise ConflictError(
            f"storm {storm.name!r} has ended", reason="storm_ended", storm=storm_id, name=storm.name
        )
    return storm
