"""Set-up of the city in the browser: what an administrator arranges before the snow."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.context import AdminContext
from api.shell import page

router = APIRouter()


@router.get("/setup")
def overview_page(request: Request, context: AdminContext) -> Response:
    """Show what is done and what is still assumed."""
    return page(request, "setup/overview.html", {})
