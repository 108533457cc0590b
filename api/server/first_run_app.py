"""The web application for a first start: the set-up, then the new city."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack
from pathlib import Path

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access.auth import Seals
from api.config.clock import Clock
from api.config.settings import Settings
from api.processes.workers.worker_processes import running_workers
from api.server.app import create_app
from api.server.first_run_pages import FIRST, first_web
from api.server.first_start import FirstStart, new_code
from api.server.readiness import note_clock
from api.web.uploads import clear_parts
from data.store.database.city_lock import serving

type Workers = Callable[[Path, Clock], AbstractContextManager[None]]


class FirstRunApp:
    """The web application of a server that starts without a city.

    Once the city is made, everything but the report of the set-up is the city's.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        workers: Workers = running_workers,
        *,
        apart: bool = False,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._workers = workers
        self._apart = apart
        seals = Seals(settings.secret_key())
        self.start = FirstStart(settings, clock, seals, self._open, new_code())
        self._set_up: ASGIApp = first_web(self.start)
        self._city: ASGIApp | None = None
        self._opened = AsyncExitStack()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end_streams: Callable[[], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to the set-up or to the city."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._city is None or scope["path"].startswith(FIRST):
            await self._set_up(scope, receive, send)
        else:
            await self._city(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._loop = asyncio.get_running_loop()
        clear_parts(self._settings.uploads)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._opened.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self, folder: Path) -> None:
        """Load the new city in the thread that made it, then serve it."""
        web = create_app(self._settings, folder, self._clock, apart=self._apart)
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self._enter(web, folder), self._loop).result()

    async def _enter(self, web: FastAPI, folder: Path) -> None:
        self._opened.enter_context(serving(folder))
        await self._opened.enter_async_context(web.router.lifespan_context(web))
        note_clock(web.state.barfrub)
        self._opened.enter_context(self._workers(folder, self._clock))
        self._city, self._end_streams = web, web.state.barfrub.hub.close

    def end_streams(self) -> None:
        """End the event streams of the city, if there is one."""
        if self._end_streams is not None:
            self._end_streams()
