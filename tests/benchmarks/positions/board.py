"""A dispatcher's board that only looks at the clock: how late does it show each position?"""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime

import httpx
from pydantic_core import from_json

from tests.benchmarks.positions.trucks import Truck


class Board:
    """Follows the server's stream and crosses out what each truck sent, once it is shown.

    A position is shown when the stream tells of it or of a later one of its truck; `lags_s` says
    how long after it was meant to be sent.
    """

    def __init__(self, port: int, login: str, password: str) -> None:
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self._login = login
        self._password = password
        self._task: asyncio.Task[None] | None = None
        self.lags_s: list[float] = []

    async def open(self, trucks: Sequence[Truck], first_id: int) -> None:
        """Sign in, and follow from now on."""
        await self._client.get("/sign-in")
        csrf = self._client.cookies["barfrub_csrf"]
        form = {"login": self._login, "password": self._password, "csrf": csrf}
        await self._client.post("/sign-in", data=form)
        self._task = asyncio.create_task(self._follow(trucks, first_id))

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
        await self._client.aclose()

    async def up(self) -> None:
        """Wait for the server."""
        for _ in range(600):
            try:
                await self._client.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            else:
                return
        raise RuntimeError("the server does not come up")

    async def _follow(self, trucks: Sequence[Truck], first_id: int) -> None:
        kind = ""
        async with self._client.stream("GET", "/stream") as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:") and kind == "vehicles":
                    now_s = time.time()
                    for one in from_json(line.removeprefix("data:")):
                        if one["id"] >= first_id:
                            self._cross_out(trucks[one["id"] - first_id], one["fixed_at"], now_s)

    def _cross_out(self, truck: Truck, fixed_at: str, now_s: float) -> None:
        shown_ms = round(datetime.fromisoformat(fixed_at).timestamp() * 1000)
        while truck.sent and truck.sent[0] <= shown_ms:
            self.lags_s.append(now_s - truck.sent.popleft() / 1000)
