"""Errors as Open311 wants them: a list of codes and descriptions, in the format that was asked."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api.auth import TooManyError
from api.errors import fault_text, first_fault, message_of
from api.open311.door import translator_for
from api.open311.wire import Format, answer
from data.errors import BarfrubError

STATUS = {"not_found": 404, "forbidden": 403, "too_many": 429}
"""HTTP status by our code; the standard wants 400 for everything else."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class FaultsAsRecords(APIRoute):
    """A route whose errors are answers of Open311."""

    def get_route_handler(self) -> Handler:
        """Return the handler with its errors caught."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (BarfrubError, RequestValidationError, HTTPException) as error:
                return fault_answer(request, error)

        return handled


def fault_answer(
    request: Request, error: BarfrubError | RequestValidationError | HTTPException
) -> Response:
    """Return an error as a list of one."""
    status, text = _told(request, error)
    headers = {"Retry-After": str(error.retry_s)} if isinstance(error, TooManyError) else {}
    record: dict[str, Any] = {"code": str(status), "description": text}
    return answer(_format(request), "errors", [record], status, headers)


def _told(
    request: Request, error: BarfrubError | RequestValidationError | HTTPException
) -> tuple[int, str]:
    t = translator_for(request)
    if isinstance(error, BarfrubError):
        return STATUS.get(error.code, 400), message_of(error, t)
    if isinstance(error, HTTPException):
        return error.status_code, t("error:error")
    fault = error.errors()[0]
    values = first_fault(error.errors(), t)
    return (404 if "path" in fault["loc"] else 400), fault_text(values, t)


def _format(request: Request) -> Format:
    return Format.JSON if request.url.path.endswith(".json") else Format.XML
