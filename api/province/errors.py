"""Error responses at a province's host name."""

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.access.auth import SecondStepMissingError, SignedOutError
from api.province.province_context import page, province_of, translator_of
from api.web.errors import STATUS, first_fault
from api.web.page_context import wants_page
from data.errors import BarfrubError
from maps.pages.error_texts import fault_text, message_of, plain_values


def install_error_handlers(web: FastAPI) -> None:
    """Answer every error as a city does: as JSON, or to browsers as a page."""
    web.exception_handler(BarfrubError)(_on_ours)
    web.exception_handler(RequestValidationError)(_on_validation)
    web.exception_handler(HTTPException)(_on_http)


def _on_ours(request: Request, error: BarfrubError) -> Response:
    if isinstance(error, SignedOutError) and wants_page(request):
        return RedirectResponse("/sign-in", status_code=303)
    t = translator_of(request)
    message = message_of(error, t)
    if isinstance(error, SecondStepMissingError):
        hosts = t.listed(each.host for each in province_of(request).cities)
        message = t(
            "Set up the second step at a town first, under “My account”: {hosts}", hosts=hosts
        )
    return _answer(request, STATUS.get(error.code, 400), error.code, message, error.values)


def _on_validation(request: Request, error: RequestValidationError) -> Response:
    t = translator_of(request)
    values = first_fault(error.errors(), t)
    return _answer(request, 422, "invalid", fault_text(values, t), values)


def _on_http(request: Request, error: HTTPException) -> Response:
    code = {404: "not_found", 405: "no_method"}.get(error.status_code, "error")
    message = translator_of(request)(f"error:{code}")
    return _answer(request, error.status_code, code, message, {})


def _answer(
    request: Request, status: int, code: str, message: str, values: Mapping[str, object]
) -> Response:
    if wants_page(request):
        title = translator_of(request)(f"title:{status}")
        view = {"status": status, "title": title, "message": message}
        return page(request, "province/error.html", view, status)
    body = {"code": code, "message": message, "values": plain_values(values)}
    return JSONResponse({"error": body}, status)
