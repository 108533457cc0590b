"""What an operator can tell a caller during the call, and the caller's history."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.web.checked_route import CheckedRoute
from api.web.context import CallerContext, Context, IntakeContext
from api.web.schemas import Short, Wire
from data.errors import InvalidError
from data.languages import languages
from data.model import LonLat, RequestId, RequestKind, SegmentId, ServiceRequest, Side, Snap
from data.requests.phone_number import plain_number
from data.store.database.engine import Tx
from data.store.requests.requests import get_request, list_requests_on_segment
from data.streets.network import StreetNetwork
from fleet.requests.call_answer import CallAnswer, answer_call
from fleet.requests.caller_privacy import requests_of_phone
from fleet.requests.intake import no_place
from fleet.requests.placing import PIN_M
from fleet.setup.machine_list import machine_names
from maps.requests.call_answer import (
    CallAnswerView,
    EarlierRequestView,
    KnownPlace,
    answer_view,
    asked_views,
)

SHOWN_HERE = 8
"""Earlier requests of a place or a caller that the operator sees."""

router = APIRouter(route_class=CheckedRoute)

Lon = Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)]
Number = Annotated[int | None, Query(ge=0, lt=2**63)]


class CallerPhoneIn(Wire):
    """A caller's phone number; sent in the body, so that no access log has it."""

    phone: Short


@router.get("/api/answer")
def get_answer_for_place(
    context: IntakeContext,
    kind: RequestKind = RequestKind.PLOW,
    segment_id: Number = None,
    lon: Lon = None,
    lat: Lat = None,
    *,
    join: bool = True,
    danger: bool = False,
) -> CallAnswerView:
    """Return the answer for a place before the request is stored: a pin, a street or both.

    It is computed from evidence and the published plan; without a plan it says so. `join=false`
    asks for a request that gets work of its own.
    """
    snap = _snap(context.app.network, segment_id, lon, lat)
    with context.reading() as tx:
        return _viewed(tx, context, answered(tx, context, snap, kind, join=join, danger=danger))


@router.get("/api/requests/{request_id}/answer")
def get_answer_for_request(request_id: RequestId, context: IntakeContext) -> CallAnswerView:
    """Return the answer for a placed request, with its number."""
    with context.reading() as tx:
        asked = get_request(tx, request_id)
        if asked.snap is None:
            raise no_place(asked)
        answer = answered(tx, context, asked.snap, asked.kind, asked)
        return _viewed(tx, context, answer, asked.reference)


@router.post("/api/callers/history")
def search_caller_history(
    who: CallerPhoneIn, context: CallerContext
) -> tuple[EarlierRequestView, ...]:
    """Return the earlier requests of a phone number; access is logged."""
    with context.writing() as tx:
        number = plain_number(who.phone)
        found = requests_of_phone(tx, context.actor, number, SHOWN_HERE, context.now)
    return asked_views(found, context.app.network)


def answered(
    tx: Tx,
    context: Context,
    snap: Snap,
    kind: RequestKind,
    asked: ServiceRequest | None = None,
    *,
    join: bool = True,
    danger: bool = False,
) -> CallAnswer:
    """Return the answer for a place; `asked` is the request, once it is stored."""
    estimates, now = context.app.estimates, context.now
    return answer_call(tx, snap, kind, estimates, now, asked, join=join, danger=danger)


def on_street(network: StreetNetwork, pin: LonLat | None, segment_id: SegmentId) -> Snap:
    """Return the point of a street nearest the pin, or its middle without a pin near it."""
    middle = Snap(segment_id, Side.RIGHT, network.segment(segment_id).length_m / 2, 0.0)
    near = network.nearby(pin, PIN_M) if pin else []
    return next((snap for snap in near if snap.segment_id == segment_id), middle)


def _snap(
    network: StreetNetwork, segment_id: int | None, lon: float | None, lat: float | None
) -> Snap:
    if (lon is None) != (lat is None):
        raise InvalidError("lon" if lon is None else "lat", "", "a value")
    pin = None if lon is None or lat is None else LonLat(lon, lat)
    if segment_id is not None:
        return on_street(network, pin, SegmentId(segment_id))
    if pin is None:
        raise InvalidError("segment_id", "", "a value")
    near = network.nearest(pin, PIN_M)
    if near is None:
        raise InvalidError("location", tuple(pin), f"a place within {PIN_M:.0f} m of a street")
    return near


def _viewed(tx: Tx, context: Context, answer: CallAnswer, reference: str = "") -> CallAnswerView:
    here = list_requests_on_segment(tx, answer.segment.id, SHOWN_HERE)
    app = context.app
    at = answer.segment.id, answer.snap.offset_m
    said = {language: app.geocoder.address_on(*at, language) for language in languages()}
    address = {language: one.text if one else "" for language, one in said.items()}
    return answer_view(
        answer,
        app.network,
        machine_names(tx),
        KnownPlace(address, here),
        context.now,
        app.city.timezone,
        reference,
    )
