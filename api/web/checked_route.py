"""Routes that check who asks, and how much is sent, before they read the body."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.params import Depends as Dependency
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from api.web.context import SAFE_METHODS
from api.web.request_body import MOST_BODY_BYTES, TooLargeError, announced_bytes, require_json
from data.errors import BarfrubError, DiskFullError, StoreBusyError, is_disk_full
from data.store.database.engine import DatabaseUnavailable, is_unavailable

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@runtime_checkable
class Guard(Protocol):
    """A dependency that refuses a request by its headers."""

    def before_body(self, request: Request) -> object:
        """Raise the error that refuses the request."""


@dataclass(frozen=True)
class BodyLimit:
    """A dependency by which a route declares the size of its bodies."""

    most_bytes: int

    def __call__(self) -> None:
        """Do nothing: `CheckedRoute` keeps the limit."""


def takes_up_to(most_bytes: int) -> Dependency:
    """Return the dependency of a route that takes larger bodies than others."""
    return Dependency(BodyLimit(most_bytes))


class CheckedRoute(APIRoute):
    """A route whose guards are asked before its body is read, and whose body has a limit.

    FastAPI reads and parses a body first and calls dependencies afterwards, so that anybody could
    keep the server busy with what is refused in the end. The limit is `MOST_BODY_BYTES`, or what
    the route declares by `takes_up_to`; it holds for the size that is announced and for the bytes
    as they come.
    """

    def get_route_handler(self) -> Handler:
        """Return the handler behind the checks."""
        handle = super().get_route_handler()
        calls = list(calls_of(self.dependant))
        guards = [call for call in calls if isinstance(call, Guard)]
        limits = [call.most_bytes for call in calls if isinstance(call, BodyLimit)]
        most_bytes = max(limits, default=MOST_BODY_BYTES)
        body = self.body_field
        reads_json = body is not None and not isinstance(body.field_info, Form)

        async def handled(request: Request) -> Response:
            with _errors_of_ours():
                if request.method in SAFE_METHODS:
                    return await handle(request)
                for guard in guards:
                    await run_in_threadpool(guard.before_body, request)
                if announced_bytes(request) > most_bytes:
                    raise TooLargeError(most_bytes)
                limited = Request(request.scope, _limited(request.receive, most_bytes))
                if reads_json:
                    require_json(await limited.body())
                return await handle(limited)

        return handled


def calls_of(dependant: Dependant) -> Iterator[object]:
    """Yield the dependencies of a route, those of dependencies too."""
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from calls_of(dependency)


@contextmanager
def _errors_of_ours() -> Iterator[None]:
    """Raise our own error where FastAPI words what stopped it, or the disk or database does."""
    try:
        yield
    except DatabaseUnavailable as error:
        if is_unavailable(error):
            raise StoreBusyError from error
        raise
    except HTTPException as error:  # raised for whatever happens while a body is read
        if isinstance(error.__cause__, BarfrubError):
            raise error.__cause__ from None
        if is_disk_full(error.__cause__):
            raise DiskFullError from error
        raise
    except OSError as error:
        if is_disk_full(error):
            raise DiskFullError from error
        raise


def _limited(receive: Receive, most_bytes: int) -> Receive:
    """Return a receiver that raises `TooLargeError` as soon as more has come."""
    come_bytes = 0

    async def limited() -> Message:
        nonlocal come_bytes
        message = await receive()
        come_bytes += len(message.get("body", b""))
        if come_bytes > most_bytes:
            raise TooLargeError(most_bytes)
        return message

    return limited
