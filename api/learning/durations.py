"""How long work really takes: what storms taught, put in force or undone by supervisors."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import Allowed, BoardContext, Context
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Base, UndoIn, Wire
from data.model import Role
from data.model.planning.paces import LearnedPace, PaceProposalId
from data.store.database.engine import Tx
from data.store.learning.pace_proposals import find_newest_proposal, find_proposal_in_force
from fleet.accounts.people import names_by_login
from fleet.learning.pace_proposals import (
    corrected_since,
    find_last_pace_change,
    pace_in_plans,
    put_in_force,
    undo_pace,
)
from fleet.shifts.machine_limits import count_untaken
from fleet.storms.storm_lookup import listed_storms
from maps.learning.durations import (
    DurationsContext,
    PaceInForce,
    durations_view,
    in_force_words,
    left_out_words,
)
from maps.pages.i18n import Translator

router = APIRouter(route_class=CheckedRoute)

SupervisorContext = Annotated[Context, Depends(Allowed((Role.ADMINISTRATOR, Role.SUPERVISOR)))]


COMMAND = "barfrub learn"
"""What makes a proposal: it reads whole storms, which no server should do meanwhile."""


class UseIn(Wire):
    """The last change that the reader has seen, 0 for none."""

    base: Base


@router.get("/durations")
def durations_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show what was proposed last, and what plans use."""
    with context.reading() as tx:
        around = _around(request, tx, context)
        used, newest = find_proposal_in_force(tx), find_newest_proposal(tx)
        last = find_last_pace_change(tx)
        in_plans, untaken = pace_in_plans(tx), count_untaken(tx)
        left_out, would_leave_out = (
            "" if one is None else _left_out(tx, one.learned, around.t) for one in (used, newest)
        )
    view = {
        "boot": boot_of(request, context),
        "now": in_force_words(used, around),
        "change": last.id if last else 0,
        "command": COMMAND,
        "left_out": left_out,
        "untaken": untaken,
        "proposal": durations_view(newest, in_plans, around),
        "would_leave_out": would_leave_out,
    }
    return page(request, "learning/durations.html", view)


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
    """Let plans use a proposal from now on."""
    with context.writing() as tx:
        put_in_force(tx, context.actor, proposal_id, wanted.base, context.now)
        return _in_force(tx)


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
