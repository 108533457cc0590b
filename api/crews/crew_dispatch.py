"""The crews page: crews on duty, waiting jobs, and job lists drafted and published."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.crews.crews import job_context_of, tell_boards
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.model import (
    Storm,
    StormId,
)
from data.model.crews import (
    CrewDraft,
    CrewId,
    CrewJob,
    CrewJobId,
    CrewJobState,
    CrewPriority,
    CrewShiftId,
    CrewWork,
)
from data.store.crews.crew_jobs import find_crew_draft, list_crew_jobs
from data.store.crews.crew_register import list_crews
from data.store.database.engine import Tx
from fleet.audit.last_change import UNCHANGED, find_change
from fleet.crews.crew_lists import (
    DraftAction,
    days_of,
    discard_draft,
    draft_lists,
    lists_of,
    move_in_draft,
    publish_lists,
)
from fleet.messages.crew_messages import unread_from_crews
from fleet.setup.machine_list import all_sites
from fleet.storms.storm_lookup import known_storm, listed_storms, shown_storm
from fleet.work.crew_jobs import WAITING
from maps.crews import CrewJobContext, crew_rows, job_row

router = APIRouter(route_class=CheckedRoute)


class MoveIn(Wire):
    """A move of one job in the draft, to `crew_id` or off all lists."""

    job_id: CrewJobId
    step: DraftAction
    crew_id: CrewId | None = None


class CrewPlanOut(Wire):
    """Job lists by crew; `draft` while they are not published."""

    storm_id: StormId
    draft: bool
    made_by: str
    lists: dict[int, list[int]]


@router.get("/crews")
def crews_page(
    request: Request,
    context: BoardContext,
    storm: StormId | None = None,
    work: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Show the crews with their lists, and the jobs that wait."""
    t = translator_of(request)
    with context.reading() as tx:
        chosen = _chosen(tx, storm)
        jobs = list_crew_jobs(tx, chosen.id) if chosen else []
        draft = find_crew_draft(tx, chosen.id) if chosen else None
        lists = lists_of(tx, chosen.id) if chosen else {}
        rules = context.app.city_state.policy_of(tx, chosen).crews if chosen else None
        days = days_of(tx, chosen.id, lists, rules, context.now) if chosen and rules else []
        job_context = _job_context(tx, context, jobs)
        unread = unread_from_crews(tx, chosen.id) if chosen else set[CrewShiftId]()
        crews, storms = list_crews(tx), listed_storms(tx, coming=True)
        depots = [one.name for one in all_sites(tx).depots]
        version = _version(tx, f"crew_plan:{chosen.id}") if chosen else UNCHANGED
    shown = [job for job in jobs if not work or job.work == work]
    listed = {stop.job.id for day in days for stop in day.stops}
    ended = [job for job in shown if job.state in {CrewJobState.DONE, CrewJobState.CANNOT}]
    waiting = [job for job in shown if job.state in WAITING and job.id not in listed]
    view = {
        "storm": chosen,
        "storms": storms,
        "open": chosen is not None and chosen.phase.on,
        "work": work,
        "works": list(CrewWork),
        "priorities": list(CrewPriority),
        "draft": draft,
        "version": version,
        "crews": crew_rows(crews, days, jobs, job_context, unread),
        "waiting": [job_row(job, job_context) for job in _by_urgency(waiting)],
        "ended": [job_row(job, job_context) for job in _newest(ended)],
        "counts": _counts(jobs, listed),
        "depots": depots,
        "boot": boot_of(request, context),
        "day": t.date(context.now),
    }
    return page(request, "crews/dispatch.html", view)


@router.get("/api/storms/{storm_id}/crew-plan")
def get_crew_plan(storm_id: StormId, context: BoardContext) -> CrewPlanOut:
    """Return a storm's draft lists, or the published ones without a draft."""
    with context.reading() as tx:
        known_storm(tx, storm_id)
        draft = find_crew_draft(tx, storm_id)
        lists = lists_of(tx, storm_id)
    return CrewPlanOut(
        storm_id=storm_id,
        draft=draft is not None,
        made_by=draft.made_by if draft else "",
        lists={crew: list(jobs) for crew, jobs in lists.items()},
    )


