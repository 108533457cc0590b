"""The public form: report snow, hear what place was understood, join what is reported there."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.ingest.report_ingest import CHANNEL, Arrival
from api.processes.photo_intake import PhotoSource
from api.requests.tracking_page import FormChecked, Short, Words, onward
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import App, app_of
from api.web.errors import STATUS
from api.web.page_context import page, public_boot, translator_of
from api.web.request_body import FORM_BYTES
from data.errors import BarfrubError, InvalidError
from data.files.photos import MOST_BYTES, remove_photo
from data.model import LonLat, RequestKind, ServiceRequest
from data.store.database.engine import reading
from fleet.requests.intake import Report
from fleet.requests.placing import place_meant, require_inside
from fleet.requests.request_lookup import reported_nearby
from maps.requests.citizen import FORM_KINDS, KIND_ICONS, MAP_TEXTS, mistake_of
from maps.requests.understood_place import UnderstoodPlace, understood_place

SAME_FOR = timedelta(minutes=15)
"""The same words from the same address within this time are one report."""

NO_CALLER = {"phone": "", "email": "", "consent": ""}
"""Fields of a report that say nothing of its place."""

router = APIRouter(route_class=CheckedRoute)

Degrees = Annotated[str, Form(max_length=40)]


@router.get("/report")
def report_page(request: Request) -> HTMLResponse:
    """Show the report form."""
    return _form(request, {})


def form_fields(
    kind: Short = RequestKind.PLOW.value,
    text: Words = "",
    address: Short = "",
    lon: Degrees = "",
    lat: Degrees = "",
    phone: Short = "",
    email: Short = "",
    consent: Short = "",
    homepage: Short = "",
    follow: Short = "",
) -> dict[str, str]:
    """Return the form's fields; `homepage` is a honeypot that only programs fill in.

    `follow` is the number of a request nearby that this one joins.
    """
    return {
        "kind": kind,
        "text": text,
        "address": address,
        "lon": lon,
        "lat": lat,
        "phone": phone,
        "email": email,
        "consent": consent,
        "homepage": homepage,
        "follow": follow,
    }


@router.post("/report", dependencies=[FormChecked, takes_up_to(MOST_BYTES + FORM_BYTES)])
async def submit_report(
    request: Request,
    fields: Annotated[dict[str, str], Depends(form_fields)],
    photo: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Store a report, and answer with its tracking page once it is on the disk."""
    app, sender = app_of(request), address_of(request)
    try:
        await run_in_threadpool(app.limits.enter, PublicAction.REPORT, sender)
        if fields["homepage"]:
            raise InvalidError("homepage", "", "nothing")
        report = _report(fields, translator_of(request).language)
        require_inside(report.location, app.network)
        followed = await run_in_threadpool(_followed, app, report, fields["follow"])
        kept_photo = await _kept_photo(app, photo)
        asked, code = await _stored(app, report, kept_photo, sender, followed)
    except BarfrubError as error:
        return await run_in_threadpool(_form, request, fields, photo, error)
    return onward(request, asked, code, "&new=1")


