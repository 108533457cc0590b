"""What the requests at a province's host name share, and who is signed in there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from api.access.auth import (
    SESSION_S,
    Seals,
    SecondStepMissingError,
    SignedOutError,
    require_same,
)
from api.access.sessions import Sessions, SignedIn
from api.access.sign_in_accounts import AccountStore
from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.cached_response import SharedAnswers
from api.processes.cluster.leadership import Leadership
from api.processes.tasks.clock_task import ClockTask
from api.province.host_router import HostedWeb
from api.province.lending import Lending
from api.web.context import CSRF_HEADER, App, SentCsrf, sends_form, spoken_language
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE, read_cookie, write_cookie
from api.web.page_context import chosen_theme
from data.errors import ForbiddenError
from data.languages import in_language
from data.model import Role
from data.setup.province_file import ProvinceFile
from data.store.database.engine import reading
from fleet.accounts.province_people import roles_of
from fleet.accounts.second_factor import wants_second_factor
from maps.pages.i18n import Translator, translator
from maps.pages.templates import render

OVERVIEW_ROLES = frozenset({Role.ADMINISTRATOR, Role.DISPATCHER, Role.SUPERVISOR, Role.COUNCIL})
"""Roles in any city of the province with which somebody sees the figures of all of them."""


@dataclass(frozen=True)
class Province:
    """A province and its cities, open or not, in the order of its file."""

    settings: Settings
    file: ProvinceFile
    cities: tuple[HostedWeb, ...]
    clock: Clock
    accounts: AccountStore
    sessions: Sessions
    seals: Seals
    lending: Lending
    clock_task: ClockTask
    leadership: Leadership
    answers: SharedAnswers = field(default_factory=SharedAnswers)

    def open_cities(self) -> Mapping[str, App]:
        """Return the parts of each city that is served, by the name of its folder."""
        return open_among(self.cities)

    def name_in(self, language: str) -> str:
        """Return the name of the province."""
        return in_language(self.file.name, language)


def open_among(cities: Iterable[HostedWeb]) -> Mapping[str, App]:
    """Return the parts of each city that is served, by the name of its folder."""
    return {each.name: each.web.state.barfrub for each in cities if each.web is not None}


def province_of(request: Request) -> Province:
    """Return the province of a request."""
    province: Province = request.app.state.province
    return province


def person_of(request: Request) -> SignedIn | None:
    """Return who is signed in at the province's host, looked up once a request."""
    if not hasattr(request.state, "signed_in"):
        province = province_of(request)
        text = read_cookie(province.settings, request, SESSION_COOKIE)
        request.state.signed_in = province.sessions.find(text)
    known: SignedIn | None = request.state.signed_in
    return known


class PersonSignedIn:
    """A dependency that returns who is signed in at the province, or raises."""

    def __call__(self, request: Request) -> SignedIn:
        """Return what `before_body` returns, which looks at the headers alone."""
        return self.before_body(request)

    def before_body(self, request: Request) -> SignedIn:
        """Check the session."""
        signed = person_of(request)
        if signed is None:
            raise SignedOutError
        request.state.role = "+".join(sorted(signed.user.roles))
        return signed


class OverviewReader(PersonSignedIn):
    """A dependency that returns who may see the figures of all cities, or raises."""

    def before_body(self, request: Request) -> SignedIn:
        """Check session, role, and the second step where a city wants it of the person."""
        signed = super().before_body(request)
        require_overview(request, signed)
        return signed


def sees_overview(signed: SignedIn) -> bool:
    """Whether the roles of a person are such with which somebody sees the figures of all cities."""
    return bool(OVERVIEW_ROLES & {*signed.user.roles})


def require_overview(request: Request, signed: SignedIn) -> None:
    """Raise an error unless a person may see the figures of all cities now."""
    if not sees_overview(signed):
        raise ForbiddenError("your role does not allow this")
    if _second_step_missing(province_of(request), signed):
        raise SecondStepMissingError


def _second_step_missing(province: Province, signed: SignedIn) -> bool:
    with reading(province.accounts.engine) as tx:
        if wants_second_factor(tx, signed.user):
            return False
        given = roles_of(tx, signed.user)
    return any(
        app.policy.sign_in.wants_second_step(given.get(name, ()))
        for name, app in province.open_cities().items()
    )


class ProvinceFormToken:
    """A dependency of forms, which raises `StalePageError` unless the token fits."""

    def __call__(self, request: Request, csrf: SentCsrf) -> None:
        """Compare the token of the header or the form with that of the session or the cookie."""
        require_same(csrf, expected_token(request))

    def before_body(self, request: Request) -> None:
        """Check all that the headers tell: the form's own token is read later."""
        expected, header = expected_token(request), request.headers.get(CSRF_HEADER)
        in_form = header is None and sends_form(request)
        require_same(expected if in_form else header or "", expected)


def expected_token(request: Request) -> str:
    """Return the token that a visitor's forms must send; empty where he has none."""
    signed, province = person_of(request), province_of(request)
    if signed is not None:
        return signed.csrf
    cookie = read_cookie(province.settings, request, CSRF_COOKIE)
    return cookie if province.seals.genuine(cookie) else ""


def translator_of(request: Request) -> Translator:
    """Return the translator for the answer, in the province's time zone."""
    signed, province = person_of(request), province_of(request)
    known = signed.user.language if signed else ""
    language = spoken_language(province.settings, request, known)
    return translator(language, province.file.timezone)


def page(
    request: Request, template: str, view: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """Return a page rendered from a template.

    Somebody who is not signed in gets a fresh anti-forgery cookie, which the page's forms repeat.
    """
    province, signed, t = province_of(request), person_of(request), translator_of(request)
    csrf = signed.csrf if signed else expected_token(request) or province.seals.new_token()
    html = render(
        template,
        t,
        theme=chosen_theme(request),
        csrf=csrf,
        user=signed.user if signed else None,
        city_name=province.name_in(t.language),
        path=request.url.path,
        **view,
    )
    answer = HTMLResponse(html, status)
    if signed is None:
        keep_cookie(request, answer, CSRF_COOKIE, csrf)
    return answer


def keep_cookie(
    request: Request, answer: Response, name: str, text: str, lasts_s: int = SESSION_S
) -> None:
    """Set a cookie of the province's host."""
    write_cookie(province_of(request).settings, request, answer, name, text, lasts_s)
