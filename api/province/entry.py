"""From the province's host into a city without signing in again."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api.access.refused_entries import RefusedEntry
from api.province.province_context import person_of, province_of
from api.province.sign_in import with_goal
from api.web.checked_route import CheckedRoute
from api.web.page_context import address_of_host, local_path
from data.errors import NotFoundError
from data.store.database.engine import transaction
from fleet.accounts.entry_tickets import issue_ticket
from fleet.accounts.province_people import roles_of

DIGEST = "^[0-9a-f]{64}$"

router = APIRouter(route_class=CheckedRoute)


@router.get("/enter/{city}")
def enter_city(
    request: Request,
    city: str,
    state: Annotated[str, Query(pattern=DIGEST)],
    next: str = "/",
) -> Response:
    """Send somebody back to the city that asked, with a ticket; without a role there, without.

    Who is not signed in does that first, and then comes here again.
    """
    province, signed = province_of(request), person_of(request)
    host = {each.name: each.host for each in province.file.city}.get(city)
    if host is None:
        raise NotFoundError("city", city)
    address, more = address_of_host(request, host), {"next": local_path(next)}
    if signed is None:
        again = f"/enter/{city}?{urlencode({'state': state, **more})}"
        return RedirectResponse(with_goal("/sign-in", again), status_code=303)
    with transaction(province.accounts.engine) as tx:
        if city not in roles_of(tx, signed.user):
            more["refused"] = RefusedEntry.ROLE
            return RedirectResponse(f"{address}sign-in?{urlencode(more)}", status_code=303)
        now = province.sessions.now()
        more["ticket"] = issue_ticket(tx, signed.session, city, state, now)
    return RedirectResponse(f"{address}enter/ticket?{urlencode(more)}", status_code=303)