@router.post("/report/place", dependencies=[FormChecked, takes_up_to(MOST_BYTES + FORM_BYTES)])
def show_understood_place(
    request: Request,
    fields: Annotated[dict[str, str], Depends(form_fields)],
    photo: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    """Show the form again with the place that its fields mean, and what is reported there."""
    app = app_of(request)
    try:
        app.limits.enter(PublicAction.PLACE, address_of(request))
        report = _report(fields | NO_CALLER, translator_of(request).language)
        require_inside(report.location, app.network)
    except BarfrubError as error:
        return _form(request, fields, photo, error)
    return _form(request, fields, photo, place=_understood(request, report))


def _report(fields: dict[str, str], language: str) -> Report:
    """Return the record that `fleet.requests.intake` takes."""
    if fields["kind"] not in set(FORM_KINDS):
        raise InvalidError("kind", fields["kind"], "one of {expected}")
    return Report(
        channel=CHANNEL,
        kind=RequestKind(fields["kind"]),
        text=fields["text"],
        address=fields["address"],
        location=_pin(fields["lon"], fields["lat"]),
        caller_phone=fields["phone"].strip(),
        caller_email=fields["email"].strip(),
        language=language,
        consent=bool(fields["consent"]),
    )


def _pin(lon: str, lat: str) -> LonLat | None:
    if not lon or not lat:
        return None
    try:
        pin = LonLat(float(lon), float(lat))
    except ValueError as error:
        raise InvalidError("lon", "", "a number") from error
    if not (-180 <= pin.lon <= 180 and -90 <= pin.lat <= 90):
        raise InvalidError("lon", "", "a place on Earth")
    return pin


async def _kept_photo(app: App, photo: UploadFile | None) -> str:
    """Store a re-encoded copy of the photo; return its file, empty without a photo."""
    if photo is None or not photo.size:
        return ""
    with app.photos.place():
        content = await photo.read(MOST_BYTES + 1)
        return await asyncio.wrap_future(app.photos.submit(content, PhotoSource.OUTSIDE))


def _followed(app: App, report: Report, follow: str) -> ServiceRequest | None:
    """Return the request that this one joins: one of its kind, reported at its place."""
    if not follow:
        return None
    meant = place_meant(report.location, (report.address, report.text), app.network, app.geocoder)
    with reading(app.engine) as tx:
        nearby = reported_nearby(tx, meant[0]) if meant else []
    same = (each for each in nearby if each.kind is report.kind and str(each.id) == follow)
    return next(same, None)


def _understood(request: Request, report: Report) -> UnderstoodPlace:
    app, t = app_of(request), translator_of(request)
    meant = place_meant(report.location, (report.address, report.text), app.network, app.geocoder)
    if meant is None:
        return understood_place(None, "", report.kind, [], app.network, t, app.clock.now())
    point, snap = meant
    address = app.geocoder.address_on(snap.segment_id, snap.offset_m, t.language)
    with reading(app.engine) as tx:
        nearby = reported_nearby(tx, point)
    said = address.text if address else ""
    return understood_place(point, said, report.kind, nearby, app.network, t, app.clock.now())


async def _stored(
    app: App, report: Report, photo: str, sender: str, followed: ServiceRequest | None
) -> tuple[ServiceRequest, str]:
    """Store a report; its photo is kept with the first of equal reports only."""
    now = app.clock.now()
    keys = tuple(_key(report, sender, now - SAME_FOR * back) for back in (0, 1))
    kept_id = followed.id if followed else None
    arrival = Arrival(report.under(keys[0]), photo, now, keys, kept_id)
    new = False
    try:
        asked, code, new, _ = await app.report_ingest.store(arrival)
    finally:
        if not new:
            await asyncio.to_thread(remove_photo, app.folder, photo)
    return asked, code


def _key(report: Report, sender: str, now: datetime) -> str:
    """Return a key that is equal for the same report of one sender within 15 minutes."""
    span = int(now.timestamp() // SAME_FOR.total_seconds())
    fields = (
        report.kind,
        report.text.split(),
        report.address,
        report.location,
        report.caller_phone,
    )
    return "web-" + hashlib.sha256(repr((fields, sender, span)).encode()).hexdigest()


def _form(
    request: Request,
    fields: dict[str, str],
    photo: UploadFile | None = None,
    error: BarfrubError | None = None,
    place: UnderstoodPlace | None = None,
) -> HTMLResponse:
    """Return the form as it was filled in; a photo that came along has to be chosen again."""
    app, t = app_of(request), translator_of(request)
    view = {
        "boot": public_boot(request, app.clock.now(), MAP_TEXTS),
        "kinds": [(kind.value, KIND_ICONS[kind]) for kind in FORM_KINDS],
        "said": fields,
        "error": "",
        "place": place,
        "mistake": mistake_of(error, t) if error else None,
        "photo_lost": bool(photo and photo.size),
    }
    retry_s = error.retry_s if error else None
    headers = {"Retry-After": str(retry_s)} if retry_s else {}
    return page(
        request,
        "requests/citizen/report.html",
        view,
        STATUS.get(error.code, 400) if error else 200,
        headers,
    )
