"""Public pages without an account: report snow, track a request, reopen it."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.ingest.report_ingest import CHANNEL, CITIZEN, Arrival
from api.processes.photo_intake import PhotoSource
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import App, app_of, require_csrf
from api.web.errors import STATUS
from api.web.page_context import page, public_boot, translator_of
from api.web.request_body import FORM_BYTES
from data.errors import BarfrubError, ConflictError, InvalidError, NotFoundError
from data.files.photos import MOST_BYTES, remove_photo
from data.model import LonLat, NoticeKind, RequestKind, ServiceRequest
from data.store.database.engine import Tx, reading, transaction
from data.store.requests.notices import list_notices
from data.store.requests.requests import find_caller
from data.store.requests.sla_clocks import get_clock
from fleet.crews.crew_lists import crew_window
from fleet.requests.closing import STILL_OPEN, reopen_request
from fleet.requests.intake import SHORT_LETTERS, TEXT_LETTERS, Report, wrong_state
from fleet.requests.notice_consent import withdraw_consent
from fleet.requests.placing import require_inside
from fleet.requests.promises import window_of_request
from fleet.requests.request_lookup import inspections_of, standing_for
from fleet.requests.sms_limits import awaits_typed_code, confirm_number
from fleet.requests.tracking_codes import plain_reference, tracked_request
from fleet.storms.storm_lookup import wanted_storm
from fleet.work.jobs import job_with_end
from maps.pages.error_texts import message_of
from maps.requests.citizen import (
    FORM_KINDS,
    KIND_ICONS,
    MAP_TEXTS,
    WHYS,
    RequestHistory,
    TrackView,
    may_open_again,
    mistake_of,
    track_view,
)
from maps.streets.street import called, street_name

SAME_FOR = timedelta(minutes=15)
"""The same words from the same address within this time are one report."""

router = APIRouter(route_class=CheckedRoute)

FormChecked = Depends(require_csrf)
Words = Annotated[str, Form(max_length=TEXT_LETTERS)]
Short = Annotated[str, Form(max_length=SHORT_LETTERS)]
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
) -> dict[str, str]:
    """Return the form's fields; `homepage` is a honeypot that only programs fill in."""
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
        asked, code = await _stored(app, report, await _kept_photo(app, photo), sender)
    except BarfrubError as error:
        return await run_in_threadpool(_form, request, fields, error)
    return _onward(request, asked, code, "&new=1")


@router.get("/track")
def track_page(
    request: Request,
    reference: str = "",
    code: str = "",
    new: str = "",
    confirm: str = "",
    confirmed: str = "",
) -> HTMLResponse:
    """Show the state of a request to holders of its code; without a code, ask for both.

    `confirm` stands in the links of messages only: opening one proves that its number is read.
    `confirmed` says whether a code of a message that was typed was the right one: yes or no.
    """
    if not reference and not code:
        return _asking(request, "", None)
    try:
        view = _looked_up(request, reference, code, confirm)
    except BarfrubError as error:
        return _asking(request, reference, error)
    return _shown(request, view, code, {"new": bool(new), "confirmed": confirmed})


@router.post("/track/again", dependencies=[FormChecked])
def reopen_tracked_request(
    request: Request, reference: Short, code: Short, why: Short = "", words: Words = ""
) -> Response:
    """Reopen a request whose street is not clear."""
    app, t = app_of(request), translator_of(request)
    try:
        if why not in WHYS:
            raise InvalidError("why", why, "a reason")
        asked = _entered(request, reference, code)
        reason = ": ".join(filter(None, (t(f"why:{why}"), words.strip())))
        with transaction(app.engine) as tx:
            kept = standing_for(tx, asked)
            if kept.state in STILL_OPEN:
                raise wrong_state(_as_asked(kept, asked))
            if not may_open_again(kept, get_clock(tx, kept.id), app.clock.now()):
                raise ConflictError("too late", reason="again_too_late", reference=asked.reference)
            again = reopen_request(tx, CITIZEN, asked.id, reason, app.clock.now())
    except BarfrubError as error:
        return _asking(request, reference, error)
    app.report_ingest.announce([again])
    return _onward(request, again, code)


@router.post("/track/quiet", dependencies=[FormChecked])
def unsubscribe_from_messages(request: Request, reference: Short, code: Short) -> Response:
    """Stop messages about a request."""
    app = app_of(request)
    try:
        asked = _entered(request, reference, code)
        with transaction(app.engine) as tx:
            withdraw_consent(tx, CITIZEN, asked.id, app.clock.now())
    except BarfrubError as error:
        return _asking(request, reference, error)
    return _onward(request, asked, code)


@router.post("/track/confirm", dependencies=[FormChecked])
def confirm_caller_number(
    request: Request, reference: Short, code: Short, confirm: Short = ""
) -> Response:
    """Take the code of a message: somebody reads what goes to the caller's number."""
    app = app_of(request)
    try:
        asked = _entered(request, reference, code)
    except BarfrubError as error:
        return _asking(request, reference, error)
    with transaction(app.engine) as tx:
        fits = confirm_number(tx, CITIZEN, asked, confirm, app.clock.now())
    return _onward(request, asked, code, "&confirmed=yes" if fits else "&confirmed=no")


