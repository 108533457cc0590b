"""The callback list: what to say to callers without messages, and what came of calling them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.web.context import CallerContext, Context
from api.web.page_context import translator_of
from api.web.schemas import Short, Wire
from data.model import CallbackReason, CallOutcome, RequestId
from data.store.database.engine import Tx
from data.store.followup.callbacks import count_callbacks, list_callbacks
from data.store.followup.referrals import last_hand_overs, list_bodies
from data.store.requests.sla_clocks import list_clocks
from fleet.followup.callbacks import note_call
from maps.followup.callbacks import CallbackContext, CallsView, calls_view
from maps.pages.i18n import Translator

LISTED = 50

router = APIRouter()


class CallbackResultIn(Wire):
    """What came of calling somebody about news."""

    news: CallbackReason
    outcome: CallOutcome
    note: Short = ""


@router.get("/api/callbacks")
def list_calls(request: Request, context: CallerContext) -> CallsView:
    """Return the calls to make now, each with the sentence to say."""
    with context.reading() as tx:
        return _calls(tx, context, translator_of(request))


@router.post("/api/callbacks/{request_id}")
def note_outcome(
    request: Request,
    request_id: Annotated[int, Path(ge=1, lt=2**63)],
    told: CallbackResultIn,
    context: CallerContext,
) -> CallsView:
    """Keep what came of a call; return the calls that are left."""
    with context.writing() as tx:
        args = (RequestId(request_id), told.news, told.outcome, told.note, context.now)
        note_call(tx, context.actor, *args)
        return _calls(tx, context, translator_of(request))


def _calls(tx: Tx, context: Context, t: Translator) -> CallsView:
    waiting = list_callbacks(tx, context.now, LISTED)
    ids = [call.request.id for call in waiting]
    told = CallbackContext(
        clocks=list_clocks(tx, ids),
        hand_overs=last_hand_overs(tx, ids),
        bodies={body.id: body for body in list_bodies(tx)},
        network=context.app.network,
    )
    return calls_view(count_callbacks(tx, context.now), waiting, told, t)
