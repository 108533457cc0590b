"""Forgotten passwords: asking for a code by text message, and choosing another password by it."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.access.auth import TooManyError, hash_password, place_to_sign_in
from api.access.password_rules import checked_password
from api.access.rate_limits import PublicAction, address_of
from api.access.refused_entries import EntryWay, log_refused
from api.accounts.second_step import let_in
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of, language_of, require_csrf
from api.web.errors import STATUS
from api.web.page_context import page, translator_of
from data.errors import BarfrubError, WeakPasswordError
from data.store.database.engine import transaction
from fleet.accounts.accounts import LOGIN_LETTERS
from fleet.accounts.password_reset import VALID_FOR, ask_reset, reset_by_code
from maps.pages.error_texts import message_of
from maps.pages.i18n import translator

ASK = "/forgotten"

router = APIRouter(route_class=CheckedRoute)

Login = Annotated[str, Form(max_length=LOGIN_LETTERS)]

_log = logging.getLogger(__name__)


@router.get(ASK)
def forgotten_page(request: Request, login: str = "", *, asked: bool = False) -> Response:
    """Ask for the sign-in name of somebody who forgot the password, or for the code `asked` for."""
    return _page(request, login=login[:LOGIN_LETTERS], asked=asked)


@router.post(ASK, dependencies=[Depends(require_csrf)])
def ask_for_code(request: Request, login: Login) -> Response:
    """Ask for the code; the answer is the same, and as quick, whoever has this name or nobody.

    What is done for a name that exists is done after the answer.
    """
    app, name = app_of(request), login.strip()
    try:
        app.limits.enter(PublicAction.FORGOTTEN, address_of(request))
    except TooManyError as error:
        return _page(request, login=name, error=error)
    answer = _page(request, login=name, asked=True)
    answer.background = BackgroundTask(_send_code, app, name)
    return answer


@router.post(f"{ASK}/code", dependencies=[Depends(require_csrf)])
def reset_own_password(
    request: Request,
    login: Login,
    code: Annotated[str, Form(max_length=40)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Set a new password by the code and sign in, with the second step if it is on."""
    app, name = app_of(request), login.strip()
    try:
        checked = checked_password("password", password, name, app.city.name)
        with place_to_sign_in():
            app.code_entries.enter(address_of(request))
            hashed = hash_password(checked)
        now, real = app.clock.now(), app.sessions.now()
        with transaction(app.engine) as tx:
            user = reset_by_code(tx, name, code, hashed, app.settings.secret_key(), now, real)
    except BarfrubError as error:
        if error.code == "conflict":
            log_refused(EntryWay.RESET_CODE, address_of(request), name)
        return _page(request, login=name, code=code, asked=True, error=error)
    app.code_entries.succeeded(address_of(request))
    request.state.language = language_of(request, user)
    return let_in(request, user, "/")


def _send_code(app: App, login: str) -> None:
    """Note the wish, and send a code where there is a gateway and a number."""
    sender = app.notice_sender
    try:
        app.limits.enter(PublicAction.FORGOTTEN_NAME, login)
    except TooManyError:
        return
    secret = app.settings.secret_key() if sender.sends_sms else None
    with transaction(app.engine) as tx:
        expires_at = app.sessions.now() + VALID_FOR
        found = ask_reset(tx, login, app.clock.now(), secret, expires_at)
    if found is None:
        return
    try:
        app.limits.enter(PublicAction.FORGOTTEN_CITY, "")
    except TooManyError:
        _log.warning("a code for a new password was not sent: too many were")
        return
    user, code = found
    t = translator(user.language, app.city.timezone).plain
    minutes = int(VALID_FOR.total_seconds() // 60)
    text = t(
        "{code} is your code for a new password at {city}. It is valid for {minutes} minutes.",
        code=f"{code[:4]}-{code[4:]}",
        city=app.city.name,
        minutes=minutes,
    )
    if fault := sender.send_sms(user.phone, user.language, text):
        _log.warning("a code for a new password could not be sent: %s", fault)


def _page(
    request: Request,
    *,
    login: str,
    code: str = "",
    asked: bool = False,
    error: BarfrubError | None = None,
) -> Response:
    message = message_of(error, translator_of(request)) if error else ""
    province = app_of(request).accounts.province
    view = {
        "login": login,
        "code": code,
        "asked": asked,
        "by_phone": app_of(request).notice_sender.sends_sms,
        "province": province.host if province is not None else "",
        "error": message,
        "weak": isinstance(error, WeakPasswordError),
    }
    return page(request, "accounts/forgotten.html", view, STATUS[error.code] if error else 200)
