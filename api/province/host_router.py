"""The choice of a web application by the host name of a request."""

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api.web.security_headers import FIXED
from data.languages import languages
from maps.pages.i18n import translator

MISDIRECTED = 421
"""Status where a server answers for no such host (RFC 9110, 15.5.20)."""

UNAVAILABLE = 503

_log = logging.getLogger(__name__)


@dataclass
class HostedWeb:
    """A web application under a host name; `web` is `None` where it could not be opened."""

    name: str
    host: str
    web: FastAPI | None
    fault: str = ""


class HostRouter:
    """The web application of a server with several hosts.

    A request is passed to the application of its host name, compared as a whole, in any case and
    with any port. No other header is believed. The applications begin and end together; one that
    cannot begin is logged, and its host answers 503.
    """

    def __init__(self, hosted: Mapping[str, HostedWeb]) -> None:
        self.hosted = hosted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on by its host name; answer 421 for a name that is not served."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self._web_of(scope)(scope, receive, send)

    def _web_of(self, scope: Scope) -> ASGIApp:
        found = self.hosted.get(host_of(scope))
        if found is None:
            return _plain_answer("error:unknown_host", MISDIRECTED)
        return found.web or _plain_answer("error:city_closed", UNAVAILABLE)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as running:
            for each in self.hosted.values():
                if each.web is not None:
                    await _begin(each, each.web, running)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _begin(hosted: HostedWeb, web: FastAPI, running: AsyncExitStack) -> None:
    try:
        await running.enter_async_context(web.router.lifespan_context(web))
    except Exception as error:
        _log.exception("%s cannot be served", hosted.name)
        hosted.web, hosted.fault = None, str(error)


def host_of(scope: Scope) -> str:
    """Return the host name of a request in small letters, without the port; "" without one name."""
    named = [value for name, value in scope["headers"] if name == b"host"]
    if len(named) != 1:
        return ""
    name, _, port = named[0].decode("latin-1").lower().partition(":")
    return name if port.isdecimal() or not port else ""


def _plain_answer(msgid: str, status: int) -> ASGIApp:
    """Return an application that says a text in every language, and nothing of other hosts."""
    text = "\n".join(translator(language)(msgid) for language in languages())
    headers = FIXED | {"Cache-Control": "no-store"}
    answer = PlainTextResponse(f"{text}\n", status, headers)

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await answer(scope, receive, send)
        else:
            await send({"type": "websocket.close"})

    return answering
