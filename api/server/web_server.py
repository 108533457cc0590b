"""The web server: Uvicorn that ends event streams before it stops."""

import socket
from collections.abc import Callable

import uvicorn


class WebServer(uvicorn.Server):
    """A Uvicorn server that ends event streams properly when it stops.

    Uvicorn waits for answers that are on their way and then cuts them off; a stream never ends, so
    that browsers were told of a broken answer, and each stop took the whole time that it waits.
    """

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, then wait for the other requests."""
        self._end_streams()
        await super().shutdown(sockets)
