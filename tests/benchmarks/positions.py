"""A thousand trucks that send every second through the OsmAnd door of a real server.

`SECONDS` (600) and `TRUCKS` (1,000) come from the environment. The load generator runs beside the
server on the same machine, on the loopback only.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
from sqlalchemy import func, insert, select

from api.auth import hash_password
from api.clock import Clock
from api.console import CONSOLE, open_city_database
from api.demo_city import DEMO_CITY_FILE
from data.model import LonLat, Role, VehicleId
from data.network import StreetNetwork
from data.store.engine import reading, transaction
from data.store.network import load_network
from data.store.people import add_device
from data.store.positions import count_unseen
from data.store.schema import position, vehicle
from fleet.cities import add_city
from fleet.people import enroll, token_digest

PORT = 8138
SECONDS = int(os.environ.get("SECONDS", "600"))
TRUCKS = int(os.environ.get("TRUCKS", "1000"))
PASSWORD = "for-a-minute-only"


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long answers took, what was lost, and how far the live map was behind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cities" / "gothenburg"
        paths = _make_city(folder)
        environ = os.environ | {"BARFRUB_VAR": name, "BARFRUB_CITY": "gothenburg"}
        command = [
            sys.executable,
            "-m",
            "api",
            "serve",
            "--city",
            "gothenburg",
            "--port",
            str(PORT),
        ]
        with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as server:
            try:
                lags, took, failed = asyncio.run(_driven(paths))
            finally:
                server.terminate()
        with reading(open_city_database(folder)) as tx:
            kept = tx.execute(select(func.count()).select_from(position)).scalar_one()
            waiting, _ = count_unseen(tx)
    took.sort()
    what = f"{TRUCKS:,} trucks for {SECONDS} s"
    yield f"{what}: acknowledged", f"{len(took):,}", f"{TRUCKS * SECONDS:,}"
    yield f"{what}: not acknowledged", f"{failed:,}", "0"
    yield f"{what}: acknowledged and lost", f"{len(took) - kept:,}", "0"
    for name, share, wanted in (("median", 0.5, ""), ("p99", 0.99, "100 ms"), ("worst", 1.0, "")):
        at = min(int(len(took) * share), len(took) - 1)
        yield f"{what}: answer, {name}", f"{took[at] * 1000:.1f} ms", wanted
    for name, share, wanted in (("median", 0.5, ""), ("p99", 0.99, "2 s"), ("worst", 1.0, "")):
        at = min(int(len(lags) * share), len(lags) - 1)
        yield f"{what}: live map behind, {name}", f"{sorted(lags)[at]:.2f} s", wanted
    yield f"{what}: not digested at the end", f"{waiting:,}", ""


def _make_city(folder: Path) -> list[list[LonLat]]:
    """Make a city with a tracker a truck, and return where each of them drives."""
    now = Clock().now()
    add_city(folder, "gothenburg", DEMO_CITY_FILE, now, CONSOLE)
    with transaction(open_city_database(folder)) as tx:
        role = Role.DISPATCHER
        enroll(tx, CONSOLE, role, [role], "en", hash_password(PASSWORD), now)
        first = tx.execute(select(vehicle).limit(1)).mappings().one()
        for number in range(1, TRUCKS + 1):
            values = {**first, "id": 10_000 + number, "name": f"Truck {number}"}
            tx.execute(insert(vehicle).values(**values))
            add_device(
                tx, f"truck-{number}", VehicleId(10_000 + number), token_digest(_token(number))
            )
        network = load_network(tx)
    return [_path(network, number) for number in range(TRUCKS)]


def _token(number: int) -> str:
    return f"token-of-truck-{number}"


def _path(network: StreetNetwork, number: int) -> list[LonLat]:
    """Return a drive to and fro on one street, a place a second at some 8 m/s."""
    longest = sorted(network.segments, key=lambda one: -one.length_m)[:TRUCKS]
    segment = longest[number % len(longest)]
    steps = max(2, int(segment.length_m / 8))
    a, b = segment.geometry[0], segment.geometry[-1]
    there = [
        LonLat(a.lon + (b.lon - a.lon) * at / steps, a.lat + (b.lat - a.lat) * at / steps)
        for at in range(steps)
    ]
    return [*there, *reversed(there)]


async def _driven(paths: list[list[LonLat]]) -> tuple[list[float], list[float], int]:
    await _up()
    lags: list[float] = []
    took: list[float] = []
    failed = [0]
    watch = asyncio.create_task(_watch(lags))
    await asyncio.sleep(2)
    begin_s = time.monotonic() + 1
    await asyncio.gather(
        *(_drive(number, path, begin_s, took, failed) for number, path in enumerate(paths))
    )
    await asyncio.sleep(3)
    watch.cancel()
    return lags, took, failed[0]


async def _up() -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}") as client:
        for _ in range(600):
            try:
                await client.get("/health")
            except httpx.TransportError:
                await asyncio.sleep(0.2)
            else:
                return
    raise RuntimeError("the server does not come up")


async def _watch(lags: list[float]) -> None:
    """Follow the board's stream, and note how old the newest fix of each truck is in it."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORT}", timeout=60) as client:
        await client.get("/sign-in")
        csrf = client.cookies["barfrub_csrf"]
        form = {"login": Role.DISPATCHER, "password": PASSWORD, "csrf": csrf}
        await client.post("/sign-in", data=form)
        kind = ""
        async with client.stream("GET", "/stream") as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event:"):
                    kind = line.removeprefix("event:").strip()
                elif line.startswith("data:") and kind == "vehicles":
                    now = Clock().now()
                    for one in json.loads(line.removeprefix("data:")):
                        fixed_at = datetime.fromisoformat(one["fixed_at"])
                        lags.append((now - fixed_at).total_seconds())


async def _drive(
    number: int, path: list[LonLat], begin_s: float, took: list[float], failed: list[int]
) -> None:
    """Send a truck's places, one a second, each truck at its own moment of the second."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    own_s = begin_s + number / TRUCKS
    for second in range(SECONDS):
        await asyncio.sleep(max(0.0, own_s + second - time.monotonic()))
        place = path[second % len(path)]
        query = (
            f"id={_token(number + 1)}&lat={place.lat:.6f}&lon={place.lon:.6f}&speed=15"
            f"&timestamp={int(time.time() * 1000)}&blade=down"
        )
        sent_s = time.perf_counter()
        writer.write(f"GET /osmand?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 200"):
            took.append(time.perf_counter() - sent_s)
        else:
            failed[0] += 1
            break
    writer.close()
