"""The server's log: one line per event, as text or JSON, without personal data.

A line names the route (`/api/segments/{segment_id}`, never the address that was asked for), the
status, the time taken and the role of whoever asked: no names, no addresses, no words of callers.
"""

import logging
import re
import secrets
import time
from contextvars import ContextVar
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.config.request_metrics import Meters
from api.config.settings import LogStyle

REQUEST_ID_HEADER = "X-Request-ID"
_ID_HEADER = REQUEST_ID_HEADER.lower().encode()

OFTEN = (
    "/static",
    "/tiles",
    "/health",
    "/ready",
    "/metrics",
    "/positions",
    "/osmand",
    "/style.css",
    "/api/shifts/{shift_id}/positions",
)
"""Frequently requested routes, of which only failures are logged."""

GONE = 499
"""Status where the client closed the connection before the answer, as in nginx."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods logged by name; clients can invent others."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Characters that break a line, or move a terminal's cursor."""

_request_id: ContextVar[str] = ContextVar("request_id", default="")
REQUESTS = "barfrub.requests"
"""Logger of all other requests."""

_log = logging.getLogger(REQUESTS)


def configure_logs(style: LogStyle) -> None:
    """Send all log records to standard error, in one style."""
    handler = logging.StreamHandler()
    handler.setFormatter(_json() if style is LogStyle.JSON else _Text())
    handler.addFilter(_with_request)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # The one tells every request of the simulator, the other each of its parts that it loads.
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _with_request(record: logging.LogRecord) -> bool:
    """Add the request's id; drop uvicorn's copy of a failure that is logged already."""
    if request_id := _request_id.get():
        record.request_id = request_id
    return not (record.name == "uvicorn.error" and "Exception in ASGI" in record.getMessage())


def _json() -> logging.Formatter:
    return JsonFormatter(
        ("levelname", "name", "message"),
        rename_fields={"levelname": "level", "name": "logger", "exc_info": "error"},
        timestamp="time",
        json_ensure_ascii=False,
    )


class _Text(logging.Formatter):
    """Lines for people: in UTC, and whatever a text holds, each event is one line."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - as logging calls it
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - as logging calls it
        request_id = getattr(record, "request_id", "")
        line = super().formatMessage(record) + (f" [{request_id}]" if request_id else "")
        return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


class RequestLog:
    """The outermost middleware: gives every request an id, counts it and logs it."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the response carries its id in a header."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began_s, status = secrets.token_hex(6), time.perf_counter(), GONE
        word = _request_id.set(request_id)

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_ID_HEADER, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        except Exception:
            status = 500 if status == GONE else status
            raise
        finally:
            self._log_request(scope, status, time.perf_counter() - began_s)
            _request_id.reset(word)

    def _log_request(self, scope: Scope, status: int, took_s: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "other"
        route = route_of(scope)
        self._meters.count(method, route, status, took_s)
        role = scope.get("state", {}).get("role", "")
        level = logging.DEBUG if status < 400 and route.startswith(OFTEN) else logging.INFO
        if not _log.isEnabledFor(level):
            return
        _log.log(
            level,
            "%s %s %d %.0f ms%s",
            method,
            route,
            status,
            took_s * 1000,
            f" {role}" if role else "",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "ms": round(took_s * 1000, 1),
                "role": role,
            },
        )


def route_of(scope: Scope) -> str:
    """Return the route pattern that answered, or "-" where none did."""
    route = scope.get("route")
    if route is not None:
        return str(route.path)
    mounted = str(scope.get("root_path", ""))
    return mounted or "-"
