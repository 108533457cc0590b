"""Many who look on, trucks and dispatchers at work, over plain sockets in a process of their own.

Reads what it shall do from standard input and writes what each request took. Times count from the
moment at which a request was meant to go, so a server that keeps one waiting pays for those behind.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from random import Random
from tempfile import TemporaryFile

from api.config.clock import Clock

POLL_S = 15.0
PUBLIC_S = 60.0
"""How often the public map asks for its streets, and somebody for his street again."""

CLIENTS_S, DISK_S = 0.02, 0.5
"""How often clients and disk are looked at."""

PAGE_BYTES = 4_096
A_STEP_DEG = 0.0003
TILE_BYTES = 16_384
TILES = 8
LISTS = 0.1
"""Share of the questions that are for the public list, without a session."""
HTML = {"Accept": "text/html"}
PUBLIC_MAP = "/api/public/map"
READS = {
    "/council": ("/api/texts?lang=en", "/api/council", "/api/council/coverage"),
    "/map": (PUBLIC_MAP,),
}
"""What a page asks for when it opens, beside its map's tiles."""


@dataclass(frozen=True)
class Plan:
    """What is asked of the server at `port`, for so many seconds.

    `citizens` look at the public pages of `streets` streets. `members` and `dispatchers` are
    cookies and anti-forgery tokens, `trucks` tokens of trackers, `requests` numbers of open
    requests, `folder` is on the city's disk.
    """

    port: int
    seconds: float
    viewers: int
    citizens: int
    streets: int
    arrivals_a_minute: float
    members: list[tuple[str, str]]
    dispatchers: list[tuple[str, str]]
    trucks: list[str]
    send_s: float
    act_s: float
    requests: list[int]
    folder: str


@dataclass
class Seen:
    """Seconds that requests took, by kind, and statuses.

    What is not the server's too: how late these clients themselves were, and what it took the
    city's disk to keep a page for good.
    """

    took_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    late_s: list[float] = field(default_factory=list)
    disk_s: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    received_bytes: Counter[str] = field(default_factory=Counter)


