"""One order for several machines: longer or cancelled shifts, back to the yard, or to a place."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from api.messages.messages import MOST_TRUCKS, add_messages, publish_messages
from api.shifts.roster import published_shift
from api.web.checked_route import CheckedRoute
from api.web.context import Context, DispatcherContext
from api.web.page_context import translator_of
from api.web.schemas import Lat, Lon, Moment, Wire, moment_in
from data.errors import InvalidError, Need
from data.files.bidi import without_isolates
from data.geocode import REACH_M, Address
from data.model import ByLanguage, LonLat, SegmentId, StormId, VehicleId
from data.policy.message_rules import COME_BACK, WAIT_AT
from data.store.database.engine import Tx
from fleet.setup.machine_list import machine_names
from fleet.shifts.fleet_orders import FleetOrder, FleetOrderKind, order_shifts
from fleet.storms.staging_places import StagingKind, StagingPlace, staging_places
from maps.pages.error_texts import message_of
from maps.shifts.roster import ShiftView

router = APIRouter(route_class=CheckedRoute)


class StagingPlaceIn(Wire):
    """Where machines wait.

    A yard or reload site by its id, a street by that of its segment, a point by `lon` and `lat`.
    """

    kind: StagingKind
    id: int = 0
    lon: Lon | None = None
    lat: Lat | None = None


class StagingPointOut(Wire):
    """A point of the map as it is said to a driver: by the streets around it."""

    lon: float
    lat: float
    name: str


class FleetOrderIn(Wire):
    """An order for machines; an extension is by `hours`, or `until` a time in the city's zone.

    `place` is where staged machines wait.
    """

    kind: FleetOrderKind
    vehicle_ids: Annotated[tuple[int, ...], Field(min_length=1, max_length=MOST_TRUCKS)]
    hours: float = 0.0
    until: Moment | None = None
    long_hours: bool = False
    place: StagingPlaceIn | None = None

    def order(self, context: Context) -> FleetOrder:
        """Return the record that `fleet.shifts.fleet_orders` takes."""
        zone = context.app.city.timezone
        return FleetOrder(
            kind=self.kind,
            until=moment_in(self.until, zone, "until") if self.until else None,
            more=timedelta(hours=self.hours),
            long_hours=self.long_hours,
        )


class RefusedOut(Wire):
    """A machine whose shift stays as it is, and why."""

    vehicle_id: int
    vehicle: str
    reason: str
    message: str


class FleetOrderOut(Wire):
    """Shifts that were ordered, machines that keep theirs, and those that hear of nothing."""

    changed: list[ShiftView]
    refused: list[RefusedOut]
    unreached: list[int]


@router.post("/api/storms/{storm_id}/fleet-orders")
def create_fleet_order(
    request: Request, storm_id: StormId, wanted: FleetOrderIn, context: DispatcherContext
) -> FleetOrderOut:
    """Order something of several machines; where it does not fit, a shift stays as it is.

    Drivers who are called back, or sent to wait at a place, are told so in their languages.
    """
    order, t = wanted.order(context), translator_of(request)
    vehicle_ids = [VehicleId(one) for one in wanted.vehicle_ids]
    with context.writing() as tx:
        told = _told(tx, context, storm_id, wanted)
        done = order_shifts(context.city(tx), context.actor, storm_id, vehicle_ids, order)
        changed = [published_shift(tx, context, one) for one in done.changed]
        names = machine_names(tx)
        called = [one.vehicle_id for one in done.changed]
        sent = add_messages(tx, context, called, told) if told and called else None
    if sent:
        publish_messages(context, sent)
    return FleetOrderOut(
        changed=changed,
        refused=[
            RefusedOut(
                vehicle_id=vehicle_id,
                vehicle=names.get(vehicle_id, ""),
                reason=str(error.values.get("reason", error.code)),
                message=message_of(error, t),
            )
            for vehicle_id, error in done.refused.items()
        ],
        unreached=list(sent.unreached) if sent else [],
    )


@router.get("/api/storms/{storm_id}/staging-places")
def list_staging_places(storm_id: StormId, context: DispatcherContext) -> list[StagingPlace]:
    """Return the yards and reload sites at which machines may be told to wait."""
    with context.reading() as tx:
        return staging_places(tx, storm_id)


@router.get("/api/staging-point")
def name_staging_point(
    request: Request, lon: Lon, lat: Lat, context: DispatcherContext
) -> StagingPointOut:
    """Return what a point of the map is called in the reader's language."""
    place = StagingPlaceIn(kind=StagingKind.POINT, lon=lon, lat=lat)
    address = _address(context, place, translator_of(request).language)
    return StagingPointOut(lon=lon, lat=lat, name=address.text)


def _told(tx: Tx, context: Context, storm_id: StormId, wanted: FleetOrderIn) -> ByLanguage | None:
    """Return what drivers are told of an order; `None` of one about hours."""
    if wanted.kind is FleetOrderKind.RECALL:
        return COME_BACK
    if wanted.kind is not FleetOrderKind.STAGE:
        return None
    names = _names(tx, context, storm_id, wanted.place)
    return {language: text.format(place=names[language]) for language, text in WAIT_AT.items()}


def _names(tx: Tx, context: Context, storm_id: StormId, place: StagingPlaceIn | None) -> ByLanguage:
    """Return what a place is called in each language; raise `InvalidError` for no place."""
    if place is None:
        raise _nowhere("")
    if place.kind in (StagingKind.STREET, StagingKind.POINT):
        said = {one: _address(context, place, one).text for one in WAIT_AT}
        return {one: without_isolates(text) for one, text in said.items()}
    for one in staging_places(tx, storm_id):
        if (one.kind, one.id) == (place.kind, place.id):
            return dict.fromkeys(WAIT_AT, one.name)
    raise _nowhere(place.id)


def _address(context: Context, place: StagingPlaceIn, language: str) -> Address:
    """Return the spoken address of a street or point; raise `InvalidError` far from streets."""
    network, geocoder = context.app.network, context.app.geocoder
    segment = network.find(SegmentId(place.id)) if place.kind is StagingKind.STREET else None
    if segment:
        address = geocoder.address_on(segment.id, segment.length_m / 2, language)
    elif place.kind is StagingKind.POINT and place.lon is not None and place.lat is not None:
        address = geocoder.spoken_address(LonLat(place.lon, place.lat), language)
    else:
        raise _nowhere(place.id)
    if address is None:
        need = Need("a place within {metres} m of a street", metres=round(REACH_M))
        raise InvalidError("place", "", need)
    return address


def _nowhere(place: object) -> InvalidError:
    return InvalidError("place", place, Need("where the machines are to wait"))
