"""Error responses: HTTP status by error code, and a message in the reader's language."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.auth import SecondStepMissingError, SignedOutError
from api.config.logs import route_of
from api.web.context import SECOND_STEP, sends_form
from api.web.page_context import page, translator_of, wants_page
from data.errors import BarfrubError
from data.languages import languages
from maps.pages.error_texts import fault_text, message_of, plain_values
from maps.pages.i18n import Translator, translator

STATUS = {
    "invalid": 422,
    "outside_city": 422,
    "not_found": 404,
    "not_public": 404,
    "conflict": 409,
    "forbidden": 403,
    "unauthorized": 401,
    "csrf": 403,
    "wrong_password": 401,
    "disabled": 403,
    "wrong_code": 401,
    "wrong_second_step": 401,
    "second_step_missing": 403,
    "no_code": 401,
    "too_large": 413,
    "no_room": 507,
    "busy": 503,
    "photos_busy": 503,
    "photos_full": 507,
    "quick_away": 503,
    "files_busy": 503,
    "answers_busy": 503,
    "too_many": 429,
    "city_file": 422,
    "import_limit": 422,
    "import_start": 503,
    "server": 500,
    "unpacks_too_large": 413,
}
"""HTTP status of each error code; any other code is a plain bad request."""


class FaultFactsOut(BaseModel):
    """An error: a stable code, a message for people, and its values."""

    code: str
    message: str
    values: dict[str, str | int | float | bool | None]


class ErrorOut(BaseModel):
    """The body of every error response."""

    error: FaultFactsOut


EXPECTED = {
    "missing": "a value",
    "string_type": "text",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "enum": "one of {expected}",
    "literal_error": "one of {expected}",
    "bool_parsing": "yes or no",
    "json_invalid": "well-formed JSON",
    "extra_forbidden": "no such field",
}
"""The expectation by pydantic's error type; texts are in the catalogs."""

_log = logging.getLogger(__name__)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error as `{"error": {"code", "message", "values"}}`, or as a page."""
    app.exception_handler(BarfrubError)(_on_ours)
    app.exception_handler(RequestValidationError)(_on_validation)
    app.exception_handler(HTTPException)(_on_http)


class Failures:
    """Middleware that answers unexpected errors, inside the security headers and the log.

    The error then goes on to the server, which closes a connection that is half-way through.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 500 where it fails before an answer began."""
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noticed)
        except ClientDisconnect:
            return  # whoever asked is gone in the middle of a sentence
        except Exception as error:
            if scope["type"] == "http" and not begun:
                answer = await run_in_threadpool(_on_unexpected, Request(scope), error)
                await answer(scope, receive, send)
            raise


def _on_ours(request: Request, error: BarfrubError) -> Response:
    if isinstance(error, SignedOutError) and wants_page(request):
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", status_code=303)
    if isinstance(error, SecondStepMissingError) and wants_page(request):
        return RedirectResponse(SECOND_STEP, status_code=303)
    status = STATUS.get(error.code, 400)
    message = message_of(error, translator_of(request))
    headers = {"Retry-After": str(error.retry_s)} if error.retry_s else {}
    return _answer(request, status, error.code, message, error.values, headers)


def _on_validation(request: Request, error: RequestValidationError) -> Response:
    t = translator_of(request)
    values = first_fault(error.errors(), t)
    return _answer(request, 422, "invalid", fault_text(values, t), values, {})


def first_fault(faults: Sequence[Mapping[str, Any]], t: Translator) -> dict[str, object]:
    """Return field, value and expectation of pydantic's first error."""
    fault = faults[0]
    place = [str(part) for part in fault["loc"] if part not in ("body", "query", "path")]
    expected = EXPECTED.get(fault["type"])
    got = fault.get("input")
    return {
        "field": ".".join(place) or "body",
        "got": "" if fault["type"] == "missing" else str(got)[:100],
        "expected": t(expected, **_limits(fault)) if expected else fault["msg"],
    }


def _limits(fault: Mapping[str, Any]) -> dict[str, Any]:
    """Return the limits in a pydantic error; its English list of choices becomes a plain one."""
    limits = dict(fault.get("ctx", {}))
    if "expected" in limits:
        limits["expected"] = limits["expected"].replace(" or ", ", ").replace("'", "")
    return limits


def _on_http(request: Request, error: HTTPException) -> Response:
    code = {404: "not_found", 405: "no_method"}.get(error.status_code, "error")
    message = translator_of(request)(f"error:{code}")
    return _answer(request, error.status_code, code, message, {}, dict(error.headers or {}))


def _on_unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, route_of(request.scope), exc_info=error)
    try:
        return _answer(request, 500, "server", translator_of(request)("error:server"), {}, {})
    except Exception:  # without a database, say, no page can be rendered
        _log.exception("and no page could be made of it")
        texts = [translator(language)("error:server") for language in languages()]
        return PlainTextResponse("\n".join(texts), 500)


def _answer(
    request: Request,
    status: int,
    code: str,
    message: str,
    values: Mapping[str, object],
    headers: Mapping[str, str],
) -> Response:
    if wants_page(request) and (request.method == "GET" or sends_form(request)):
        title = translator_of(request)(f"title:{status}")
        view = {"status": status, "title": title, "message": message}
        return page(request, "pages/error.html", view, status, headers)
    body = {"error": {"code": code, "message": message, "values": plain_values(values)}}
    return JSONResponse(body, status, dict(headers))
