"""The list of messages to callers that did not go out, with the reason of each."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, IntakeContext, IntakeFormContext
from api.web.page_context import boot_of, page, translator_of
from fleet.requests.notices import unsent_messages
from fleet.requests.request_lookup import requests_by_id
from fleet.requests.sms_limits import confirm_by_reference
from maps.followup.unsent_messages import unsent_rows

Short = Annotated[str, Form(max_length=40)]

router = APIRouter(route_class=CheckedRoute)


@router.get("/followup/messages")
def unsent_messages_page(
    request: Request, context: IntakeContext, confirmed: str = ""
) -> HTMLResponse:
    """Show the messages of the last seven days that did not go out.

    `confirmed` says whether a code that a caller told was the right one: yes or no.
    """
    with context.reading() as tx:
        notices = unsent_messages(tx, context.now)
        requests = requests_by_id(tx, {one.request_id for one in notices})
    view = {
        "rows": unsent_rows(notices, requests, translator_of(request)),
        "boot": boot_of(request, context),
        "confirmed": confirmed,
        "office": context.has(*BOARD_ROLES),
    }
    return page(request, "followup/unsent_messages.html", view)


@router.post("/followup/messages/confirm")
def confirm_told_code(reference: Short, code: Short, context: IntakeFormContext) -> Response:
    """Take the code of a message that a caller has told: the number gets further messages."""
    with context.writing() as tx:
        fits = confirm_by_reference(tx, context.actor, reference, code, context.now)
    return RedirectResponse(f"/followup/messages?confirmed={'yes' if fits else 'no'}", 303)
