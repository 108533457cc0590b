"""Subscribing to messages about a street, confirming that, and ending it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.public.public_streets import require_public_map
from api.public.street_page import show_street, snap_of
from api.web.checked_route import CheckedRoute
from api.web.context import app_of, require_csrf
from api.web.errors import STATUS
from api.web.page_context import page, translator_of
from data.errors import BarfrubError, ConflictError, InvalidError
from data.model import SegmentId
from data.model.requests.street_watches import StreetWatch
from data.store.database.engine import reading, transaction
from fleet.public.push_addresses import push_address
from fleet.public.street_watches import CUT_OFF
from fleet.public.watch_requests import (
    ReaderContact,
    WatchWish,
    confirmed_watch,
    subscribe,
    unsubscribe,
    watch_of,
    watch_of_browser,
)
from maps.pages.error_texts import message_of
from maps.pages.templates import STATIC_DIR
from maps.public.street_page import digits_of
from maps.public.watch_texts import browser_mistake, watch_mistake, watch_path
from maps.streets.street import called, street_name

WORKER = STATIC_DIR / "js/public/push-worker.js"

router = APIRouter(route_class=CheckedRoute)

FormChecked = Depends(require_csrf)
Short = Annotated[str, Form(max_length=200)]
Code = Annotated[str, Query(max_length=40)]


@router.post("/street/watch", dependencies=[FormChecked])
def subscribe_to_street(
    request: Request,
    id: Annotated[int, Form(ge=0, lt=2**63)],
    at: Annotated[float, Form(ge=0, allow_inf_nan=False)] = 0.0,
    phone: Short = "",
    email: Short = "",
    every: Short = "",
    consent: Short = "",
    homepage: Short = "",
) -> Response:
    """Store a subscription, whose first message asks whether others are wanted.

    The answer is the same whether number and address are known or not.
    """
    app, t = app_of(request), translator_of(request)
    require_public_map(app.city_state.now.policy)
    snap = snap_of(app.network, SegmentId(id), at)
    typed = {"phone": phone, "email": email, "every": every, "consent": consent}
    try:
        app.limits.enter(PublicAction.REPORT, address_of(request))
        if homepage:
            raise InvalidError("homepage", "", "nothing")
        reader = ReaderContact(phone.strip(), email.strip(), consent=bool(consent))
        wish = WatchWish(snap, t.language, every_storm=bool(every))
        with transaction(app.engine) as tx:
            subscribe(tx, wish, reader, app.clock.now())
    except BarfrubError as error:
        return show_street(
            request, snap, {"typed": typed, "mistake": watch_mistake(error, t)}, error
        )
    where = f"/street?id={id}&at={snap.offset_m:.0f}&lang={t.language}&asked=1#watch"
    return RedirectResponse(where, 303)


@dataclass(frozen=True, slots=True)
class PushedWatch:
    """What is said of a subscription of a browser, and the path of the page that ends it."""

    said: str
    link: str


@router.post("/street/watch/push", response_model=PushedWatch, dependencies=[FormChecked])
def subscribe_browser(
    request: Request,
    id: Annotated[int, Form(ge=0, lt=2**63)],
    endpoint: Annotated[str, Form(max_length=2_000)],
    key: Short,
    secret: Short,
    at: Annotated[float, Form(ge=0, allow_inf_nan=False)] = 0.0,
    every: Short = "",
) -> Response | PushedWatch:
    """Store a subscription of a browser, once its push service has taken the first message."""
    app, t = app_of(request), translator_of(request)
    require_public_map(app.city_state.now.policy)
    watches = app.notice_sender.watches
    try:
        app.limits.enter(PublicAction.REPORT, address_of(request))
        snap, push = snap_of(app.network, SegmentId(id), at), push_address(endpoint, key, secret)
        wish = WatchWish(snap, t.language, every_storm=bool(every))
        with transaction(app.engine) as tx:
            watch = watch_of_browser(tx, wish, push, app.clock.now())
        fault = watches.welcome(watch) if watch.told_at is None else ""
        if fault not in {"", CUT_OFF}:
            raise InvalidError("endpoint", "", "a browser that takes messages")
    except BarfrubError as error:
        said = browser_mistake(error, t)
        return JSONResponse({"said": said, "link": ""}, STATUS.get(error.code, 400))
    street = called(street_name(app.network.segment(watch.segment_id)), t)
    later = "The city's server has no way to the internet at the moment. Messages come once it has."
    said = t(later) if fault else t("You get messages about {street}.", street=street)
    return PushedWatch(said, watch_path(watch.code, t))


@router.get("/street/worker.js")
def street_worker() -> FileResponse:
    """Return the service worker of streets' pages, which shows messages and answers no request."""
    headers = {"Service-Worker-Allowed": "/street", "Cache-Control": "no-cache"}
    return FileResponse(WORKER, media_type="text/javascript", headers=headers)


@router.get("/street/watch")
def street_watch(request: Request, code: Code = "") -> HTMLResponse:
    """Show the subscription of a message's code, to be confirmed or ended; without one ask for it.

    Opening the link changes nothing: mail scanners open it too. With a code it works where the
    map is off by now, so that messages can be stopped.
    """
    app = app_of(request)
    if not code:
        require_public_map(app.city_state.now.policy)
        return _shown(request, None, "")
    app.limits.enter(PublicAction.TRACK, address_of(request))
    with reading(app.engine) as tx:
        found = watch_of(tx, digits_of(code))
    return _shown(request, found, _unknown(request, found))


@router.post("/street/watch/confirm", dependencies=[FormChecked])
def confirm_street_watch(
    request: Request, code: Annotated[str, Form(max_length=40)] = ""
) -> HTMLResponse:
    """Confirm the subscription of a message's code, and offer to end it.

    Whoever has the code may read why it is one too many.
    """
    app, t = app_of(request), translator_of(request)
    app.limits.enter(PublicAction.TRACK, address_of(request))
    try:
        with transaction(app.engine) as tx:
            found = confirmed_watch(tx, digits_of(code), app.clock.now())
    except ConflictError as error:
        with reading(app.engine) as tx:
            found = watch_of(tx, digits_of(code))
        return _shown(request, found, message_of(error, t), STATUS[error.code])
    return _shown(request, found, _unknown(request, found))


@router.post("/street/watch/end", dependencies=[FormChecked])
def unsubscribe_from_street(
    request: Request, code: Annotated[str, Form(max_length=40)] = ""
) -> HTMLResponse:
    """End a subscription and erase its number and address; also where the map is off by now."""
    app, t = app_of(request), translator_of(request)
    app.limits.enter(PublicAction.TRACK, address_of(request))
    with transaction(app.engine) as tx:
        ended = unsubscribe(tx, digits_of(code), app.clock.now(), app.settings.secret_key())
    if ended is not None and ended.push is not None:
        segment = app.network.find(ended.segment_id)
        street = called(street_name(segment), t) if segment else t("your street")
        said = t("You get no more messages about {street} in that browser.", street=street)
        return _shown(request, None, said)
    return _shown(request, None, t("You get no more messages. Your number and address are erased."))


def _unknown(request: Request, found: StreetWatch | None) -> str:
    t = translator_of(request)
    return "" if found else t("No subscription has this code any more.")


def _shown(
    request: Request, watch: StreetWatch | None, said: str, status: int = 200
) -> HTMLResponse:
    t, network = translator_of(request), app_of(request).network
    segment = network.find(watch.segment_id) if watch else None
    view = {
        "watch": watch,
        "street": called(street_name(segment), t) if segment else t("your street"),
        "said": said,
        "error": "",
    }
    return page(request, "public/watch.html", view, status)
