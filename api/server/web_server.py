"""The web server: Uvicorn, which first lets the streams of open pages end by themselves."""

import socket
from collections.abc import Callable

import uvicorn


class WebServer(uvicorn.Server):
    """A server whose streams end whole when it stops.

    Uvicorn waits for answers that are on their way and then cuts them off; a stream never ends, so
    that browsers were told of a broken answer, and each stop took the whole time that it waits.
    """

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then wait for what else is answered."""
        self._end_streams()
        await super().shutdown(sockets)
