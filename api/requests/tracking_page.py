"""The public page that follows a request: its state, opening it again, ending its messages."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.access.rate_limits import PublicAction, address_of
from api.processes.ingest.report_ingest import CITIZEN
from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of, require_csrf
from api.web.errors import STATUS
from api.web.page_context import page, translator_of
from data.errors import BarfrubError, ConflictError, InvalidError, NotFoundError
from data.model import NoticeKind, ServiceRequest
from data.store.database.engine import Tx, reading, transaction
from data.store.requests.duplicates import duplicate_ids
from data.store.requests.notices import list_notices
from data.store.requests.requests import find_caller
from data.store.requests.sla_clocks import get_clock
from fleet.crews.crew_lists import crew_window
from fleet.requests.closing import STILL_OPEN, reopen_request
from fleet.requests.intake import SHORT_LETTERS, TEXT_LETTERS, wrong_state
from fleet.requests.notice_consent import withdraw_consent
from fleet.requests.promises import window_of_request
from fleet.requests.request_lookup import inspections_of, standing_for
from fleet.requests.sms_limits import awaits_typed_code, confirm_number
from fleet.requests.tracking_codes import plain_reference, tracked_request
from fleet.storms.storm_lookup import wanted_storm
from fleet.work.jobs import job_with_end
from maps.pages.error_texts import message_of
from maps.requests.citizen import WHYS, RequestHistory, TrackView, may_open_again, track_view
from maps.streets.street import called, street_name

router = APIRouter(route_class=CheckedRoute)

FormChecked = Depends(require_csrf)
Words = Annotated[str, Form(max_length=TEXT_LETTERS)]
Short = Annotated[str, Form(max_length=SHORT_LETTERS)]


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
    return onward(request, again, code)


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
    return onward(request, asked, code)


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
    return onward(request, asked, code, "&confirmed=yes" if fits else "&confirmed=no")


def onward(request: Request, asked: ServiceRequest, code: str, more: str = "") -> Response:
    """Return the way to the page of a request, in the reader's language."""
    where = f"/track?reference={asked.reference}&code={quote(code)}{more}"
    return RedirectResponse(f"{where}&lang={translator_of(request).language}", 303)


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
        callers=1 + len(duplicate_ids(tx, [kept.id]).get(kept.id, ())),
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
