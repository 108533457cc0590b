"""The overview of all cities of a province, made once per change for all readers."""

import gzip
import logging
import time
from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, Response

from api.access.sessions import SignedIn
from api.processes.cached_response import READERS_OWN, PackedAnswer, shared_answer
from api.processes.ingest.board_cache import MINUTE_S
from api.province.host_router import HostedWeb
from api.province.province_context import (
    OverviewReader,
    PersonSignedIn,
    Province,
    page,
    province_of,
    require_overview,
    sees_overview,
    translator_of,
)
from api.web.checked_route import CheckedRoute
from api.web.context import App
from api.web.page_context import address_of_host
from data.store.database.engine import reading
from fleet.accounts.province_people import roles_of
from fleet.requests.request_lookup import waiting_count
from fleet.storms.machine_counts import machine_counts
from fleet.storms.storm_lookup import listed_storms, wanted_storm
from maps.pages.i18n import Translator
from maps.pages.templates import render
from maps.province.overview import CityFigures, CityOfProvince, OwnCity, overview_view

HTML = "text/html; charset=utf-8"

router = APIRouter(route_class=CheckedRoute)

Person = Annotated[SignedIn, Depends(PersonSignedIn())]
Reader = Annotated[SignedIn, Depends(OverviewReader())]

_log = logging.getLogger(__name__)


@router.get("/")
def first_page(request: Request, person: Person) -> HTMLResponse:
    """Show all cities of the province; to others than `OVERVIEW_ROLES` the way into their own."""
    if not sees_overview(person):
        return _own_cities_page(request, person)
    require_overview(request, person)
    figures = gzip.decompress(_packed(request).content).decode()
    return page(request, "province/overview.html", {"figures": figures})


@router.get("/overview")
def get_overview(request: Request, reader: Reader) -> Response:
    """Return the figures of the page alone, for its script."""
    return shared_answer(request, _packed(request), READERS_OWN, HTML)


def _own_cities_page(request: Request, person: SignedIn) -> HTMLResponse:
    """Show the cities in which somebody has a role, each with the address of its entry."""
    province = province_of(request)
    with reading(province.accounts.engine) as tx:
        given = roles_of(tx, person.user)
    open_cities = province.open_cities()
    cities = [
        OwnCity(
            open_cities[each.name].city.name if each.name in open_cities else each.name,
            f"{address_of_host(request, each.host)}enter",
        )
        for each in province.cities
        if given.get(each.name)
    ]
    return page(request, "province/own_cities.html", {"cities": cities})


def _packed(request: Request) -> PackedAnswer:
    """Return the figures in the reader's language, made once per change in any city."""
    asked_s, province, t = time.monotonic(), province_of(request), translator_of(request)
    now, base = province.clock.now(), str(request.base_url)
    revision = tuple(_revision(each, now) for each in province.cities)

    def make() -> bytes:
        cities = [_city(request, each, now) for each in province.cities]
        speaking = _with_classes(t, province)
        view = overview_view(cities, now, speaking)
        return render("province/figures.html", speaking, view=view).encode()

    answer = province.answers.of((t.language, base))
    return answer.packed(make, revision, asked_s=asked_s)


def _with_classes(t: Translator, province: Province) -> Translator:
    """Return a translator that calls classes as the first city does that has them."""
    texts: dict[str, str] = {}
    for app in province.open_cities().values():
        texts = {**app.policy.class_texts(t.language), **texts}
    return replace(t, city_texts=texts)


def _revision(city: HostedWeb, now: datetime) -> Hashable:
    """Return what changes with the figures of a city; the minute where it cannot be read."""
    if city.web is None:
        return None
    app: App = city.web.state.barfrub
    try:
        with reading(app.engine) as tx:
            return (
                app.boards.revision(tx, now),
                *((one.shift_id, one.shift) for one in app.alert_task.trucks),
            )
    except Exception:
        _log.exception("%s cannot be read", city.name)
        return now.timestamp() // MINUTE_S


def _city(request: Request, city: HostedWeb, now: datetime) -> CityOfProvince:
    address = f"{address_of_host(request, city.host)}enter"
    if city.web is None:
        return CityOfProvince(city.name, address, None, opened=False)
    app: App = city.web.state.barfrub
    try:
        return CityOfProvince(app.city.name, address, _figures(app, now))
    except Exception:
        _log.exception("%s cannot be read", city.name)
        return CityOfProvince(city.name, address, None)


def _figures(app: App, now: datetime) -> CityFigures:
    with reading(app.engine) as tx:
        storm = wanted_storm(tx)
        performance = None
        if storm is not None:
            policy = app.city_state.policy_of(tx, storm)
            performance = app.records.account(tx, storm, app.network, policy).at(now)
        counts = machine_counts(tx, storm, app.alert_task.trucks, now)
        requests = waiting_count(tx)
        coming = next((one for one in listed_storms(tx, coming=True) if one.phase.coming), None)
    return CityFigures(storm or coming, performance, requests, counts)
