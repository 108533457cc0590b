"""The callback list: callers without messages, what to say, and the outcome of each call."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.web.checked_route import CheckedRoute
from api.web.context import CallerContext, Context
from api.web.page_context import translator_of
from api.web.schemas import Short, Wire
from data.model import CallbackReason, CallOutcome, RequestId
from data.store.database.engine import Tx
from fleet.followup.callbacks import calls_to_make, note_call
from maps.followup.callbacks import CallbackContext, CallsView, calls_view
from maps.pages.i18n import Translator

LISTED = 50

router = APIRouter(route_class=CheckedRoute)


class CallbackResultIn(Wire):
    """The outcome of a call."""

    news: CallbackReason
    outcome: CallOutcome
    note: Short = ""


@router.get("/api/callbacks")
def list_due_callbacks(request: Request, context: CallerContext) -> CallsView:
    """Return the calls to make now, each with the sentence to say."""
    with context.reading() as tx:
        return _calls(tx, context, translator_of(request))


@router.post("/api/callbacks/{request_id}")
def create_call_attempt(
    request: Request,
    request_id: Annotated[int, Path(ge=1, lt=2**63)],
    result: CallbackResultIn,
    context: CallerContext,
) -> CallsView:
    """Store the outcome of a call; return the remaining calls."""
    with context.writing() as tx:
        args = (RequestId(request_id), result.news, result.outcome, result.note, context.now)
        note_call(tx, context.actor, *args)
        return _calls(tx, context, translator_of(request))


def _calls(tx: Tx, context: Context, t: Translator) -> CallsView:
    calls = calls_to_make(tx, context.now, LISTED)
    call_context = CallbackContext(
        clocks=calls.clocks,
        referrals=calls.referrals,
        agencies=calls.agencies,
        network=context.app.network,
    )
    return calls_view(calls.count, calls.waiting, call_context, t, context.now)
