"""What one more machine would have brought: a storm prepared from its start, as it was manned.

The council asks. A worker searches for plans of the storm with the machine and without it, from
nothing and as long, and never compares one with what really happened: nobody drives like a plan.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from data.errors import ConflictError
from data.model import (
    Actor,
    Job,
    JobState,
    PlanRun,
    Present,
    RunKind,
    RunState,
    RunWish,
    Shift,
    ShiftState,
    StormId,
    Vehicle,
)
from data.model.planning.paces import AS_ASSUMED, Pace
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import find_proposal_in_force, find_proposal_in_force_id
from data.store.planning.plan_runs import add_run, count_unfinished, list_runs
from data.store.replay import list_job_spans
from data.store.setup.city import get_city
from data.store.setup.machines import list_depots, list_reload_sites, list_vehicles
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import get_storm
from data.streets.network import StreetNetwork
from fleet.learning.plan_pace import hours_between, pace_from
from fleet.planning.plan_preparation import Prepared
from fleet.shifts.shift_progress import find_end
from fleet.storms.machines_in_service import sites_in_use
from fleet.streets.closed_streets import closed_throughout
from fleet.streets.loaded_streets import require_present
from fleet.streets.machine_limits import way_limits
from fleet.what_if.question import checked, situation_digest

SEEDS = ((1, 2), (3, 4), (5, 6))
"""Pairs of seeds: of a search with the machine, and of one without it."""

LEAST_S, JOB_S = 10.0, 0.01
"""Seconds of one search: so many, and so many more for each job."""

MOST_JOBS = 20_000
"""A storm of more jobs would take a worker for more than twenty minutes."""

MOST_WAITING = 4
"""Questions of the council that are answered or wait at most."""


def storm_from_start(tx: Tx, storm_id: StormId, network: StreetNetwork, now: datetime) -> Prepared:
    """Read all work of a storm, when it arose, and the machines in service, from its first snow.

    Work that was withdrawn is left out; what was still open when the storm ended is not. Shifts end
    when they really did. Machines that the city has no more are left out, and so is work on streets
    that it has no more. Raises `ConflictError` where there is no machine or no work.
    """
    storm = get_storm(tx, storm_id)
    require_present(tx, network)
    vehicles = tuple(list_vehicles(tx))
    known = {vehicle.id for vehicle in vehicles}
    shifts = tuple(one for one in _served(tx, storm_id) if one.vehicle_id in known)
    if not shifts:
        raise ConflictError(
            "no machine was in service in the storm", reason="hindsight_unmanned", storm=storm_id
        )
    jobs = tuple(job for job in _wanted(tx, storm_id) if network.find(job.segment_id) is not None)
    if not jobs:
        raise ConflictError("the storm has no work", reason="hindsight_no_work", storm=storm_id)
    since, until = storm.snow_at, max(shift.ends_at for shift in shifts)
    return Prepared(
        storm=storm,
        network=network,
        policy=get_storm_policy(tx, storm_id),
        jobs=jobs,
        shifts=shifts,
        vehicles=vehicles,
        depots=tuple(list_depots(tx)),
        reload_sites=tuple(sites_in_use(tx, storm_id)),
        parent_id=None,
        now=since,
        present=Present(
            closed=closed_throughout(tx, storm_id, since, until), limits=way_limits(tx, now)
        ),
        pace=_pace(tx, network, vehicles, since, until),
        pace_id=find_proposal_in_force_id(tx),
    )


def ask_hindsight(
    tx: Tx, actor: Actor, prepared: Prepared, machine_type: str, now: datetime
) -> PlanRun:
    """Return the run that answers what one more machine of a type would have brought.

    It is one that is known for the same work and machines, or a new one. Raises `InvalidError` for
    a type that the city does not have, and `ConflictError` where the storm goes on or is too large,
    or too many questions wait.
    """
    if prepared.storm.ended_at is None:
        raise ConflictError("the storm goes on", reason="hindsight_running")
    checked(prepared, {machine_type: 1})
    if len(prepared.jobs) > MOST_JOBS:
        raise ConflictError("the storm is too large", reason="hindsight_large", count=MOST_JOBS)
    seconds, options = seconds_of(prepared), {"type": machine_type}
    digest = hindsight_digest(prepared, seconds)
    for run in hindsight_runs(tx, prepared.storm.id):
        if run.options == options and run.digest == digest and _counts(run):
            return run
    if count_unfinished(tx, RunKind.HINDSIGHT) >= MOST_WAITING:
        raise ConflictError("too many questions wait", reason="what_ifs_wait", count=MOST_WAITING)
    wish = RunWish(seconds, RunKind.HINDSIGHT, options, digest)
    run = add_run(tx, prepared.storm.id, actor.id, now, wish)
    add_event(tx, now, actor, "hindsight.asked", f"plan_run:{run.id}", after=dict(options))
    return run


def hindsight_digest(prepared: Prepared, seconds: float) -> str:
    """Return a digest of a storm from its start: also when it began, and when its work arose."""
    parts = [situation_digest(prepared, seconds), str(prepared.now.timestamp())]
    parts += [str(job.starts_at.timestamp()) for job in prepared.jobs]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def hindsight_runs(tx: Tx, storm_id: StormId) -> list[PlanRun]:
    """Return the questions about a storm, newest first."""
    return list_runs(tx, storm_id, kinds=[RunKind.HINDSIGHT])


def seconds_of(prepared: Prepared) -> float:
    """Return how long all searches of a question take together."""
    return search_s(prepared) * sum(map(len, SEEDS))


def search_s(prepared: Prepared) -> float:
    """Return how long one search takes."""
    return LEAST_S + JOB_S * len(prepared.jobs)


def _counts(run: PlanRun) -> bool:
    """Whether a run answers, or is about to."""
    return run.state is RunState.DONE or not (run.state is RunState.FAILED or run.stop_requested)


def _pace(
    tx: Tx,
    network: StreetNetwork,
    vehicles: Sequence[Vehicle],
    since: datetime,
    until: datetime,
) -> Pace:
    """Return the pace in force in the hours of a storm, at the usual depth of snow."""
    proposal = find_proposal_in_force(tx)
    if proposal is None:
        return AS_ASSUMED
    hours = hours_between(since, until, ZoneInfo(get_city(tx).timezone))
    sites = list_reload_sites(tx)
    return pace_from(proposal.learned, vehicles, network.segments, None, hours, sites)


def _wanted(tx: Tx, storm_id: StormId) -> Iterator[Job]:
    """Yield the jobs of a storm that nobody withdrew: its end cancels jobs without an event."""
    for job, closed_at in list_job_spans(tx, storm_id):
        if job.state is not JobState.CANCELLED or closed_at is None:
            yield job


def _served(tx: Tx, storm_id: StormId) -> Iterator[Shift]:
    """Yield the shifts of a storm as long as they were."""
    for shift in list_shifts(tx, storm_id):
        if shift.state is ShiftState.CANCELLED:
            continue
        ended_at = find_end(tx, shift)
        if ended_at is None or ended_at >= shift.ends_at:
            yield shift
        elif ended_at > shift.starts_at:
            yield replace(shift, ends_at=ended_at)