@router.post("/api/storms/{storm_id}/crew-plan")
def create_crew_plan(storm_id: StormId, context: DispatcherContext) -> CrewPlanOut:
    """Draft lists for all crews on duty."""
    with context.changing(f"crew_plan:{storm_id}") as tx:
        rules = context.app.city_state.policy_of(tx, known_storm(tx, storm_id)).crews
        draft = draft_lists(tx, context.actor, storm_id, rules, context.now)
    return _drafted(context, draft)


@router.post("/api/storms/{storm_id}/crew-plan/move")
def move_crew_job(storm_id: StormId, wanted: MoveIn, context: DispatcherContext) -> CrewPlanOut:
    """Move a job in the draft; without a draft, start one from the published lists."""
    with context.changing(f"crew_plan:{storm_id}") as tx:
        who, now = context.actor, context.now
        draft = move_in_draft(tx, who, storm_id, wanted.job_id, wanted.step, wanted.crew_id, now)
    return _drafted(context, draft)


@router.post("/api/storms/{storm_id}/crew-plan/publish")
def publish_crew_plan(storm_id: StormId, context: DispatcherContext) -> CrewPlanOut:
    """Publish the draft to the crews."""
    with context.changing(f"crew_plan:{storm_id}") as tx:
        rules = context.app.city_state.policy_of(tx, known_storm(tx, storm_id)).crews
        publish_lists(tx, context.actor, storm_id, rules, context.now)
    tell_boards(context)
    return get_crew_plan(storm_id, context)


@router.post("/api/storms/{storm_id}/crew-plan/discard")
def discard_crew_plan(storm_id: StormId, context: DispatcherContext) -> CrewPlanOut:
    """Delete the draft."""
    with context.changing(f"crew_plan:{storm_id}") as tx:
        discard_draft(tx, context.actor, storm_id, context.now)
    tell_boards(context)
    return get_crew_plan(storm_id, context)


def _drafted(context: Context, draft: CrewDraft) -> CrewPlanOut:
    tell_boards(context)
    lists = {int(crew): list(map(int, jobs)) for crew, jobs in draft.lists.items()}
    return CrewPlanOut(storm_id=draft.storm_id, draft=True, made_by=draft.made_by, lists=lists)


def _chosen(tx: Tx, storm: StormId | None) -> Storm | None:
    return shown_storm(tx, storm, coming=True)


def _job_context(tx: Tx, context: Context, jobs: list[CrewJob]) -> CrewJobContext:
    job_context = job_context_of(tx, context, jobs)
    versions = {
        int(job.id): _version(tx, f"crew_job:{job.id}") for job in jobs if job.state in WAITING
    }
    return replace(job_context, versions=versions)


def _version(tx: Tx, subject: str) -> int:
    last = find_change(tx, subject)
    return last.id if last else UNCHANGED


def _by_urgency(jobs: Sequence[CrewJob]) -> list[CrewJob]:
    order = list(CrewPriority)
    return sorted(jobs, key=lambda job: (order.index(job.priority), job.due_at, job.id))


def _newest(jobs: Sequence[CrewJob]) -> list[CrewJob]:
    return sorted(jobs, key=lambda job: (job.ended_at or job.added_at, job.id), reverse=True)


def _counts(jobs: Sequence[CrewJob], listed: set[CrewJobId]) -> dict[str, int]:
    waiting = [job for job in jobs if job.state in WAITING]
    counts = {
        str(state): sum(job.state is state for job in jobs)
        for state in (CrewJobState.STARTED, CrewJobState.DONE, CrewJobState.CANNOT)
    }
    on_lists = sum(job.id in listed for job in waiting)
    return {"waiting": len(waiting) - on_lists, "listed": on_lists, **counts}