class Onlookers:
    """All clients, in one event loop."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.seen = Seen()
        self.chance = Random(1)  # noqa: S311 - it draws no secrets

    async def run(self) -> None:
        """Let all of them do what they do, until the time is over."""
        plan, until_s = self.plan, time.monotonic() + self.plan.seconds
        gap_s = 60 / plan.arrivals_a_minute
        everybody = [
            *(self._view(number, until_s) for number in range(plan.viewers)),
            *(self._look(number, until_s) for number in range(plan.citizens)),
            *(
                self._arrive("/map" if plan.citizens else "/council", gap_s * (one + 0.5))
                for one in range(int(plan.seconds / gap_s))
            ),
            *(self._drive(number, token, until_s) for number, token in enumerate(plan.trucks)),
            *(self._dispatch(cookie, csrf, until_s) for cookie, csrf in plan.dispatchers),
            self._watch_clients(until_s),
            self._watch_disk(until_s),
        ]
        await asyncio.gather(*everybody)

    async def _view(self, number: int, until_s: float) -> None:
        """Ask for figures, map or list every 15 s, with the tag of the answer before."""
        cookie, _ = self.plan.members[number % len(self.plan.members)]
        home = f"127.{1 + number // 250}.1.{1 + number % 250}"
        own, path = {"Cookie": cookie}, ("/api/council", "/api/council/coverage")[number % 2]
        if self.chance.random() < LISTS:
            own, path = {}, "/open311/v2/requests.json"
        due_s, tag = time.monotonic() + POLL_S * self.chance.random(), ""
        while due_s < until_s:
            await _until(due_s)
            known = {"If-None-Match": tag} if tag else {}
            tag = await self._ask("viewers", due_s, "GET", path, own | known, home=home) or tag
            due_s += POLL_S

    async def _look(self, number: int, until_s: float) -> None:
        """Refresh the public map as its page does, or ask for a street."""
        home = f"127.{100 + number // 250}.1.{1 + number % 250}"
        due_s, tag = time.monotonic() + PUBLIC_S * self.chance.random(), ""
        while due_s < until_s:
            await _until(due_s)
            if number % 2:
                known = {"If-None-Match": tag} if tag else {}
                tag = await self._ask("map", due_s, "GET", PUBLIC_MAP, known, home=home) or tag
            else:
                path = f"/street?id={self.chance.randint(1, self.plan.streets)}&lang=fa"
                await self._ask("street", due_s, "GET", path, HTML, home=home)
            due_s += PUBLIC_S

    async def _arrive(self, page: str, wait_s: float) -> None:
        """Open a page: texts, figures, colors and a screen of tiles."""
        cookie, _ = self.plan.members[0]
        due_s = time.monotonic() + wait_s
        await _until(due_s)
        own = {} if page == "/map" else {"Cookie": cookie}
        await self._ask("arrivals", due_s, "GET", page, own | HTML)
        due_s = time.monotonic()
        asked: list[Awaitable[str]] = [
            self._ask("arrivals", due_s, "GET", path, own) for path in READS[page]
        ]
        for _ in range(TILES):
            first = self.chance.randrange(100) * TILE_BYTES
            part = {"Range": f"bytes={first}-{first + TILE_BYTES - 1}"}
            asked.append(self._ask("tiles", due_s, "GET", "/tiles/streets.pmtiles", part))
        await asyncio.gather(*asked)

    async def _drive(self, number: int, token: str, until_s: float) -> None:
        due_s, lon = time.monotonic() + self.plan.send_s * self.chance.random(), 45.0
        while due_s < until_s:
            await _until(due_s)
            lon += A_STEP_DEG * self.plan.send_s / 5
            fix = {
                "fixed_at": Clock().now().isoformat(),
                "lon": lon,
                "lat": 37.0 + (number + 1) / 1000,
                "speed_mps": 6.0,
                "heading_deg": 90.0,
                "blade": True,
            }
            known = {"Authorization": f"Bearer {token}"}
            await self._ask("positions", due_s, "POST", "/positions", known, {"positions": [fix]})
            due_s += self.plan.send_s

    async def _dispatch(self, cookie: str, csrf: str, until_s: float) -> None:
        own = {"Cookie": cookie, "X-CSRF-Token": csrf}
        due_s = time.monotonic() + self.plan.act_s * self.chance.random()
        for method, path, body in self._actions():
            if due_s >= until_s:
                return
            await _until(due_s)
            await self._ask("actions", due_s, method, path, own, body)
            due_s = max(due_s + self.plan.act_s, time.monotonic())

    async def _watch_clients(self, until_s: float) -> None:
        """Note how late these clients come to what they are to do: it counts as the server's."""
        while (due_s := time.monotonic() + CLIENTS_S) < until_s:
            await _until(due_s)
            self.seen.late_s.append(time.monotonic() - due_s)

    async def _watch_disk(self, until_s: float) -> None:
        """Note what it takes to write a page and have it on the disk, as positions have to be."""
        with TemporaryFile(dir=self.plan.folder) as page:
            while (due_s := time.monotonic() + DISK_S) < until_s:
                await _until(due_s)
                self.seen.disk_s.append(await asyncio.to_thread(_kept_s, page.fileno()))

    def _actions(self) -> Iterator[tuple[str, str, object]]:
        while True:
            one = self.chance.choice(self.plan.requests)
            where = {"lon": 45 + self.chance.random() / 20, "lat": 37 + self.chance.random() / 20}
            yield "GET", f"/api/requests/{one}", None
            yield "POST", "/requests", {"kind": "plow", "text": "Street 7, snow"}
            yield "GET", "/api/board/figures", None
            yield "POST", f"/api/requests/{one}/place", where
            yield "GET", f"/api/board/trucks/{self.chance.randint(1, len(self.plan.trucks))}", None
            yield "POST", "/api/board/presence", {"tab": "benchmark", "subject": f"request:{one}"}
            yield "GET", f"/api/segments/{self.chance.randint(1, 5_000)}", None
            yield "POST", f"/api/requests/{one}/cancel", {}

    async def _ask(
        self,
        kind: str,
        due_s: float,
        method: str,
        path: str,
        headers: dict[str, str],
        body: object = None,
        home: str = "127.0.0.1",
    ) -> str:
        """Ask over a connection of its own; note what it took, and return the answer's tag."""
        sent = b"" if body is None else json.dumps(body).encode()
        lines = {
            "Host": "localhost",
            "Connection": "close",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Content-Length": str(len(sent)),
            "Content-Type": "application/json",
        } | headers
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        try:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self.plan.port, local_addr=(home, 0)
            )
            writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + sent)
            answer = await reader.read()
            writer.close()
        except OSError as error:
            self.seen.statuses[f"{kind} {type(error).__name__}"] += 1
            return ""
        self.seen.took_s[kind].append(time.monotonic() - due_s)
        first, _, rest = answer.partition(b"\r\n\r\n")[0].decode("latin-1").partition("\r\n")
        self.seen.statuses[f"{kind} {first.split(' ')[1]}"] += 1
        self.seen.received_bytes[kind] += len(answer)
        named = (line.partition(": ") for line in rest.split("\r\n"))
        return next((value for name, _, value in named if name.lower() == "etag"), "")


def _kept_s(file: int) -> float:
    began_s = time.monotonic()
    os.pwrite(file, bytes(PAGE_BYTES), 0)
    os.fsync(file)
    return time.monotonic() - began_s


async def _until(due_s: float) -> None:
    await asyncio.sleep(max(0.0, due_s - time.monotonic()))


if __name__ == "__main__":
    onlookers = Onlookers(Plan(**json.load(sys.stdin)))
    asyncio.run(onlookers.run())
    json.dump(vars(onlookers.seen), sys.stdout)