def _onward(request: Request, asked: ServiceRequest, code: str, more: str = "") -> Response:
    """Redirect to the page of a request, in the reader's language."""
    where = f"/track?reference={asked.reference}&code={quote(code)}{more}"
    return RedirectResponse(f"{where}&lang={translator_of(request).language}", 303)


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


async def _stored(app: App, report: Report, photo: str, sender: str) -> tuple[ServiceRequest, str]:
    """Store a report; its photo is kept with the first of equal reports only."""
    now = app.clock.now()
    keys = tuple(_key(report, sender, now - SAME_FOR * back) for back in (0, 1))
    arrival = Arrival(report.under(keys[0]), photo, now, keys)
    new = False
    try:
        asked, code, new = await app.report_ingest.store(arrival)
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
    request: Request, fields: dict[str, str], error: BarfrubError | None = None
) -> HTMLResponse:
    app, t = app_of(request), translator_of(request)
    view = {
        "boot": public_boot(request, app.clock.now(), MAP_TEXTS),
        "kinds": [(kind.value, KIND_ICONS[kind]) for kind in FORM_KINDS],
        "said": fields,
        "error": "",
        "mistake": mistake_of(error, t) if error else None,
    }
    retry_s = error.retry_s if error else None
    headers = {"Retry-After": str(retry_s)} if retry_s else {}
    return page(request, "requests/citizen/report.html", view, _status(error), headers)


def _asking(request: Request, reference: str, error: BarfrubError | None) -> HTMLResponse:
    t = translator_of(request)
    message = message_of(error, t) if error else ""
    if isinstance(error, NotFoundError):
        message = t("There is no request with this number and this code.")
    view = {"track": None, "reference": reference[:20], "error": message}
    return page(request, "requests/citizen/track.html", view, _status(error))


def _shown(request: Request, track: TrackView, code: str, more: dict[str, object]) -> HTMLResponse:
    view = {"track": track, "code": code, "whys": WHYS, "error": "", "reference": "", **more}
    return page(request, "requests/citizen/track.html", view)


def _status(error: BarfrubError | None) -> int:
    return 200 if error is None else STATUS.get(error.code, 400)


def _entered(request: Request, reference: str, code: str) -> ServiceRequest:
    """Return the request of a tracking code; wrong codes are counted."""
    app, sender = app_of(request), address_of(request)
    wanted = plain_reference(reference[:SHORT_LETTERS])
    app.limits.enter(PublicAction.TRACK, sender)
    app.track_codes.enter(wanted, sender)
    with reading(app.engine) as tx:
        asked = tracked_request(tx, wanted, code[:SHORT_LETTERS])
    app.track_codes.succeeded(wanted, sender)
    return asked


def _looked_up(request: Request, reference: str, code: str, confirm: str = "") -> TrackView:
    app, t = app_of(request), translator_of(request)
    asked = _entered(request, reference, code)
    if confirm:
        with transaction(app.engine) as tx:
            confirm_number(tx, CITIZEN, asked, confirm[:SHORT_LETTERS], app.clock.now())
    with reading(app.engine) as tx:
        story = _story(tx, request, asked)
    return track_view(story, app.clock.now(), t)


def _story(tx: Tx, request: Request, asked: ServiceRequest) -> RequestHistory:
    app, t = app_of(request), translator_of(request)
    kept = standing_for(tx, asked)
    segment = app.network.find(kept.snap.segment_id) if kept.snap else None
    who, job_id = find_caller(tx, asked.id), kept.job_id
    notices = list_notices(tx, asked.id)
    job, done_at = job_with_end(tx, job_id)
    return RequestHistory(
        asked=_as_asked(kept, asked),
        clock=get_clock(tx, kept.id),
        street=called(street_name(segment), t) if segment else "",
        job=job,
        done_at=done_at,
        window=_window(tx, app, kept),
        told=[each for each in notices if each.kind is NoticeKind.PLANNED],
        inspections=inspections_of(tx, kept.id),
        wants_messages=who is not None and who.consent,
        awaits_code=who is not None and who.consent and awaits_typed_code(tx, asked, who),
    )


def _as_asked(kept: ServiceRequest, asked: ServiceRequest) -> ServiceRequest:
    """Return what becomes of a kept request under the number of its duplicate."""
    return replace(kept, id=asked.id, reference=asked.reference, received_at=asked.received_at)


def _window(tx: Tx, app: App, asked: ServiceRequest) -> tuple[datetime, datetime] | None:
    """Return the expected time window: from the crew's list, or as promised to the caller."""
    if asked.job_id is None:
        return crew_window(tx, asked.id)
    storm = wanted_storm(tx)
    arrivals = app.estimates.arrivals(tx, storm.id, app.clock.now()) if storm else None
    window = window_of_request(tx, asked, arrivals)
    return None if window is None else (window.from_at, window.to_at)
