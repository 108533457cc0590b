"""The list of messages to callers that did not go out, with the reason of each."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext
from api.web.page_context import boot_of, page, translator_of
from fleet.requests.notices import unsent_messages
from fleet.requests.request_lookup import requests_by_id
from maps.followup.unsent_messages import unsent_rows

router = APIRouter(route_class=CheckedRoute)


@router.get("/followup/messages")
def unsent_messages_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show the messages of the last seven days that did not go out."""
    with context.reading() as tx:
        notices = unsent_messages(tx, context.now)
        requests = requests_by_id(tx, {one.request_id for one in notices})
    view = {
        "rows": unsent_rows(notices, requests, translator_of(request)),
        "boot": boot_of(request, context),
    }
    return page(request, "followup/unsent_messages.html", view)
