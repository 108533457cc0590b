"""How long work really takes: what storms taught, put in force or undone by supervisors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import Allowed, BoardContext, Context
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Base, UndoIn, Wire
from data.errors import NotFoundError
from data.model import PlanRun, Role
from data.model.planning.paces import LearnedPace, PaceProposalId
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import find_newest_proposal, find_proposal_in_force
from fleet.accounts.people import names_by_login
from fleet.learning.learning_runs import ask_to_learn, find_learning_run, runs_before
from fleet.learning.pace_proposals import (
    corrected_since,
    find_last_pace_change,
    pace_in_plans,
    put_in_force,
    undo_pace,
)
from fleet.planning.plan_lifecycle import request_stop
from fleet.shifts.machine_limits import count_untaken
from fleet.shifts.order_preferences import count_proposed_orders
from fleet.storms.storm_lookup import listed_storms
from maps.learning.durations import (
    DurationsContext,
    PaceInForce,
    durations_view,
    in_force_words,
    left_out_words,
)
from maps.learning.learning_run import MOST_LISTED, LearningView, learning_view
from maps.pages.i18n import Translator

router = APIRouter(route_class=CheckedRoute)

SupervisorContext = Annotated[Context, Depends(Allowed((Role.ADMINISTRATOR, Role.SUPERVISOR)))]


REFRESH_S = 3
"""How often the page is loaded anew while storms are read."""


class UseIn(Wire):
    """The last change that the reader has seen, 0 for none."""

    base: Base


class LearnIn(Wire):
    """The numbers of the storms to learn from."""

    storms: Annotated[list[int], Field(min_length=1, max_length=MOST_LISTED)]


@router.get("/durations")
def durations_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show what was proposed last, and what plans use."""
    with context.reading() as tx:
        around = _around(request, tx, context)
        used, newest = find_proposal_in_force(tx), find_newest_proposal(tx)
        last = find_last_pace_change(tx)
        in_plans, untaken = pace_in_plans(tx), count_untaken(tx)
        orders = count_proposed_orders(tx)
        left_out, would_leave_out = (
            "" if one is None else _left_out(tx, one.learned, around.t) for one in (used, newest)
        )
        learning = _learning(tx, request, find_learning_run(tx))
    view = {
        "boot": boot_of(request, context),
        "learning": learning,
        "now": in_force_words(used, around),
        "in_force": used is not None,
        "change": last.id if last else 0,
        "left_out": left_out,
        "untaken": untaken,
        "orders": orders,
        "proposal": durations_view(newest, in_plans, around),
        "would_leave_out": would_leave_out,
    }
    headers = {"Refresh": str(REFRESH_S)} if learning.run_id else {}
    return page(request, "learning/durations.html", view, headers=headers)


@router.post("/api/durations/learn", status_code=202)
def learn_from_storms(
    request: Request, wanted: LearnIn, context: SupervisorContext
) -> LearningView:
    """Let a worker learn from storms that are over, and propose what it finds."""
    with context.writing() as tx:
        run = ask_to_learn(tx, context.actor, wanted.storms, context.now)
        return _learning(tx, request, run)


@router.post("/api/durations/learn/stop")
def stop_learning(request: Request, context: SupervisorContext) -> LearningView:
    """Stop the run that learns; nothing is proposed."""
    with context.writing() as tx:
        run = find_learning_run(tx)
        if run is None:
            raise NotFoundError("run", "learn")
        return _learning(tx, request, request_stop(tx, context.actor, run.id, context.now))


@router.post("/api/durations/undo")
def undo_durations(wanted: UndoIn, context: SupervisorContext) -> PaceInForce:
    """Undo the last change of what plans use."""
    with context.writing() as tx:
        undo_pace(tx, context.actor, wanted.change, context.now)
        return _in_force(tx)


@router.post("/api/durations/{proposal_id}/use")
def use_durations(
    proposal_id: PaceProposalId, wanted: UseIn, context: SupervisorContext
) -> PaceInForce:
    """Let plans use a proposal from now on; by number 0 they assume what is written down."""
    with context.writing() as tx:
        put_in_force(tx, context.actor, proposal_id, wanted.base, context.now)
        return _in_force(tx)


def _learning(tx: Tx, request: Request, run: PlanRun | None) -> LearningView:
    ahead = 0 if run is None else runs_before(tx, run)
    return learning_view(run, ahead, listed_storms(tx), translator_of(request))


def _left_out(tx: Tx, learned: LearnedPace, t: Translator) -> str:
    return left_out_words(learned, corrected_since(tx, learned), t)


def _in_force(tx: Tx) -> PaceInForce:
    used, last = find_proposal_in_force(tx), find_last_pace_change(tx)
    return PaceInForce(used.id if used else 0, last.id if last else 0)


def _around(request: Request, tx: Tx, context: Context) -> DurationsContext:
    storms = {storm.id: storm.name for storm in listed_storms(tx)}
    return DurationsContext(
        context.app.network,
        storms,
        names_by_login(tx),
        translator_of(request),
    )
