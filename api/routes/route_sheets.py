"""Printed route sheets: of one truck, or of a whole plan in one PDF."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.planning.plans import may_see_route
from api.planning.run_files import PROGRESS, WAIT_S, WaitSeconds, file_answer
from api.processes.printing.printed_routes import Printing, plan_sheets
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, RouteContext
from api.web.download import shown
from api.web.page_context import translator_of
from data.languages import known_language
from data.model import PlanId, PlanRun, ShiftId
from fleet.routes.file_request import ask_for_sheets
from maps.pages.i18n import Translator, translator
from maps.pages.pdf import sheets_pdf

router = APIRouter(route_class=CheckedRoute)

Spoken = Annotated[
    str | None,
    Query(description="the driver's language; where none is given the reader's"),
]


@router.get("/api/plans/{plan_id}/routes/{shift_id}/sheet.pdf")
def download_route_sheet(
    request: Request,
    plan_id: PlanId,
    shift_id: ShiftId,
    context: RouteContext,
    language: Spoken = None,
) -> Response:
    """Return the route sheet of one truck; drivers get their own only."""
    t, app = _spoken(request, language), context.app
    printing = Printing(app.network, app.city.attribution, context.now, t)
    with context.reading() as tx:
        may_see_route(tx, context, shift_id)
        sheets = plan_sheets(tx, printing, plan_id, [shift_id])
    name = f"route-{plan_id}-{shift_id}-{t.language}.pdf"
    return shown(sheets_pdf(sheets), "application/pdf", name)


@router.get("/api/plans/{plan_id}/sheets.pdf", responses=PROGRESS)
async def download_route_sheets(
    request: Request,
    plan_id: PlanId,
    context: BoardContext,
    language: Spoken = None,
    wait_s: WaitSeconds = WAIT_S,
) -> Response:
    """Return the route sheets of all trucks with work in a plan, as one PDF.

    A worker makes them. Where that takes longer than `wait_s`, the answer is 202 with the address
    of the file in `Location`.
    """
    t = _spoken(request, language)

    def asked() -> PlanRun:
        with context.writing() as tx:
            return ask_for_sheets(tx, context.actor, plan_id, t.language, context.now)

    run = await run_in_threadpool(asked)
    return await file_answer(request, context, run.id, wait_s)


def _spoken(request: Request, language: str | None) -> Translator:
    reader = translator_of(request)
    return reader if language is None else translator(known_language(language), reader.timezone)
