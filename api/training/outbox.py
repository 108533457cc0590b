"""What a rehearsal would have sent, for its instructors."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.training.leading import InstructorContext
from api.training.rehearsal import clock_of, sandbox_of_app
from api.web.checked_route import CheckedRoute
from api.web.page_context import boot_of, page, translator_of
from fleet.training.sandbox.outbox import kept_messages
from maps.training.outbox import message_rows

router = APIRouter(route_class=CheckedRoute)


@router.get("/training/outbox")
def outbox_page(request: Request, context: InstructorContext) -> HTMLResponse:
    """Show the messages that stayed here, the newest first."""
    clock_of(context.app)
    kept = kept_messages(sandbox_of_app(context.app).outbox)
    rows = message_rows(kept, translator_of(request))
    return page(request, "training/outbox.html", {"boot": boot_of(request, context), "rows": rows})
