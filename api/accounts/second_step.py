"""The second step of signing in: asking for a code of the phone, and setting phones up."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.access.auth import SECOND_STEP_S, WrongSecondStepError
from api.access.rate_limits import address_of
from api.access.refused_entries import EntryWay, log_refused
from api.access.sign_in_accounts import SignInAccount
from api.accounts.own_account import Password, require_password
from api.web.checked_route import CheckedRoute
from api.web.context import (
    SECOND_STEP,
    AccountContext,
    Context,
    app_of,
    language_of,
    require_csrf,
    session_origin,
    set_cookie,
    set_session,
    signed_in,
)
from api.web.cookies import FIRST_STEP_COOKIE, drop_cookie, read_cookie
from api.web.errors import STATUS
from api.web.page_context import local_path, page, translator_of, wants_page
from data.errors import BarfrubError
from data.model import Role, SecondFactor, SignInMethod, User
from data.store.accounts.second_factors import count_recovery_codes, find_second_factor
from data.store.database.engine import Tx, reading, transaction
from fleet.accounts.accounts import note_session
from fleet.accounts.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    new_recovery_codes,
    provisioning_uri,
    remove_second_step,
    second_factor_fits,
    secret_of,
)
from fleet.setup.setup_steps import setup_over
from maps.pages.error_texts import message_of
from maps.pages.qr_code import qr_code

ASK = "/sign-in/code"

router = APIRouter(route_class=CheckedRoute)

Code = Annotated[str, Form(max_length=60)]
Goal = Annotated[str, Form(max_length=200)]


def let_in(request: Request, user: User, goal: str) -> Response:
    """Begin a session of somebody whose password was right, or ask for the second step first."""
    app = app_of(request)
    account = app.accounts.of(user)
    if not account.wants_second_step:
        return _begun(request, user, goal)
    answer: Response = JSONResponse({"second_step": ASK})
    if wants_page(request):
        answer = RedirectResponse(f"{ASK}?next={quote(goal)}", status_code=303)
    proof = app.seals.seal_password(account.holder)
    set_cookie(request, answer, FIRST_STEP_COOKIE, proof, SECOND_STEP_S)
    return answer


@router.get(ASK)
def code_page(request: Request, next: str = "/") -> Response:
    """Ask for the code; send whoever has not given a password to the sign-in."""
    if _half_in(request) is None:
        return _back_to_sign_in(next)
    return _code_page(request, local_path(next))


@router.post(ASK, dependencies=[Depends(require_csrf)])
def enter_second_step(request: Request, code: Code, next: Goal = "/") -> Response:
    """Sign in by a code of the phone or a recovery code, after the password."""
    user = _half_in(request)
    if user is None:
        return _back_to_sign_in(next)
    try:
        _require_code(request, user, code)
    except BarfrubError as error:
        if not wants_page(request):
            raise
        return _code_page(request, local_path(next), error)
    answer = _begun(request, user, next)
    drop_cookie(app_of(request).settings, answer, FIRST_STEP_COOKIE)
    return answer


def _back_to_sign_in(goal: str) -> Response:
    path = local_path(goal)
    more = "" if path == "/" else f"?next={quote(path)}"
    return RedirectResponse(f"/sign-in{more}", status_code=303)


@router.get(SECOND_STEP)
def second_step_page(request: Request, context: AccountContext) -> Response:
    """Show how the second step stands, and the QR code while it is set up."""
    return _page(request, context)


@router.post(f"{SECOND_STEP}/begin")
def begin_second_step(request: Request, password: Password, context: AccountContext) -> Response:
    """Make a new secret, which the page shows as a QR code until it is confirmed."""
    try:
        require_password(request, context, password)
        account = context.app.accounts.of(context.user)
        with transaction(account.store.engine) as tx:
            begin_second_factor(tx, account.holder, context.app.sessions.now())
    except BarfrubError as error:
        return _page(request, context, error=error)
    return RedirectResponse(SECOND_STEP, status_code=303)


@router.post(f"{SECOND_STEP}/confirm")
def confirm_second_step(request: Request, code: Code, context: AccountContext) -> Response:
    """Switch the second step on by a first code, and show the recovery codes once."""
    app = context.app
    account = app.accounts.of(context.user)
    try:
        _count(request, account)
        with transaction(account.store.engine) as tx:
            key, now = app.settings.secret_key(), app.sessions.now()
            codes = confirm_second_factor(tx, context.actor, account.holder, code, key, now)
        if codes is None:
            raise WrongSecondStepError
    except BarfrubError as error:
        return _page(request, context, error=error)
    _forgive(request, account)
    return _page(request, context, codes=codes)


@router.post(f"{SECOND_STEP}/recovery-codes")
def renew_recovery_codes(
    request: Request, password: Password, code: Code, context: AccountContext
) -> Response:
    """Make new recovery codes and show them once; all earlier ones are worth nothing."""
    try:
        _require_both(request, context, password, code)
    except BarfrubError as error:
        return _page(request, context, error=error)
    account = context.app.accounts.of(context.user)
    with transaction(account.store.engine) as tx:
        codes = new_recovery_codes(tx, account.holder)
    return _page(request, context, codes=codes)


@router.post(f"{SECOND_STEP}/remove")
def remove_own_second_step(
    request: Request, password: Password, code: Code, context: AccountContext
) -> Response:
    """Switch the second step off by a last code, for example to set up another phone."""
    try:
        _require_both(request, context, password, code)
    except BarfrubError as error:
        return _page(request, context, error=error)
    account = context.app.accounts.of(context.user)
    with transaction(account.store.engine) as tx:
        remove_second_step(tx, context.actor, account.holder, context.now)
    return RedirectResponse(SECOND_STEP, status_code=303)


def _require_both(request: Request, context: Context, password: str, code: str) -> None:
    """Raise an error unless password and code are right: an open page alone changes no factor."""
    require_password(request, context, password)
    _require_code(request, context.user, code)


def _begun(request: Request, user: User, goal: str) -> Response:
    app = app_of(request)
    origin = session_origin(request, SignInMethod.PASSWORD)
    cookie = app.sessions.new_cookie(user, origin)
    with transaction(app.engine) as tx:
        note_session(tx, user, "signed_in", app.clock.now())
        app.sessions.begin(tx, user, origin, cookie)
    answer: Response = JSONResponse({"login": user.login, "roles": list(user.roles)})
    if wants_page(request):
        with reading(app.engine) as tx:
            path = _first_path(tx, user, local_path(goal))
        answer = RedirectResponse(path, status_code=303)
    set_session(request, answer, cookie)
    return answer


def _first_path(tx: Tx, user: User, goal: str) -> str:
    """Return where to go first: an administrator who asked for no page to a set-up not done."""
    leads = goal == "/" and Role.ADMINISTRATOR in user.roles and not setup_over(tx)
    return "/setup" if leads else goal


def _half_in(request: Request) -> User | None:
    """Return who gave the right password some minutes ago; sets the language of the answer."""
    app, text = app_of(request), read_cookie(app_of(request).settings, request, FIRST_STEP_COOKIE)
    signed_in(request)

    def holder_of(login: str) -> User | None:
        known = app.accounts.find(login)
        return known.holder if known else None

    holder = app.seals.read_password(text, holder_of)
    account = app.accounts.find(holder.login) if holder else None
    user = app.accounts.user_of(account, app.clock.now()) if account else None
    request.state.language = language_of(request, user)
    return user


def _require_code(request: Request, user: User, code: str) -> None:
    """Raise `WrongSecondStepError` unless a code fits; guesses are counted before."""
    app = app_of(request)
    account = app.accounts.of(user)
    _count(request, account)
    with transaction(account.store.engine) as tx:
        key, now = app.settings.secret_key(), app.sessions.now()
        fits = second_factor_fits(tx, account.holder, code, key, now)
    if not fits:
        log_refused(EntryWay.SECOND_STEP, address_of(request), user.login)
        raise WrongSecondStepError
    _forgive(request, account)


def _count(request: Request, account: SignInAccount) -> None:
    account.store.second_steps.enter(account.holder.login, address_of(request))


def _forgive(request: Request, account: SignInAccount) -> None:
    account.store.second_steps.succeeded(account.holder.login, address_of(request))


def _code_page(request: Request, goal: str, error: BarfrubError | None = None) -> Response:
    message = message_of(error, translator_of(request)) if error else ""
    status = STATUS.get(error.code, 400) if error else 200
    view = {"error": message, "next": goal}
    return page(request, "accounts/second_step_code.html", view, status)


def _page(
    request: Request,
    context: Context,
    *,
    error: BarfrubError | None = None,
    codes: list[str] | None = None,
) -> Response:
    t, user = translator_of(request), context.user
    account = context.app.accounts.of(user)
    with reading(account.store.engine) as tx:
        factor = find_second_factor(tx, account.holder.id)
        left = count_recovery_codes(tx, account.holder.id)
    view = {
        "on": factor is not None and factor.confirmed_at is not None,
        "pending": _shown(context, factor),
        "codes": codes or [],
        "left": left,
        "required": context.app.policy.sign_in.wants_second_step(user.roles),
        "error": message_of(error, t) if error else "",
    }
    status = STATUS.get(error.code, 400) if error else 200
    return page(request, "accounts/second_step.html", view, status)


def _shown(context: Context, factor: SecondFactor | None) -> Mapping[str, object] | None:
    """Return what a phone takes over while a second factor waits to be confirmed."""
    if factor is None or factor.confirmed_at is not None:
        return None
    key, city = context.app.settings.secret_key(), context.app.city.name
    secret = secret_of(factor, key)
    parts = [secret[at : at + 4] for at in range(0, len(secret), 4)]
    uri = provisioning_uri(factor, context.user.login, city, key)
    return {"secret": " ".join(parts), "qr": qr_code(uri)}
