"""Requests: created, placed on a street, read, closed and cancelled."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from api.requests.call_answer import on_street
from api.web.checked_route import CheckedRoute
from api.web.context import AddressContext, App, CallerContext, Context, IntakeContext
from api.web.schemas import (
    CallerOut,
    CancelIn,
    CandidateOut,
    CloseIn,
    DangerOverIn,
    PinIn,
    ReopenIn,
    ReportIn,
)
from data.errors import NotFoundError
from data.model import (
    LonLat,
    RequestId,
    RequestState,
    SegmentId,
    ServiceRequest,
)
from data.model.training.live_training import TrainingCallId
from data.store.database.engine import Tx
from data.store.requests.requests import get_request, list_requests
from fleet.alerts.danger_over import end_danger
from fleet.requests.caller_privacy import read_caller
from fleet.requests.closing import cancel_request, close_request, reopen_request
from fleet.requests.intake import receive
from fleet.requests.placing import locate, place_by_hand
from fleet.requests.request_lookup import deadlines
from fleet.training.calls import end_with_request
from maps.alerts import alert_view
from maps.requests.requests import RequestView, request_view

WAITING = frozenset({RequestState.NEW, RequestState.OPEN})
LISTED = 500
"""Requests that a list returns at most."""

router = APIRouter(route_class=CheckedRoute)


@router.post("/requests", status_code=201)
def create_request(form: ReportIn, context: IntakeContext) -> RequestView:
    """Store a request, then place and promise it where its words or pin are unambiguous.

    It is committed before it is placed, with the training's call that it came of.
    """
    if form.segment_id is not None:
        context.app.network.segment(form.segment_id)
    with context.writing() as tx:
        asked = receive(tx, context.actor, form.report(), context.now)
        if form.call_id is not None:
            call_id = TrainingCallId(form.call_id)
            end_with_request(tx, context.actor, call_id, asked, context.now)
    with context.writing() as tx:
        if asked.state is RequestState.NEW and asked.snap is None:
            asked = _placed(tx, context, asked, form)
        view = viewed(tx, context.app, asked)
    return announced(context, view)


@router.get("/api/requests")
def get_requests(context: IntakeContext, *, everything: bool = False) -> list[RequestView]:
    """Return open requests, the newest first; `everything` adds the closed ones."""
    with context.reading() as tx:
        asked = list_requests(tx, None if everything else WAITING, LISTED)
        due_at = deadlines(tx, asked, context.app.network, context.app.policy)
        return [request_view(each, due_at, context.app.network) for each in asked]


@router.get("/api/requests/{request_id}")
def get_request_view(request_id: RequestId, context: IntakeContext) -> RequestView:
    """Return a request."""
    with context.reading() as tx:
        return viewed(tx, context.app, get_request(tx, request_id))


@router.get("/api/requests/{request_id}/caller")
def get_caller(request_id: RequestId, context: CallerContext) -> CallerOut:
    """Return a request's caller, for calling back; access is logged."""
    with context.writing() as tx:
        caller = read_caller(tx, context.actor, request_id, "call_back", context.now)
    if caller is None:
        raise NotFoundError("caller", request_id)
    return CallerOut(
        name=caller.name,
        phone=caller.phone,
        email=caller.email,
        language=caller.language,
        consent=caller.consent,
    )


@router.post("/api/requests/{request_id}/place")
def place_request(request_id: RequestId, pin: PinIn, context: IntakeContext) -> RequestView:
    """Place a waiting request at a pin chosen by hand."""
    app, place = context.app, LonLat(pin.lon, pin.lat)
    with context.changing(f"request:{request_id}") as tx:
        placed = place_by_hand(context.city(tx), context.actor, request_id, place, app.plans)
        view = viewed(tx, context.app, placed)
    return announced(context, view)


@router.post("/api/requests/{request_id}/cancel")
def cancel_one_request(request_id: RequestId, why: CancelIn, context: IntakeContext) -> RequestView:
    """Cancel a request."""
    with context.changing(f"request:{request_id}") as tx:
        cancelled = cancel_request(tx, context.actor, request_id, why.reason, context.now)
        view = viewed(tx, context.app, cancelled)
    return announced(context, view)


@router.post("/api/requests/{request_id}/danger-over")
def end_request_danger(
    request_id: RequestId, seen: DangerOverIn, context: IntakeContext
) -> RequestView:
    """Say that the dangers to life for which a request came are over: those that were shown."""
    app = context.app
    with context.changing(f"request:{request_id}") as tx:
        over = end_danger(tx, context.actor, request_id, seen.dangers, context.now)
        view = viewed(tx, app, over.request)
    app.hub.publish("alerts", [alert_view(one, app.network) for one in over.alerts])
    return announced(context, view)


@router.post("/api/requests/{request_id}/close")
def close_one_request(request_id: RequestId, why: CloseIn, context: IntakeContext) -> RequestView:
    """Close a request with a reason of the fixed list."""
    with context.changing(f"request:{request_id}") as tx:
        closed = close_request(tx, context.actor, request_id, why.reason, why.note, context.now)
        view = viewed(tx, context.app, closed)
    return announced(context, view)


@router.post("/api/requests/{request_id}/reopen")
def reopen_one_request(request_id: RequestId, why: ReopenIn, context: IntakeContext) -> RequestView:
    """Reopen a closed request."""
    with context.changing(f"request:{request_id}") as tx:
        view = viewed(
            tx,
            context.app,
            reopen_request(tx, context.actor, request_id, why.why, context.now),
        )
    return announced(context, view)


@router.get("/api/geocode")
def geocode(
    q: Annotated[str, Query(max_length=300)],
    context: AddressContext,
    language: Annotated[str, Query(max_length=10)] = "en",
) -> list[CandidateOut]:
    """Return the places that an address may mean, the likeliest first.

    The first one has the question that decides, in a language, where the words leave a doubt.
    """
    geocoder, network = context.app.geocoder, context.app.network
    found = geocoder.candidates(q)
    question = geocoder.question(found, language)
    return [
        CandidateOut(
            segment_id=each.segment_id,
            name=each.name,
            said=geocoder.said(each, language),
            kind=each.kind,
            lon=each.point.lon,
            lat=each.point.lat,
            side=each.side,
            confident=each.confident,
            confidence=round(each.confidence, 3),
            matched=each.matched,
            number=each.number,
            houses_near=each.houses_near,
            district=network.segment(each.segment_id).district,
            reasons=each.reasons,
            uncertain_m=each.uncertain_m,
            question="" if nth else question,
        )
        for nth, each in enumerate(found)
    ]


def viewed(tx: Tx, app: App, asked: ServiceRequest) -> RequestView:
    """Return a request with the deadline of its work."""
    return request_view(asked, deadlines(tx, [asked], app.network, app.policy), app.network)


def announced(context: Context, view: RequestView) -> RequestView:
    """Publish a request; only after the commit, so that readers see it."""
    context.app.hub.publish("requests", [view])
    return view


def _placed(tx: Tx, context: Context, asked: ServiceRequest, form: ReportIn) -> ServiceRequest:
    app, who, city, join = context.app, context.actor, context.city(tx), form.join
    said = form.window.said() if form.window else None
    if form.segment_id is None:
        return locate(city, who, asked.id, app.geocoder, app.plans, join=join, said=said)
    snap = on_street(app.network, asked.location, SegmentId(form.segment_id))
    if form.side is not None:
        snap = replace(snap, side=form.side)
    return place_by_hand(city, who, asked.id, snap, app.plans, join=join, said=said)
