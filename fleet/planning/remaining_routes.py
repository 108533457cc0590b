"""Routes ahead by the published plan, and jobs that another plan would drop from them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from data.model import Job, JobId, JobState, LegKind, Plan, Route, Shift
from data.store.database.engine import Tx
from data.store.work import list_jobs
from fleet.planning.plan_options import in_service
from fleet.routes.route_progress import PlanCheck


def routes_ahead(
    driven: PlanCheck | None, shifts: Iterable[Shift], now: datetime
) -> tuple[Route, ...]:
    """Return the published plan's routes from each truck's next leg on.

    Routes of shifts that are over are left out: nobody drives them any more.
    """
    if driven is None:
        return ()
    serving = {shift.id for shift in shifts if in_service(shift, now)}
    return tuple(
        replace(route, legs=route.legs[check.next_leg :])
        for route, check in zip(driven.plan.routes, driven.routes, strict=True)
        if route.shift_id in serving
    )


def dropped_by(tx: Tx, plan: Plan, ahead: Iterable[Route]) -> list[Job]:
    """Return open jobs of the routes `ahead` that a draft drops without listing them."""
    listed = {left.job_id for left in plan.unserved} | jobs_of(plan.routes)
    lost = jobs_of(ahead) - listed
    if not lost:
        return []
    return [job for job in list_jobs(tx, plan.storm_id, JobState.OPEN) if job.id in lost]


def jobs_of(routes: Iterable[Route]) -> set[JobId]:
    """Return which jobs some routes work on."""
    return {
        job_id
        for route in routes
        for leg in route.legs
        if leg.kind is LegKind.WORK
        for job_id in leg.job_ids
    }
