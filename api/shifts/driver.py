"""The driver's page and the sign-in by a short code."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.access.refused_entries import EntryWay, log_refused
from api.access.sessions import SessionCookie
from api.crews.crew import crew_of
from api.web.checked_route import CheckedRoute
from api.web.context import (
    App,
    app_of,
    context_of,
    require_csrf,
    session_origin,
    set_session,
    signed_in,
)
from api.web.errors import STATUS
from api.web.installed_app import AppName, app_headers, installed
from api.web.page_context import boot_of, daylight_of, is_night, page, translator_of
from data.errors import BarfrubError
from data.model import Role, Shift, SignInMethod, User
from data.store.database.engine import Tx, reading, transaction
from fleet.accounts.phone_tokens import enter_phone_token
from fleet.crews.crew_register import enter_crew_code, enter_crew_token
from fleet.shifts.driver_codes import enter_code, enter_token, is_token, may_drive
from fleet.shifts.shift_handover import find_current_shift_of_driver
from maps.pages.error_texts import message_of

router = APIRouter(route_class=CheckedRoute)


class NoCodeError(BarfrubError):
    """Raised for a wrong or expired code; the message does not say which."""

    code = "no_code"

    def __init__(self) -> None:
        super().__init__("the code is wrong or has expired")


@router.get("/drive")
def drive_page(request: Request) -> Response:
    """Show drivers their route, and others the code page."""
    app = app_of(request)
    signed = signed_in(request)
    shift = _shift_of(app, signed.user) if signed else None
    if signed is not None and shift is None and crew_of(app, signed.user) is not None:
        return RedirectResponse("/crew", status_code=303)
    if signed is None or shift is None or shift.over:
        return _code_page(request, over=shift is not None)
    context = context_of(request, signed)
    told = installed(app, AppName.DRIVE, context.language)
    boot = boot_of(request, context) | {
        "sign_in": "/drive",
        "app": told,
        "emergency": app.policy.messages.emergency,
        "daylight": daylight_of(app, context.now),
        "shift": shift.id,
        "training": app.settings.training,
    }
    view = {"boot": boot, "app": told, "night": is_night(app, context.now)}
    return page(
        request, "shifts/drive.html", view, headers=app_headers(told, boot["texts_address"])
    )


@router.post("/drive", dependencies=[Depends(require_csrf)])
def sign_in_by_code(request: Request, code: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Sign in the driver or crew leader of a typed code, or whose token was scanned."""
    try:
        user, cookie = _signed_in_by(request, code)
    except BarfrubError as error:
        message = message_of(error, translator_of(request))
        return _code_page(request, error=message, status=STATUS[error.code])
    answer = RedirectResponse(_home_of(user), status_code=303)
    set_session(request, answer, cookie)
    return answer


def _home_of(user: User) -> str:
    """Return the page that somebody's phone installs."""
    if may_drive(user):
        return "/drive"
    return "/crew" if Role.CREW in user.roles else "/inspect"


def _signed_in_by(request: Request, code: str) -> tuple[User, SessionCookie]:
    """Return the user of a code with a new session; raise `NoCodeError` or `TooManyError`."""
    app, address = app_of(request), address_of(request)
    scanned = is_token(code)
    if scanned:
        app.limits.enter(PublicAction.READ, address)
    else:
        app.code_entries.enter(address)
    with transaction(app.engine) as tx:
        user = _user_of(app, tx, code)
        if user is None:
            log_refused(EntryWay.SHIFT_CODE, address)
            raise NoCodeError
        origin = session_origin(request, SignInMethod.CODE)
        cookie = app.sessions.new_cookie(user, origin)
        app.sessions.begin(tx, user, origin, cookie)
    if not scanned:
        app.code_entries.succeeded(address)
    return user, cookie


def _user_of(app: App, tx: Tx, code: str) -> User | None:
    secret, now = app.settings.secret_key(), app.clock.now()
    if is_token(code):
        return (
            enter_token(tx, code, now)
            or enter_crew_token(tx, code, now)
            or enter_phone_token(tx, code, now)
        )
    return enter_code(tx, code, secret, now) or enter_crew_code(tx, code, secret, now)


def _shift_of(app: App, user: User) -> Shift | None:
    if Role.DRIVER not in user.roles:
        return None
    with reading(app.engine) as tx:
        return find_current_shift_of_driver(tx, user.id, app.clock.now())


def _code_page(
    request: Request, *, error: str = "", over: bool = False, status: int = 200
) -> Response:
    app = app_of(request)
    view = {"error": error, "over": over, "night": is_night(app, app.clock.now())}
    return page(request, "shifts/sign_in.html", view, status)
