"""The web server: Uvicorn that ends event streams, and connections that nobody reads from."""

import socket
from collections.abc import Callable

import uvicorn

UNREAD_MS = 60_000
"""How long what was sent may stay unread until the connection is closed.

The kernel keeps up to some MB of it; a stream that was cut off would else wait for its
reader for ever.
"""


class WebServer(uvicorn.Server):
    """A Uvicorn server that ends event streams properly when it stops.

    Uvicorn waits for answers that are on their way and then cuts them off; a stream never ends, so
    that browsers were told of a broken answer, and each stop took the whole time that it waits.
    """

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; connections inherit the limit of what stays unread."""
        await super().startup(sockets)
        for server in self.servers:
            for door in server.sockets:
                door.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the event streams, then wait for the other requests."""
        self._end_streams()
        await super().shutdown(sockets)
