"""A person's own account: sessions and password."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from api.access.auth import hash_password
from api.access.password_rules import checked_password
from api.access.rate_limits import address_of
from api.web.checked_route import CheckedRoute
from api.web.context import BOARD_ROLES, AccountContext, BoardFormContext, Context
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE, drop_cookie
from api.web.errors import STATUS
from api.web.page_context import page, translator_of
from data.errors import BarfrubError, WeakPasswordError
from data.model import SessionId
from data.store.database.engine import transaction
from fleet.accounts.accounts import set_password
from fleet.accounts.phone_tokens import give_phone_token
from fleet.accounts.sessions import end_session, end_sessions, own_sessions
from maps.accounts.own_account import session_rows
from maps.pages.error_texts import message_of
from maps.pages.qr_code import QrCode, qr_code

ACCOUNT = "/account"

router = APIRouter(route_class=CheckedRoute)

Password = Annotated[str, Form(max_length=1000)]
OwnSessionId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get(ACCOUNT)
def account_page(request: Request, context: AccountContext, done: str = "") -> Response:
    """Show a person where they are signed in, and how to change the password."""
    t = translator_of(request)
    said = {"password": t("The password is changed.")}.get(done, "")
    return _page(request, context, done=said)


@router.post(f"{ACCOUNT}/sessions/{{session_id}}/end")
def end_own_session(session_id: OwnSessionId, context: AccountContext) -> Response:
    """End one of one's own sessions."""
    context.app.sessions.end_at_province(context.user, SessionId(session_id))
    with context.writing() as tx:
        end_session(tx, context.user, SessionId(session_id))
    return _signed_out(context) if session_id == context.session_id else _back()


@router.post(f"{ACCOUNT}/sign-out-everywhere")
def sign_out_everywhere(context: AccountContext) -> Response:
    """End all of one's own sessions, this one too; of a person of the province in all cities."""
    with context.writing() as tx:
        end_sessions(tx, context.actor, context.user.id, context.now)
    account = context.app.accounts.of(context.user)
    if account.member is not None:
        with transaction(account.store.engine) as tx:
            end_sessions(tx, context.actor, account.holder.id, context.now)
    return _signed_out(context)


@router.post(f"{ACCOUNT}/password")
def change_password(
    request: Request, password: Password, wanted: Password, context: AccountContext
) -> Response:
    """Change one's own password; all other sessions end.

    That of a person of the province is one for all cities, and this session ends as well.
    """
    try:
        require_password(request, context, password)
        names = (context.user.login, context.app.city.name)
        hashed = hash_password(checked_password("wanted", wanted, *names))
    except BarfrubError as error:
        return _page(request, context, error=error)
    account = context.app.accounts.of(context.user)
    keep = context.session_id if account.member is None else None
    with transaction(account.store.engine) as tx:
        set_password(tx, context.actor, account.holder, hashed, context.now, keep)
    return _back("?done=password")


@router.post(f"{ACCOUNT}/phone")
def show_phone_code(request: Request, password: Password, context: BoardFormContext) -> Response:
    """Show the QR code by which one's own phone is signed in and gets the inspections page.

    The token stands behind the `#` of the address, which browsers send to nobody.
    """
    try:
        require_password(request, context, password)
    except BarfrubError as error:
        return _page(request, context, error=error)
    with context.writing() as tx:
        token = give_phone_token(tx, context.actor, context.user, context.now)
    address = f"{str(request.base_url).rstrip('/')}/drive#link={token}"
    return _page(request, context, phone=qr_code(address))


def require_password(request: Request, context: Context, password: str) -> None:
    """Raise `WrongPasswordError` unless this is the user's password; guesses are limited."""
    account = context.app.accounts.of(context.user)
    address, login = address_of(request), context.user.login
    account.store.verified(login, account.holder, password, address)


def _page(
    request: Request,
    context: Context,
    *,
    error: BarfrubError | None = None,
    done: str = "",
    phone: QrCode | None = None,
) -> Response:
    t, app = translator_of(request), context.app
    with context.reading() as tx:
        sessions = own_sessions(tx, context.user.id, app.sessions.now())
    account = app.accounts.of(context.user)
    view = {
        "sessions": session_rows(sessions, context.session_id, t),
        "second_step": account.wants_second_step,
        "has_password": account.holder.has_password,
        "of_province": account.member is not None,
        "inspects": context.has(*BOARD_ROLES) and account.member is None,
        "phone": phone,
        "error": message_of(error, t) if error else "",
        "weak": isinstance(error, WeakPasswordError),
        "done": done,
    }
    return page(request, "accounts/own_account.html", view, STATUS[error.code] if error else 200)


def _back(more: str = "") -> Response:
    return RedirectResponse(f"{ACCOUNT}{more}", status_code=303)


def _signed_out(context: Context) -> Response:
    answer = RedirectResponse("/sign-in", status_code=303)
    drop_cookie(context.app.settings, answer, SESSION_COOKIE)
    drop_cookie(context.app.settings, answer, CSRF_COOKIE)
    return answer
