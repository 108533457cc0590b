"""Placing a request: it gets a street, joins or makes a job, and is promised a time.

Every way in goes through here: the desk, the public form, Open311, files, and who moves requests.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from data.errors import BarfrubError, InvalidError
from data.geocode import Geocoder
from data.model import (
    Actor,
    LonLat,
    RequestId,
    RequestState,
    SegmentId,
    ServiceRequest,
    Snap,
    Storm,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.requests import get_request, save_request
from data.store.requests.sla_clocks import mark_one_planned, mark_placed
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import find_active_storm
from data.store.work import add_job, is_planned
from data.streets.network import StreetNetwork
from data.streets.projection import line_length_m
from fleet.context import CityContext
from fleet.requests.intake import TREATMENTS, no_place, subject_of, wrong_state
from fleet.requests.notices import write_planned_notices
from fleet.requests.promises import SaidWindow, give_promise
from fleet.routes.published_plan import PublishedPlanCache
from fleet.streets.loaded_streets import require_present
from fleet.work.crew_jobs import job_of_request
from fleet.work.duplicate_jobs import covering_job
from fleet.work.jobs import new_job, typical_blade_m

PIN_M = 200.0
"""A pin farther than this from every street is a mistake."""

OUTSIDE_M = 2_000.0
"""A pin farther than this from the rectangle of all streets is outside the city."""

BESIDE_M = 25.0
"""A street this much farther than the nearest may still be the one that a pin means."""


class OutsideCityError(BarfrubError):
    """A report of a place outside the city."""

    code = "outside_city"

    def __init__(self) -> None:
        super().__init__("the place lies outside the city", field="location")


def require_inside(pin: LonLat | None, network: StreetNetwork) -> None:
    """Raise `OutsideCityError` for a pin more than `OUTSIDE_M` outside the city's streets."""
    if pin is None:
        return
    west, south, east, north = network.bounds
    corner = LonLat(min(max(pin.lon, west), east), min(max(pin.lat, south), north))
    if line_length_m((pin, corner)) > OUTSIDE_M:
        raise OutsideCityError


def locate(
    city: CityContext,
    actor: Actor,
    request_id: RequestId,
    geocoder: Geocoder,
    plans: PublishedPlanCache,
    *,
    join: bool = True,
    said: SaidWindow | None = None,
) -> ServiceRequest:
    """Place a request by its pin, else by an unambiguous text, and promise the time `said`, or one.

    Else it stays new and waits for a human. Raises `ConflictError` where it is placed already.
    """
    asked = _get_waiting(city.tx, request_id)
    found = find_place(asked, city.network, geocoder)
    if found is None:
        after = {"state": asked.state}
        add_event(city.tx, city.now, actor, "request.waits", subject_of(asked), after=after)
        return asked
    location, snap = found
    placed = replace(asked, location=location, snap=snap)
    return place_and_promise(city, actor, placed, plans, join=join, said=said)


def place_by_hand(
    city: CityContext,
    actor: Actor,
    request_id: RequestId,
    place: LonLat | Snap,
    plans: PublishedPlanCache,
    *,
    join: bool = True,
    said: SaidWindow | None = None,
) -> ServiceRequest:
    """Place a waiting request at a point that a person chose, and promise a time.

    It gets work of its own without `join`. Raises `ConflictError` where it is placed already,
    `InvalidError` for a pin off every street.
    """
    network, asked = city.network, _get_waiting(city.tx, request_id)
    if isinstance(place, Snap):
        location, snap = network.point_at(place.segment_id, place.offset_m), place
    else:
        near = network.nearest(place, PIN_M)
        if near is None:
            raise InvalidError(
                "location", tuple(place), f"a place within {PIN_M:.0f} m of a street"
            )
        location, snap = place, near
    placed = replace(asked, location=location, snap=snap)
    return place_and_promise(city, actor, placed, plans, join=join, said=said)


def place_and_promise(
    city: CityContext,
    actor: Actor,
    placed: ServiceRequest,
    plans: PublishedPlanCache | None,
    *,
    join: bool = True,
    said: SaidWindow | None = None,
) -> ServiceRequest:
    """Store the place of a request; in a storm it gets a job and a promise.

    `plans` is `None` where no plan can be published: a storm begins, or its streets have changed.
    """
    tx, storm = city.tx, find_active_storm(city.tx)
    if storm is None:
        require_present(tx, city.network)
        mark_placed(tx, placed.id, city.now)
        save_request(tx, placed)
        after = {"segment": placed.snap.segment_id if placed.snap else None}
        add_event(tx, city.now, actor, "request.placed", subject_of(placed), after=after)
        return placed
    opened = open_work(city, actor, placed, storm, join=join)
    arrivals = plans.arrivals(city, storm.id) if plans and opened.job_id is not None else None
    if opened.job_id is not None and arrivals is not None:
        give_promise(tx, actor, opened, arrivals, said)
        write_planned_notices(tx, [opened.job_id], city.now)
    return opened


