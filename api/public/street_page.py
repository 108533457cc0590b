"""My street: what everybody may know of one street, by its name or a permanent link."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.public.public_streets import require_public_map
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of
from api.web.errors import STATUS
from api.web.page_context import page, translator_of
from data.errors import BarfrubError, NotFoundError
from data.languages import default_language
from data.model import SegmentId, Side, Snap
from data.store.database.engine import reading
from data.streets.network import StreetNetwork
from fleet.public.street_answer import answer_street
from fleet.requests.placing import place_meant
from fleet.routes.published_plan import Estimates
from fleet.storms.storm_lookup import shown_storm
from maps.pages.error_texts import message_of
from maps.pages.i18n import Translator, translator
from maps.public.street_page import StreetPage, found_places, street_page

router = APIRouter(route_class=CheckedRoute)

Words = Annotated[str, Query(max_length=200)]
Number = Annotated[int | None, Query(ge=0, lt=2**63)]
Metres = Annotated[float | None, Query(ge=0, allow_inf_nan=False)]


@router.get("/street")
def my_street(
    request: Request, q: Words = "", id: Number = None, at: Metres = None, asked: Words = ""
) -> Response:
    """Show what everybody may know of a street; `at` is how far along it a house stands.

    `asked` is set where a subscription was just sent.
    `q` is looked for as an address: it leads to the street, or to those that may be meant.
    """
    app, sender = app_of(request), address_of(request)
    require_public_map(app.city_state.now.policy)
    try:
        if id is not None:
            app.limits.enter(PublicAction.PLACE, sender)
            snap = snap_of(app.network, SegmentId(id), at)
            return show_street(request, snap, {"sent": bool(asked)})
        if not q.strip():
            return _shown(request, {})
        app.limits.enter(PublicAction.PLACE, sender)
        return _found(request, q)
    except BarfrubError as error:
        return _shown(request, {"asked": q, "wrong": _wrong(request, error)}, error)


def show_street(
    request: Request, snap: Snap, view: dict[str, object], error: BarfrubError | None = None
) -> HTMLResponse:
    """Return the page of a street, with what was typed into its form where that was wrong."""
    street = _street(app_of(request), snap, translator_of(request))
    return _shown(request, {"street": street, **view}, error)


def _found(request: Request, q: str) -> Response:
    """Return the way to the street that is meant, else the places that may be."""
    app, t = app_of(request), translator_of(request)
    meant = place_meant(None, (q, ""), app.network, app.geocoder)
    if meant is not None:
        snap = meant[1]
        where = f"/street?id={snap.segment_id}&at={snap.offset_m:.0f}&lang={t.language}"
        return RedirectResponse(where, 303)
    places = found_places(app.geocoder.candidates(q), app.geocoder, t)
    wrong = (
        "" if places else t("We do not know this place. Write street and number, as on the sign.")
    )
    return _shown(request, {"places": places, "asked": q, "wrong": wrong})


def prepare_street_pages(app: App) -> None:
    """Read and compile what the first page of a street needs, where streets are shown."""
    if app.city_state.now.policy.public.map and app.network.segments:
        snap = snap_of(app.network, app.network.segments[0].id, None)
        _street(app, snap, translator(default_language(), app.city.timezone))


def _street(app: App, snap: Snap, t: Translator) -> StreetPage:
    now = app.clock.now()
    said = app.geocoder.address_on(snap.segment_id, snap.offset_m, t.language)
    with reading(app.engine) as tx:
        storm = shown_storm(tx)
        policy = app.city_state.policy_of(tx, storm)
        estimates = Estimates(app.plans, app.network, policy)
        answer = answer_street(tx, snap, storm, estimates, now)
    return street_page(answer, snap, said.text if said else "", app.network, t, now)


def snap_of(network: StreetNetwork, segment_id: SegmentId, at_m: float | None) -> Snap:
    """Return a place on a street, its middle where none is named; raise `NotFoundError`."""
    segment = network.find(segment_id)
    if segment is None:
        raise NotFoundError("segment", segment_id)
    offset_m = segment.length_m / 2 if at_m is None else min(at_m, segment.length_m)
    return Snap(segment_id, Side.RIGHT, offset_m, 0.0)


def _wrong(request: Request, error: BarfrubError) -> str:
    t = translator_of(request)
    if isinstance(error, NotFoundError):
        return t("This street is no longer on the city's map. Look for it by its name.")
    return message_of(error, t)


def _shown(
    request: Request, view: dict[str, object], error: BarfrubError | None = None
) -> HTMLResponse:
    retry_s, push = error.retry_s if error else None, app_of(request).notice_sender.watches.push
    nothing: dict[str, object] = {
        "street": None,
        "places": (),
        "typed": {},
        "mistake": None,
        "sent": False,
        "push_key": push.application_key if push else "",
        "cut_off": push is not None and push.cut_off,
    }
    return page(
        request,
        "public/street.html",
        {"error": "", **nothing, **view},
        STATUS.get(error.code, 400) if error else 200,
        {"Retry-After": str(retry_s)} if retry_s else {},
    )
