"""Trucks that send what they drive: each its own connection, clock and patience.

A truck sends at its own moment of each second, whatever the server does, and one message at a time
as a tracker does. Times of answers are counted from the moment at which it meant to send, so a
server that keeps a truck waiting pays for every message behind the one that waits.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

RETRY_S = 1.0
"""Pause before a truck that lost its connection tries again."""


@dataclass(slots=True)
class Answered:
    """A message that was acknowledged: when it was meant to go (ms), and how long it took."""

    stamp_ms: int
    took_s: float


@dataclass(slots=True, eq=False)
class Truck(asyncio.Protocol):
    """One tracker; `messages` are the queries of its seconds, without their time stamps.

    `sent` are the time stamps (ms) of all that was meant to go, and that no board has shown yet.
    """

    number: int
    port: int
    messages: Sequence[str]
    answered: list[Answered] = field(default_factory=list)
    refused: int = 0
    broken: int = 0
    sent: deque[int] = field(default_factory=deque)
    over: bool = False
    _due: deque[tuple[int, str]] = field(default_factory=deque)
    _asked: bool = False
    _came: bytes = b""
    _transport: asyncio.WriteTransport | None = None

    @property
    def phase_s(self) -> float:
        """The truck's own moment of each second."""
        return float(np.random.default_rng(self.number).random())

    @property
    def waiting(self) -> int:
        """How many messages have no answer yet."""
        return len(self._due)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to send."""
        self._transport = cast(asyncio.WriteTransport, transport)
        self._asked, self._came = False, b""
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """Try again soon; the message under way goes first."""
        self._transport = None
        if not self.over:
            self.broken += 1
            asyncio.get_running_loop().call_later(RETRY_S, self.connect)

    def connect(self) -> None:
        """Connect, unless the drive is over."""
        if not self.over:
            asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: self, "127.0.0.1", self.port)
        except OSError:
            asyncio.get_running_loop().call_later(RETRY_S, self.connect)

    def measure(self, second: int, meant_s: float) -> None:
        """Send what was measured in a second, after all that waits."""
        stamp_ms = int(meant_s * 1000)
        self._due.append((stamp_ms, self.messages[second]))
        self.sent.append(stamp_ms)
        self._ask()

    def _ask(self) -> None:
        if self._asked or self._transport is None or not self._due:
            return
        stamp_ms, words = self._due[0]
        self._asked = True
        self._transport.write(
            f"POST /?timestamp={stamp_ms}&{words} HTTP/1.1\r\n"
            "Host: localhost\r\nUser-Agent: okhttp/4.12.0\r\nContent-Length: 0\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take an answer, and send what waits."""
        came = self._came = self._came + data
        head, end, body = came.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return
        self._came, self._asked = b"", False
        stamp_ms, _ = self._due.popleft()
        if head.startswith(b"HTTP/1.1 200"):
            self.answered.append(Answered(stamp_ms, time.time() - stamp_ms / 1000))
        else:
            self.refused += 1
        self._ask()

    def close(self) -> None:
        """Hang up."""
        self.over = True
        if self._transport is not None:
            self._transport.close()


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if rest else 0


async def drive(trucks: Sequence[Truck], begin_s: float, seconds: int) -> None:
    """Let every truck measure each second, from a moment of the wall clock on."""
    for truck in trucks:
        truck.connect()
        await asyncio.sleep(0)
    in_order = sorted(trucks, key=lambda truck: truck.phase_s)
    phases = [truck.phase_s for truck in in_order]
    for second in range(seconds):
        for truck, phase_s in zip(in_order, phases, strict=True):
            meant_s = begin_s + second + phase_s
            late_s = time.time() - meant_s
            if late_s < 0:
                await asyncio.sleep(-late_s)
            truck.measure(second, meant_s)
