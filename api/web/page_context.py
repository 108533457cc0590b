"""The context of every page: language, theme, user and anti-forgery token."""

import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from starlette.responses import HTMLResponse

from api.processes.event_feeds import Shown, as_it_is
from api.web.context import BOARD_ROLES, App, Context, app_of, language_of, set_cookie, signed_in
from api.web.cookies import CSRF_COOKIE, read_cookie
from api.web.page_texts import texts_address
from data.languages import languages
from data.model import Actor, ActorKind, LonLat, User
from data.store.database.engine import reading
from data.training.players import PLAYED_BY_SIMULATION
from fleet.accounts.people import names_by_login
from fleet.setup.machine_list import machine_names
from fleet.shifts.driver_codes import machines_login
from fleet.training.events import scenario_end
from fleet.training.lessons import open_looks
from fleet.training.rehearsal import training_of
from maps.pages.i18n import Translator, translator
from maps.pages.menu import pages_of
from maps.pages.style import class_styles, legend
from maps.pages.templates import render
from maps.pages.wall import for_wall
from maps.shifts.daylight import daylight_around, is_dark

THEMES = ("light", "dark")
THEME_COOKIES = ("__Host-theme", "theme")
"""What a script sets (`maps/static/js/pages/theme.js`) over HTTPS, and over plain HTTP."""


