"""Signing in at a province's host: password, second step, and the end of it."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from api.access.auth import SECOND_STEP_S, WrongSecondStepError, place_to_sign_in
from api.access.rate_limits import address_of
from api.access.refused_entries import EntryWay, log_refused
from api.province.province_context import (
    Province,
    ProvinceFormToken,
    keep_cookie,
    page,
    person_of,
    province_of,
    translator_of,
)
from api.web.checked_route import CheckedRoute
from api.web.cookies import (
    CSRF_COOKIE,
    FIRST_STEP_COOKIE,
    LANGUAGE_COOKIE,
    SESSION_COOKIE,
    drop_cookie,
    read_cookie,
)
from api.web.errors import STATUS
from api.web.page_context import local_path
from data.errors import BarfrubError
from data.languages import known_language
from data.model import SignInMethod, User
from data.store.database.engine import reading, transaction
from fleet.accounts.accounts import note_session
from fleet.accounts.people import choose_language, find_person
from fleet.accounts.second_factor import second_factor_fits, wants_second_factor
from fleet.accounts.sessions import SessionOrigin, end_session
from maps.pages.error_texts import message_of
from maps.pages.style import css

ASK = "/sign-in/code"

router = APIRouter(route_class=CheckedRoute)

FormChecked = Depends(ProvinceFormToken())
Text = Annotated[str, Form(max_length=200)]

GOAL_LETTERS = 2000
"""Length of a path of this host with a path of a city in it, each letter written as up to nine."""

ADDRESS_MARKS = "/?&=%"
"""Marks that stay as they are in a path of this host with a query."""

Goal = Annotated[str, Query(max_length=GOAL_LETTERS)]
SentGoal = Annotated[str, Form(max_length=GOAL_LETTERS)]


@router.get("/style.css")
async def get_style() -> Response:
    """Return the colors of both themes as CSS."""
    return Response(css(), media_type="text/css")


@router.get("/sign-in")
def sign_in_page(request: Request, next: Goal = "/") -> Response:
    """Show the sign-in form; lead people who are signed in on to a path of this host.

    That is a page where it is not the first one: browsers let no form lead on to another host
    (`form-action`), and from an address of `entry` it goes on to a city's.
    """
    goal = local_path(next)
    if person_of(request) is None:
        return page(request, "province/sign_in.html", {"next": goal})
    if goal == "/":
        return RedirectResponse("/", status_code=303)
    answer = page(request, "province/go_on.html", {"goal": goal})
    answer.headers["Refresh"] = f"0; url={quote(goal, safe=ADDRESS_MARKS)}"
    return answer


@router.post("/sign-in", dependencies=[FormChecked])
def sign_in(
    request: Request,
    login: Text,
    password: Annotated[str, Form(max_length=1000)],
    next: SentGoal = "/",
) -> Response:
    """Sign in with a password, and where it is set up with the second step after it."""
    province, name, goal = province_of(request), login.strip(), local_path(next)
    with reading(province.accounts.engine) as tx:
        known = find_person(tx, name)
    try:
        with place_to_sign_in():
            person = province.accounts.verified(name, known, password, address_of(request))
    except BarfrubError as error:
        message = message_of(error, translator_of(request))
        view = {"error": message, "login": login, "next": goal}
        return page(request, "province/sign_in.html", view, STATUS[error.code])
    with reading(province.accounts.engine) as tx:
        asked = wants_second_factor(tx, person)
    if not asked:
        return _begun(request, person, goal)
    answer = RedirectResponse(with_goal(ASK, goal), status_code=303)
    proof = province.seals.seal_password(person)
    keep_cookie(request, answer, FIRST_STEP_COOKIE, proof, SECOND_STEP_S)
    return answer


@router.get(ASK)
def code_page(request: Request, next: Goal = "/") -> Response:
    """Ask for the code; send whoever has not given a password to the sign-in."""
    goal = local_path(next)
    if _half_in(request) is None:
        return RedirectResponse(with_goal("/sign-in", goal), status_code=303)
    return page(request, "accounts/second_step_code.html", {"error": "", "next": goal})


@router.post(ASK, dependencies=[FormChecked])
def enter_second_step(
    request: Request, code: Annotated[str, Form(max_length=60)], next: SentGoal = "/"
) -> Response:
    """Sign in by a code of the phone or a recovery code, after the password."""
    person, goal = _half_in(request), local_path(next)
    if person is None:
        return RedirectResponse(with_goal("/sign-in", goal), status_code=303)
    try:
        _require_code(province_of(request), person, code, address_of(request))
    except BarfrubError as error:
        view = {"error": message_of(error, translator_of(request)), "next": goal}
        return page(request, "accounts/second_step_code.html", view, STATUS[error.code])
    answer = _begun(request, person, goal)
    drop_cookie(province_of(request).settings, answer, FIRST_STEP_COOKIE)
    return answer


@router.post("/sign-out", dependencies=[FormChecked])
def sign_out(request: Request) -> Response:
    """End the session: its cookie is worth nothing from now on."""
    province, signed = province_of(request), person_of(request)
    if signed is not None:
        with transaction(province.accounts.engine) as tx:
            end_session(tx, signed.user, signed.session.id)
            note_session(tx, signed.user, "signed_out", province.sessions.now())
    answer = RedirectResponse("/sign-in", status_code=303)
    drop_cookie(province.settings, answer, SESSION_COOKIE)
    drop_cookie(province.settings, answer, CSRF_COOKIE)
    return answer


@router.post("/language", dependencies=[FormChecked])
def switch_language(request: Request, language: Text, next: SentGoal = "/") -> Response:
    """Set the language of the pages; stored for people who are signed in."""
    known_language(language)
    signed = person_of(request)
    if signed is not None:
        with transaction(province_of(request).accounts.engine) as tx:
            choose_language(tx, signed.user.id, language)
    answer = RedirectResponse(local_path(next), status_code=303)
    keep_cookie(request, answer, LANGUAGE_COOKIE, language)
    return answer


def with_goal(path: str, goal: str) -> str:
    """Return the address of a step of signing in that leads to a path of this host."""
    return path if goal == "/" else f"{path}?{urlencode({'next': goal})}"


def _begun(request: Request, person: User, goal: str) -> Response:
    province = province_of(request)
    browser, former = request.headers.get("user-agent", ""), person_of(request)
    had = former.session.id if former else None
    origin = SessionOrigin(SignInMethod.PASSWORD, address_of(request), browser, had)
    cookie = province.sessions.new_cookie(person, origin)
    with transaction(province.accounts.engine) as tx:
        note_session(tx, person, "signed_in", province.sessions.now())
        province.sessions.begin(tx, person, origin, cookie)
    answer = RedirectResponse("/" if goal == "/" else with_goal("/sign-in", goal), status_code=303)
    keep_cookie(request, answer, SESSION_COOKIE, cookie.text, cookie.lasts_s)
    keep_cookie(request, answer, CSRF_COOKIE, cookie.csrf)
    return answer


def _half_in(request: Request) -> User | None:
    """Return who gave the right password some minutes ago."""
    province = province_of(request)
    text = read_cookie(province.settings, request, FIRST_STEP_COOKIE)
    with reading(province.accounts.engine) as tx:
        return province.seals.read_password(text, lambda login: find_person(tx, login))


def _require_code(province: Province, person: User, code: str, address: str) -> None:
    """Raise `WrongSecondStepError` unless a code fits; guesses are counted before."""
    limit = province.accounts.second_steps
    limit.enter(person.login, address)
    key, now = province.settings.secret_key(), province.sessions.now()
    with transaction(province.accounts.engine) as tx:
        fits = second_factor_fits(tx, person, code, key, now)
    if not fits:
        log_refused(EntryWay.SECOND_STEP, address, person.login)
        raise WrongSecondStepError
    limit.succeeded(person.login, address)
