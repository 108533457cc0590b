"""Pages: sign-in, the board, the operator's desk, and the switch of language."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access.auth import WrongPasswordError, place_to_sign_in
from api.access.rate_limits import address_of
from api.access.refused_entries import RefusedEntry
from api.accounts.second_step import let_in
from api.web.checked_route import CheckedRoute
from api.web.context import (
    BOARD_ROLES,
    AnyContext,
    IntakeContext,
    WallContext,
    app_of,
    require_csrf,
    set_cookie,
    signed_in,
)
from api.web.cookies import CSRF_COOKIE, LANGUAGE_COOKIE, SESSION_COOKIE, drop_cookie
from api.web.errors import STATUS
from api.web.page_context import (
    boot_of,
    local_path,
    page,
    people_boot,
    translator_of,
    wants_page,
)
from data.errors import BarfrubError, ForbiddenError
from data.languages import known_language
from data.model import Role, User
from data.store.database.engine import transaction
from fleet.accounts.accounts import note_session
from fleet.accounts.people import choose_language
from fleet.accounts.sessions import end_session
from maps.pages.error_texts import message_of
from maps.pages.style import class_styles, css

FIRST_PAGES = (
    (Role.OPERATOR, "/operator"),
    (Role.COUNCIL, "/council"),
    (Role.DRIVER, "/drive"),
    (Role.CREW, "/crew"),
    (Role.WALL, "/board?wall"),
)

router = APIRouter(route_class=CheckedRoute)

FormChecked = Depends(require_csrf)
Text = Annotated[str, Form(max_length=200)]


@router.get("/style.css")
async def get_style(request: Request) -> Response:
    """Return the colors of both themes and of the city's classes as CSS."""
    return Response(css(class_styles(app_of(request).policy)), media_type="text/css")


@router.get("/sign-in")
def sign_in_page(request: Request, next: str = "/", refused: str = "") -> Response:
    """Show the sign-in form; redirect signed-in users.

    `refused` says why somebody did not enter from the province.
    """
    if signed_in(request) is not None:
        return RedirectResponse(local_path(next), status_code=303)
    t = translator_of(request)
    reasons: Mapping[str, str] = {
        RefusedEntry.ROLE: t("Your account of the province has no role in this town."),
        RefusedEntry.TICKET: t("The entry from the province is no longer valid: try it once more."),
    }
    return _sign_in_form(request, {"next": local_path(next), "error": reasons.get(refused, "")})


@router.post("/sign-in", dependencies=[FormChecked])
def sign_in(
    request: Request,
    login: Text,
    password: Annotated[str, Form(max_length=1000)],
    next: Text = "/",
) -> Response:
    """Sign in with a password, and where it is set up with the second step after it."""
    try:
        with place_to_sign_in():
            user = _checked_user(request, login.strip(), password)
    except BarfrubError as error:
        if not wants_page(request):
            raise
        return _sign_in_again(request, error, login, next)
    return let_in(request, user, next)


@router.post("/sign-out", dependencies=[FormChecked])
def sign_out(request: Request) -> Response:
    """End the session, and the one at the province that it began from: their cookies are void."""
    app, signed = app_of(request), signed_in(request)
    if signed is not None:
        app.sessions.end_at_province(signed.user, signed.session.id)
        with transaction(app.engine) as tx:
            end_session(tx, signed.user, signed.session.id)
            note_session(tx, signed.user, "signed_out", app.clock.now())
    answer = RedirectResponse("/sign-in", status_code=303)
    drop_cookie(app_of(request).settings, answer, SESSION_COOKIE)
    drop_cookie(app_of(request).settings, answer, CSRF_COOKIE)
    return answer


@router.post("/language", dependencies=[FormChecked])
def switch_language(
    request: Request,
    language: Text,
    next: Annotated[str, Form(max_length=1000)] = "/",
) -> Response:
    """Set the language of the pages; stored for signed-in users."""
    known_language(language)
    signed = signed_in(request)
    if signed is not None:
        with transaction(app_of(request).engine) as tx:
            choose_language(tx, signed.user.id, language)
    answer = RedirectResponse(local_path(next), status_code=303)
    set_cookie(request, answer, LANGUAGE_COOKIE, language)
    return answer


@router.get("/")
def board_page(request: Request, context: AnyContext) -> Response:
    """Show the dispatchers' board; redirect other roles to their own first page."""
    if context.has(*BOARD_ROLES):
        boot = boot_of(request, context) | people_boot(context)
        return page(request, "board/board.html", {"boot": boot})
    for role, path in FIRST_PAGES:
        if context.has(role):
            return RedirectResponse(path, status_code=303)
    raise ForbiddenError("your role does not allow this")


@router.get("/board")
def wall_page(request: Request, context: WallContext) -> HTMLResponse:
    """Show the board; with `?wall` in the address, as a display on a wall."""
    boot = boot_of(request, context) | people_boot(context)
    return page(request, "board/board.html", {"boot": boot})


@router.get("/operator")
def operator_page(request: Request, context: IntakeContext) -> HTMLResponse:
    """Show the form for phone calls."""
    return page(request, "requests/operator/form.html", {"boot": boot_of(request, context)})


def _checked_user(request: Request, login: str, password: str) -> User:
    app = app_of(request)
    account = app.accounts.find(login)
    if account is None:
        app.accounts.own.verified(login, None, password, address_of(request))
        raise WrongPasswordError
    holder = account.store.verified(login, account.holder, password, address_of(request))
    return app.accounts.user_of(replace(account, holder=holder), app.clock.now())


def _sign_in_again(request: Request, error: BarfrubError, login: str, goal: str) -> Response:
    message = message_of(error, translator_of(request))
    view = {"error": message, "login": login, "next": local_path(goal)}
    return _sign_in_form(request, view, STATUS[error.code])


def _sign_in_form(request: Request, view: Mapping[str, object], status: int = 200) -> Response:
    of_province = app_of(request).accounts.province is not None
    return page(request, "accounts/sign_in.html", {**view, "of_province": of_province}, status)
