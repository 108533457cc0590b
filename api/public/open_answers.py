"""The open data as bytes, made once for all who ask."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice

from api.processes.cached_response import json_of
from api.public.open_arguments import LONGEST, RoutesSubject
from api.public.open_storms import BASE, StormSubject, public_minute, storm_file
from api.public.public_streets import PublicSources
from data.errors import NotFoundError
from data.model import SegmentId, Storm
from data.policy.evidence_rules import EvidenceRules
from data.setup.time_zones import country_of
from data.store.database.engine import Tx, reading
from data.streets.network import StreetNetwork
from fleet.public.street_closures import list_street_closures
from fleet.public.street_passes import (
    MINUTE,
    StreetPass,
    last_of_each_street,
    list_street_passes,
    minute_of,
    next_minute,
)
from maps.pages.i18n import translator
from maps.public.closure_feed import incident, incidents_json, incidents_xml
from maps.public.maintenance_feed import RoutePage, route, routes
from maps.public.situation_feed import Publisher, situations_xml

ROUTES = f"{BASE}/maintenance/routes"

LATEST_WITHIN = timedelta(hours=1)
"""How old the last pass of a street is at most, unless somebody asks for more."""


@dataclass(frozen=True, slots=True)
class RouteSubject:
    """One pass, by its number."""

    number: int


class ClosuresForm(StrEnum):
    """The form in which closed streets are told."""

    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class ClosuresSubject:
    """Closed streets in CIFS."""

    form: ClosuresForm


@dataclass(frozen=True, slots=True)
class SituationsSubject:
    """Streets worked on and closed streets in DATEX II."""


type OpenSubject = RoutesSubject | RouteSubject | ClosuresSubject | SituationsSubject | StormSubject
"""What is asked of the open data."""


def open_answer(sources: PublicSources, subject: OpenSubject) -> bytes:
    """Return an answer of the open data."""
    if isinstance(subject, RouteSubject):
        return _one_route(sources, subject)
    if isinstance(subject, ClosuresSubject):
        return _closures(sources, subject.form)
    if isinstance(subject, SituationsSubject):
        return _situations(sources)
    if isinstance(subject, StormSubject):
        return storm_file(sources, subject)
    return json_of(_page(sources, subject))


def _page(sources: PublicSources, subject: RoutesSubject) -> RoutePage:
    """Return the passes that are asked for, from behind a number on, as many as a page has."""
    at = public_minute(sources)
    state = sources.city_state.now
    asked = _with_times(subject, at)
    with reading(sources.engine) as tx:
        since = next_minute(asked.end_from or at)
        if not asked.latest and asked.after:
            since = max(since, minute_of(asked.after))
        before = next_minute(asked.end_before or at)
        found = _passes(sources, tx, since, min(before - MINUTE, at))
        wanted = _wanted(found, asked, state.network)
        if asked.latest:
            wanted = iter(last_of_each_street(wanted))
        rest = (one for one in wanted if one.number > asked.after)
        page = list(islice(rest, asked.limit + 1))
    shown = page[: asked.limit]
    following = (
        f"{_address(asked)}?{asked.following(shown[-1].number)}" if len(page) > asked.limit else ""
    )
    public = state.policy.public
    features = [route(one, state.network, state.city.name, public.delay) for one in shown]
    return routes(features, at, following, public.licence)


def _passes(
    sources: PublicSources, tx: Tx, since: datetime, until: datetime
) -> Iterator[StreetPass]:
    """Yield the work that ended in a time, as far as each storm's own rules take it as proof."""

    def rules_of(storm: Storm) -> EvidenceRules:
        return sources.city_state.policy_of(tx, storm).evidence

    return list_street_passes(tx, since, until, rules_of)


def _with_times(asked: RoutesSubject, at: datetime) -> RoutesSubject:
    """Return what is asked for with both its times: unless said, the last ones that are known."""
    span = LATEST_WITHIN if asked.latest else LONGEST
    if asked.end_before is None and asked.end_from is not None:
        return asked.within(asked.end_from, min(asked.end_from + LONGEST, at + MINUTE))
    end_before = asked.end_before or at + MINUTE
    return asked.within(asked.end_from or end_before - span, end_before)


def _wanted(
    found: Iterator[StreetPass], asked: RoutesSubject, network: StreetNetwork
) -> Iterator[StreetPass]:
    """Yield the passes on streets of today, in the box, with a task that is asked for."""
    inside = _streets_in(asked, network)
    for one in found:
        street = one.directed.segment_id
        there = network.find(street) is not None if inside is None else street in inside
        if there and not set(asked.treatments).isdisjoint(one.treatments):
            yield one


def _streets_in(asked: RoutesSubject, network: StreetNetwork) -> frozenset[SegmentId] | None:
    return asked.box and frozenset(segment.id for segment in network.within(*asked.box))


def _address(asked: RoutesSubject) -> str:
    return f"{ROUTES}/latest" if asked.latest else ROUTES


def _one_route(sources: PublicSources, subject: RouteSubject) -> bytes:
    """Return one pass; raise `NotFoundError` where there is none, or nobody may know of it yet."""
    state = sources.city_state.now
    minute = minute_of(subject.number)
    if minute <= public_minute(sources):
        with reading(sources.engine) as tx:
            for one in _passes(sources, tx, minute, minute):
                if one.number == subject.number and state.network.find(one.directed.segment_id):
                    public = state.policy.public
                    found = route(one, state.network, state.city.name, public.delay)
                    return json_of({**found, "licence": public.licence})
    raise NotFoundError("pass", subject.number)


def _closures(sources: PublicSources, form: ClosuresForm) -> bytes:
    """Return the closed streets in CIFS, in the language of the city."""
    state = sources.city_state.now
    now = sources.clock.now()
    t = translator(state.city.language, state.city.timezone).plain
    with reading(sources.engine) as tx:
        closures = list_street_closures(tx, state.network, public_minute(sources), now)
    found = [incident(one, t, now) for one in closures]
    return incidents_xml(found) if form is ClosuresForm.XML else json_of(incidents_json(found))


def _situations(sources: PublicSources) -> bytes:
    """Return the streets worked on in the last hour that is known, and the closed ones."""
    at = public_minute(sources)
    city = sources.city_state.now.city
    network = sources.city_state.now.network
    with reading(sources.engine) as tx:
        work = last_of_each_street(_passes(sources, tx, at - LATEST_WITHIN, at))
        closures = list_street_closures(tx, network, at, sources.clock.now())
    known = [one for one in work if network.find(one.directed.segment_id) is not None]
    language = translator(city.language).language
    publisher = Publisher(city.name, country_of(city.timezone), language)
    return situations_xml(publisher, at, known, closures, network)