def open_work(
    city: CityContext,
    actor: Actor,
    placed: ServiceRequest,
    storm: Storm,
    *,
    join: bool = True,
    since: datetime | None = None,
) -> ServiceRequest:
    """Join a placed request to the open job of its street and treatment, or add one.

    Without `join` a job is added whatever is open: the operator heard that it is another matter.
    A job that is added starts now, or `since` a moment.
    What no machine on the street does is a crew's job, or open without one until somebody looked.
    """
    if placed.snap is None:
        raise no_place(placed)
    tx, network, policy, now = city.tx, city.network, city.policy, city.now
    require_present(tx, network)
    mark_placed(tx, placed.id, now)
    treatment = TREATMENTS.get(placed.kind)
    segment = network.segment(placed.snap.segment_id)
    if treatment is None:
        opened = _open_by_hand(tx, actor, placed, segment.id, now)
        job_of_request(tx, actor, opened, storm.id, segment, policy, now)
        return opened

    job = covering_job(tx, storm.id, placed.snap, treatment, network, policy) if join else None
    joined = job is not None
    if job is None:
        blade_m = typical_blade_m(list_vehicles(tx))
        job = add_job(tx, new_job(storm.id, segment, policy, blade_m, treatment, since or now))
        born = {
            "segment": segment.id,
            "treatment": treatment,
            "passes": job.passes,
            "service_class": job.service_class,
        }
        add_event(tx, now, actor, "job.added", f"job:{job.id}", after=born)

    opened = replace(placed, state=RequestState.OPEN, job_id=job.id)
    save_request(tx, opened)
    if joined and is_planned(tx, job.id):
        mark_one_planned(tx, opened.id, now)
    after = {"state": opened.state, "job": job.id, "joined": joined, "segment": segment.id}
    add_event(tx, now, actor, "request.opened", subject_of(opened), {"state": placed.state}, after)
    return opened


def back_to_waiting(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> ServiceRequest:
    """Detach a request from a cancelled job; its place stays for the next storm."""
    if asked.state is not RequestState.OPEN:
        raise wrong_state(asked)
    waiting = replace(asked, state=RequestState.NEW, job_id=None)
    save_request(tx, waiting)
    before = {"state": asked.state, "job": asked.job_id}
    add_event(tx, now, actor, "request.waits", subject_of(asked), before, {"state": waiting.state})
    return waiting


def place_again(
    city: CityContext, actor: Actor, asked: ServiceRequest, likely: Collection[SegmentId]
) -> ServiceRequest:
    """Place a waiting request by its pin on changed streets, `likely` ones first.

    Where no street is near, it loses its place and waits for a human.
    """
    snap = likeliest(city.network, asked.location, likely) if asked.location else None
    placed = replace(asked, snap=snap)
    if snap is not None:
        return place_and_promise(city, actor, placed, None)
    save_request(city.tx, placed)
    after = {"state": asked.state}
    add_event(city.tx, city.now, actor, "request.waits", subject_of(asked), after=after)
    return placed


def likeliest(network: StreetNetwork, pin: LonLat, likely: Collection[SegmentId]) -> Snap | None:
    """Return the street of a pin: one of `likely` where near, else the nearest."""
    near = network.nearby(pin, PIN_M)
    close = [snap for snap in near if snap.distance_m <= near[0].distance_m + BESIDE_M]
    return next((snap for snap in close if snap.segment_id in likely), near[0] if near else None)


def _open_by_hand(
    tx: Tx, actor: Actor, placed: ServiceRequest, segment_id: SegmentId, now: datetime
) -> ServiceRequest:
    opened = replace(placed, state=RequestState.OPEN)
    save_request(tx, opened)
    after = {"state": opened.state, "segment": segment_id}
    add_event(tx, now, actor, "request.opened", subject_of(opened), {"state": placed.state}, after)
    return opened


def find_place(
    asked: ServiceRequest, network: StreetNetwork, geocoder: Geocoder
) -> tuple[LonLat, Snap] | None:
    """Return the place of a request: its pin, else an unambiguous text."""
    return place_meant(asked.location, (asked.address, asked.text), network, geocoder)


def place_meant(
    pin: LonLat | None, said: tuple[str, str], network: StreetNetwork, geocoder: Geocoder
) -> tuple[LonLat, Snap] | None:
    """Return the place that a pin means, else an unambiguous address or other words."""
    if pin is not None:
        snap = network.nearest(pin, PIN_M)
        return None if snap is None else (pin, snap)
    address, text = said
    candidates = geocoder.candidates(address) or geocoder.candidates(text)
    if not candidates or not candidates[0].confident:
        return None
    best = candidates[0]
    near = network.nearby(best.point, PIN_M)
    found = next((each for each in near if each.segment_id == best.segment_id), None)
    return None if found is None else (best.point, replace(found, side=best.side))


def _get_waiting(tx: Tx, request_id: RequestId) -> ServiceRequest:
    asked = get_request(tx, request_id)
    if asked.state is not RequestState.NEW:
        raise wrong_state(asked)
    return asked
