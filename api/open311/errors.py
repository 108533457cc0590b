"""Errors in the format of Open311: a list of codes and descriptions, as XML or JSON."""

from collections.abc import Awaitable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.open311.access import translator_for
from api.open311.formats import Format, answer
from api.web.checked_route import CheckedRoute, Handler
from api.web.errors import first_fault
from data.errors import BarfrubError, ForbiddenError, NotFoundError
from maps.pages.error_texts import fault_text, message_of
from maps.pages.i18n import Translator

HTTP_TEXTS = {404: "error:not_found", 405: "error:no_method"}

STATUS = {
    "not_found": 404,
    "forbidden": 403,
    "too_many": 429,
    "too_large": 413,
    "no_room": 507,
    "busy": 503,
    "photos_busy": 503,
    "photos_full": 507,
}
"""HTTP status by our code; the standard wants 400 for everything else."""

FIELDS = {
    "service": "service_code",
    "jurisdiction": "jurisdiction_id",
    "request": "service_request_id",
    "address": "address_id",
}
"""Names of missing things in the standard."""

OUTSIDE = "/open311/"
"""Addresses below this get errors in the standard's format, even unknown ones."""


class FaultsAsRecords(CheckedRoute):
    """A route that answers errors in the format of Open311."""

    def get_route_handler(self) -> Handler:
        """Return the handler with its errors caught."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (BarfrubError, RequestValidationError, HTTPException) as error:
                return fault_answer(request, error)

        return handled


def install_outer_faults(web: FastAPI) -> None:
    """Answer unknown addresses below `/open311/` in the format of Open311, too."""
    usual = web.exception_handlers[HTTPException]

    def answered(request: Request, error: HTTPException) -> Response | Awaitable[Response]:
        ours = request.url.path.startswith(OUTSIDE)
        return fault_answer(request, error) if ours else usual(request, error)

    web.exception_handler(HTTPException)(answered)


def fault_answer(
    request: Request, error: BarfrubError | RequestValidationError | HTTPException
) -> Response:
    """Return an error as a list with one entry."""
    status, text = _answer_of(request, error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if isinstance(error, BarfrubError) and error.retry_s:
        headers["Retry-After"] = str(error.retry_s)
    record: dict[str, Any] = {"code": str(status), "description": text}
    return answer(_format(request), "errors", [record], status, headers)


def _answer_of(
    request: Request, error: BarfrubError | RequestValidationError | HTTPException
) -> tuple[int, str]:
    t = translator_for(request)
    if isinstance(error, BarfrubError):
        return STATUS.get(error.code, 400), _worded(error, t)
    if isinstance(error, HTTPException):
        return error.status_code, t(HTTP_TEXTS.get(error.status_code, "error:error"))
    fault = error.errors()[0]
    values = first_fault(error.errors(), t)
    return (404 if "path" in fault["loc"] else 400), fault_text(values, t)


def _worded(error: BarfrubError, t: Translator) -> str:
    """Return the error message for the other system."""
    if isinstance(error, NotFoundError):
        kind, key = str(error.values["kind"]), str(error.values["key"])
        return t("{field}: there is no “{key}” here.", field=FIELDS.get(kind, kind), key=key)
    if not isinstance(error, ForbiddenError):
        return message_of(error, t)
    if "field" in error.values:
        return t("api_key: a valid key is needed, and this is none.")
    return t("service_request_id: this request came from another system.")


def _format(request: Request) -> Format:
    return Format.JSON if request.url.path.endswith(".json") else Format.XML
