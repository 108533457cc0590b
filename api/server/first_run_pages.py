"""Pages and endpoints of the first start: code, form, uploads and import progress."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter, FastAPI, Form, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from api.access.auth import SESSION_S, SignedOutError, TooManyError, WrongCodeError, require_same
from api.access.rate_limits import address_of
from api.processes.background_job import WorkState
from api.processes.limited_process import limits_of, run_limited
from api.server.first_start import ASKING, OPENING, CityIn, FirstStart, WithCode, start_of
from api.web.checked_route import CheckedRoute, takes_up_to
from api.web.context import SentCsrf, spoken_language
from api.web.cookies import CSRF_COOKIE, LANGUAGE_COOKIE, SESSION_COOKIE, read_cookie, write_cookie
from api.web.errors import STATUS, first_fault
from api.web.page_context import chosen_theme, spoken_languages, wants_page
from api.web.security_headers import Compression, SecurityHeaders
from api.web.uploads import (
    MOST_BYTES,
    SUFFIXES,
    URMIA,
    UploadedFileOut,
    keep_upload,
    ready_files,
    wanted_upload,
)
from data.errors import BarfrubError, ConflictError
from data.languages import LANGUAGE_LETTERS, languages
from data.osm.file_place import place_in_file
from data.setup.time_zones import time_zone_at
from fleet.setup.city_setup import STEPS
from maps.pages.error_texts import fault_text, message_of
from maps.pages.i18n import Translator, translator
from maps.pages.scripts import scripts_dir
from maps.pages.style import css
from maps.pages.templates import STATIC_DIR, render
from maps.setup.city_setup import StreetsView, streets_view

FIRST = "/first"
"""Base path of the first start, which stays reachable while the city is served."""

router = APIRouter(route_class=CheckedRoute)


class ProgressOut(BaseModel):
    """The progress of the import; `details` are for administrators."""

    state: WorkState
    step: str
    steps: list[str]
    message: str
    details: str
    report: StreetsView | None


def first_web(start: FirstStart) -> FastAPI:
    """Return the web application of the first start."""
    web = FastAPI(
        title="Barfrub",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    web.state.first_start = start
    web.exception_handler(BarfrubError)(_on_ours)
    web.exception_handler(RequestValidationError)(_on_validation)
    web.include_router(router)
    web.mount("/static/js", StaticFiles(directory=scripts_dir()), name="scripts")
    web.mount("/static", StaticFiles(directory=STATIC_DIR), name="static")
    web.add_middleware(Compression)
    web.add_middleware(SecurityHeaders, https_only=start.settings.secure_cookies)
    return web


@router.get("/health")
async def get_health() -> Mapping[str, str]:
    """Answer that the server runs and has no city yet."""
    return {"status": "setup"}


@router.get("/style.css")
async def get_style() -> Response:
    """Return the colors of both themes as CSS."""
    return Response(css(), media_type="text/css")


@router.get("/")
@router.get("/sign-in")
def redirect_to_first_page() -> Response:
    """Redirect to the first-start page."""
    return RedirectResponse(FIRST, status_code=303)


@router.get(FIRST)
def first_page(request: Request, code: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Show the form to holders of the code, and ask others for the code."""
    start = start_of(request)
    session = start.session_of(request)
    if code:
        return _enter(request, start, code)
    if session is not None:
        return _page(
            request, "setup/first_start.html", {"boot": _boot(request, start, session.csrf)}
        )
    if start.over:
        return RedirectResponse("/", status_code=303)
    return _page(request, "setup/first_start_code.html", {"error": ""})


@router.post("/language")
def switch_language(
    request: Request, language: Annotated[str, Form(max_length=LANGUAGE_LETTERS)], csrf: SentCsrf
) -> Response:
    """Set the language of the pages."""
    start = start_of(request)
    session = start.session_of(request)
    require_same(csrf, session.csrf if session else _form_token(request, start))
    answer = RedirectResponse(FIRST, status_code=303)
    if language in languages():
        _set_cookie(request, answer, LANGUAGE_COOKIE, language)
    return answer


@router.get(f"{FIRST}/files")
def list_uploaded_files(start: WithCode) -> dict[str, list[UploadedFileOut]]:
    """Return the uploaded files by purpose."""
    return ready_files(start.settings.uploads)