def page(
    request: Request,
    template: str,
    view: Mapping[str, object],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a page rendered from a template.

    Somebody who is not signed in gets a fresh anti-forgery cookie, which the page's forms repeat.
    """
    app = app_of(request)
    signed = signed_in(request)
    user = signed.user if signed else None
    t = translator_of(request)
    csrf = signed.csrf if signed else form_token(request)
    if user and app.settings.training and status == HTTPStatus.OK:
        app.desk_screens.open_page(user.login, _here(request))
    html = render(
        template,
        t,
        theme=chosen_theme(request),
        csrf=csrf,
        user=user,
        pages=pages_of(user.roles, training=app.settings.training) if user else (),
        city_name=app.city.name,
        shows_streets=app.policy.public.map,
        has_open_data=app.policy.public.open_data,
        path=request.url.path,
        here=_here(request),
        training=_rehearsal(app),
        rehearsed_until=_rehearsed_until(app),
        looks=_looks(app, user, request.url.path) if user and app.settings.training else (),
        **view,
    )
    answer = HTMLResponse(html, status, dict(headers or {}))
    if signed is None:
        set_cookie(request, answer, CSRF_COOKIE, csrf)
    return answer


def _rehearsal(app: App) -> str:
    """Return what tells a sandbox and its set-backs from others; "" in a real city."""
    if not app.settings.training:
        return ""
    own = hmac.new(app.settings.secret_key(), b"training", sha256).hexdigest()[:12]
    return f"{own}-{app.clock.epoch}"


def _rehearsed_until(app: App) -> datetime | None:
    """Return when the scenario of a sandbox is over."""
    if not app.settings.training:
        return None
    with reading(app.engine) as tx:
        training = training_of(tx)
    return None if training is None else scenario_end(training)


def _looks(app: App, user: User, path: str) -> Collection[str]:
    with reading(app.engine) as tx:
        return open_looks(tx, Actor(ActorKind.USER, user.login), path)


def _here(request: Request) -> str:
    """Return path and query of the page without its language, for the switch of language."""
    query = urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "lang"])
    return f"{request.url.path}?{query}" if query else request.url.path


def address_of_host(request: Request, host: str) -> str:
    """Return the address of another host of this server, by the scheme and port of a request."""
    port = urlsplit(str(request.base_url)).port
    return f"{request.url.scheme}://{host}{f':{port}' if port else ''}/"


def chosen_theme(request: Request) -> str:
    """Return the theme that the reader has chosen, "" for the system's."""
    chosen = (request.cookies.get(name) for name in THEME_COOKIES)
    return next((theme for theme in chosen if theme in THEMES), "")


def boot_of(request: Request, context: Context) -> dict[str, object]:
    """Return the start data of a page's scripts: where texts are, clock, city and user."""
    return public_boot(request, context.now) | {
        "texts_address": texts_address(context.app, translator_of(request).language),
        "classes": [asdict(each) for each in class_styles(context.app.policy)],
        "csrf": context.csrf,
        "login": context.user.login,
        "roles": list(context.user.roles),
    }


def public_boot(request: Request, now: datetime, msgids: Iterable[str] = ()) -> dict[str, object]:
    """Return the start data of a public page's scripts: some texts, clock and city."""
    app, t = app_of(request), translator_of(request)
    return {
        "now": now.isoformat(),
        "speed": app.clock.pace,
        "epoch": app.clock.epoch,
        "language": t.language,
        "direction": t.direction,
        "languages": spoken_languages(),
        "texts": {msgid: t.texts()[msgid] for msgid in msgids},
        "states": legend(),
        "city": {
            "name": app.city.name,
            "timezone": app.city.timezone,
            "bounds": app.city.bounds,
            "attribution": app.city.attribution,
            "network_version": app.city.network_version,
            "tiles": _tiles(app, "streets"),
            "water": _tiles(app, "water"),
            "places": _tiles(app, "places"),
        },
    }


def daylight_of(app: App, now: datetime) -> list[tuple[str, str]]:
    """Return when the sun rises and sets in the city around now, for pages that follow it."""
    spells = daylight_around(now, _middle(app))
    return [(rise.isoformat(), fall.isoformat()) for rise, fall in spells]


def is_night(app: App, now: datetime) -> bool:
    """Whether it is dark in the city."""
    return is_dark(now, _middle(app))


def _middle(app: App) -> LonLat:
    west, south, east, north = app.city.bounds
    return LonLat((west + east) / 2, (south + north) / 2)


def people_boot(context: Context) -> dict[str, object]:
    """Return what scripts need to name colleagues; a wall, where strangers read, gets no names."""
    if not context.has(*BOARD_ROLES):
        return {}
    with context.reading() as tx:
        names, machines = names_by_login(tx), machine_names(tx)
    return {
        "people": {
            login: name for login, name in names.items() if login not in PLAYED_BY_SIMULATION
        },
        "simulated": list(PLAYED_BY_SIMULATION),
        "staged": context.app.settings.training,
        "driven": {machines_login(one): name for one, name in machines.items()},
    }


def spoken_languages() -> list[dict[str, object]]:
    """Return the languages of the pages for scripts, the default first."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "direction": one.direction,
            "fallback": one.fallback,
            "intl": one.intl,
            "digits": one.digits,
            "calendar": one.calendar,
            "months": one.months,
            "weekdays": one.weekdays,
            "date": one.date,
            "date_mark": one.date_mark,
        }
        for one in languages().values()
    ]


def _tiles(app: App, layer: str) -> str:
    """Return the address of a layer's tiles; empty where the city has none."""
    drawn = (app.folder / "tiles" / f"{layer}.pmtiles").is_file()
    return f"/tiles/{layer}.pmtiles?v={app.city.network_version[:12]}" if drawn else ""


def translator_of(request: Request) -> Translator:
    """Return the translator for the answer, in the city's time zone."""
    language = getattr(request.state, "language", None) or language_of(request, None)
    app = app_of(request)
    return translator(language, app.city.timezone).of_city(app.policy, app.city_state.now.districts)


def wants_page(request: Request) -> bool:
    """Whether the client is a browser that expects a page."""
    return "text/html" in request.headers.get("accept", "")


def shown_to(context: Context) -> Shown:
    """Return what makes a view as the user may see it: a wall gets no names and no words."""
    return as_it_is if context.has(*BOARD_ROLES) else for_wall


def local_path(text: str) -> str:
    """Return a path on this server; the first page for anything else."""
    foreign = not text.startswith("/") or text.startswith("//") or "\\" in text
    return "/" if foreign or not text.isprintable() else text


def form_token(request: Request) -> str:
    """Return the anti-forgery token of a visitor without a session, a new one where needed."""
    seals = app_of(request).seals
    known = read_cookie(app_of(request).settings, request, CSRF_COOKIE)
    return known if seals.genuine(known) else seals.new_token()
