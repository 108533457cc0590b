"""Into a city without signing in, for whoever is signed in at its province."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.access.rate_limits import address_of
from api.access.refused_entries import EntryWay, RefusedEntry, log_refused
from api.access.sign_in_accounts import CityInProvince, SignInAccount, TicketEntry
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of, set_cookie, set_session, signed_in
from api.web.cookies import CSRF_COOKIE, read_cookie
from api.web.page_context import address_of_host, form_token, local_path
from data.model import SignInMethod
from data.store.database.engine import transaction
from fleet.accounts.accounts import note_session
from fleet.accounts.entry_tickets import state_of
from fleet.accounts.sessions import SessionOrigin

router = APIRouter(route_class=CheckedRoute)

Goal = Annotated[str, Query(max_length=200)]


@router.get("/enter")
def ask_for_ticket(request: Request, next: Goal = "/") -> Response:
    """Send a visitor to the province, which sends who is signed in there back with a ticket."""
    app, goal = app_of(request), local_path(next)
    province = _province(app)
    if signed_in(request) is not None:
        return RedirectResponse(goal, status_code=303)
    csrf = form_token(request)
    asked = urlencode({"state": state_of(csrf), "next": goal})
    address = f"{address_of_host(request, province.host)}enter/{province.city}?{asked}"
    answer = RedirectResponse(address, status_code=303)
    set_cookie(request, answer, CSRF_COOKIE, csrf)
    return answer


@router.get("/enter/ticket")
def enter_by_ticket(request: Request, ticket: Goal = "", next: Goal = "/") -> Response:
    """Begin a session for a ticket that this browser has asked for."""
    app, goal = app_of(request), local_path(next)
    province = _province(app)
    if signed_in(request) is not None:
        return RedirectResponse(goal, status_code=303)
    entry = _entry(request, province, ticket)
    if entry is None:
        log_refused(EntryWay.TICKET, address_of(request))
        more = urlencode({"next": goal, "refused": RefusedEntry.TICKET})
        return RedirectResponse(f"/sign-in?{more}", status_code=303)
    now, member = app.clock.now(), entry.member
    user = app.accounts.user_of(SignInAccount(province.store, member.person, member), now)
    browser = request.headers.get("user-agent", "")
    origin = SessionOrigin(
        SignInMethod.PASSWORD, address_of(request), browser, begun_from=entry.session_id
    )
    cookie = app.sessions.new_cookie(user, origin)
    with transaction(app.engine) as tx:
        note_session(tx, user, "signed_in", now)
        app.sessions.begin(tx, user, origin, cookie)
    answer = RedirectResponse(goal, status_code=303)
    set_session(request, answer, cookie)
    return answer


def _entry(request: Request, province: CityInProvince, ticket: str) -> TicketEntry | None:
    """Return who enters by a ticket, which only the browser that asked for it can use."""
    app = app_of(request)
    csrf = read_cookie(app.settings, request, CSRF_COOKIE)
    return province.redeem(ticket, state_of(csrf)) if app.seals.genuine(csrf) else None


def _province(app: App) -> CityInProvince:
    """Return the province of a city; raise `HTTPException` for a city that has none."""
    if app.accounts.province is None:
        raise HTTPException(404)
    return app.accounts.province