@router.post(f"{FIRST}/files", status_code=201, dependencies=[takes_up_to(MOST_BYTES)])
async def upload_file(
    request: Request, name: str, purpose: str, start: WithCode
) -> UploadedFileOut:
    """Store the request body as an uploaded file."""
    if start.over:
        raise ConflictError("the city is made", reason="city_made")
    return await keep_upload(request, start.settings.uploads, name, purpose)


@router.get(f"{FIRST}/time-zone")
def propose_time_zone(
    file: Annotated[str, Query(max_length=200)], start: WithCode
) -> Mapping[str, str]:
    """Return the time zone of the place where a street file lies; empty where it is not known."""
    path = wanted_upload(start.settings.uploads, file, "streets")
    place = run_limited(limits_of(start.settings), file, place_in_file, path)
    return {"timezone": time_zone_at(place) if place else ""}


@router.post(f"{FIRST}/city", status_code=202)
def create_city(request: Request, wanted: CityIn, start: WithCode) -> ProgressOut:
    """Start creating the city."""
    start.begin(wanted)
    return _progress(request, start)


@router.get(f"{FIRST}/progress")
def get_progress(request: Request, start: WithCode) -> ProgressOut:
    """Return the progress of the import."""
    return _progress(request, start)


def _enter(request: Request, start: FirstStart, code: str) -> Response:
    address = address_of(request)
    try:
        session = start.session_for(code, address)
    except (WrongCodeError, TooManyError) as error:
        message = message_of(error, _translator(request))
        return _page(request, "setup/first_start_code.html", {"error": message}, STATUS[error.code])
    answer = RedirectResponse(FIRST, status_code=303)
    _set_cookie(request, answer, SESSION_COOKIE, start.seals.seal_session(session))
    return answer


def _progress(request: Request, start: FirstStart) -> ProgressOut:
    state, t = start.background_job.state, _translator(request)
    message = message_of(state.error, t) if state.error else ""
    if state.error and state.step == ASKING:
        message = t(
            "OpenStreetMap did not deliver the streets of this place. Choose a file instead."
        )
    if state.error and state.step == OPENING:
        message = t("The city was created, but this server cannot open it. Start the server again.")
    return ProgressOut(
        state=state.state,
        step=state.step,
        steps=[*([ASKING] if state.name == ASKING else []), *STEPS, OPENING],
        message=message,
        details=str(state.error or ""),
        report=streets_view(state.outcome, t) if state.outcome else None,
    )


def _page(
    request: Request, template: str, view: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    start = start_of(request)
    session = start.session_of(request)
    csrf = session.csrf if session else _form_token(request, start)
    html = render(
        template,
        _translator(request),
        theme=chosen_theme(request),
        csrf=csrf,
        path=FIRST,
        **view,
    )
    answer = HTMLResponse(html, status)
    if session is None:
        _set_cookie(request, answer, CSRF_COOKIE, csrf)
    return answer


def _boot(request: Request, start: FirstStart, csrf: str) -> dict[str, object]:
    t = _translator(request)
    return {
        "now": start.clock.now().isoformat(),
        "language": t.language,
        "languages": spoken_languages(),
        "direction": t.direction,
        "texts": t.texts(),
        "csrf": csrf,
        "city": {"timezone": "UTC"},
        "zones": sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        "suffixes": SUFFIXES,
        "urmia": URMIA,
    }


def _translator(request: Request) -> Translator:
    return translator(spoken_language(start_of(request).settings, request))


def _form_token(request: Request, start: FirstStart) -> str:
    known = read_cookie(start_of(request).settings, request, CSRF_COOKIE)
    return known if start.seals.genuine(known) else start.seals.new_token()


def _set_cookie(request: Request, answer: Response, name: str, text: str) -> None:
    write_cookie(start_of(request).settings, request, answer, name, text, SESSION_S)


def _on_ours(request: Request, error: BarfrubError) -> Response:
    if isinstance(error, SignedOutError) and wants_page(request):
        return RedirectResponse(FIRST, status_code=303)
    message = message_of(error, _translator(request))
    values = {name: str(value) for name, value in error.values.items()}
    return _error(STATUS.get(error.code, 400), error.code, message, values, str(error))


def _on_validation(request: Request, error: RequestValidationError) -> Response:
    t = _translator(request)
    values = first_fault(error.errors(), t)
    return _error(422, "invalid", fault_text(values, t), values)


def _error(
    status: int, code: str, message: str, values: Mapping[str, object], details: str = ""
) -> Response:
    body = {"code": code, "message": message, "values": dict(values), "details": details}
    return JSONResponse({"error": body}, status)
