"""How long `/health` takes while the worker beside the server solves the demo city."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Role
from data.store.database.engine import transaction
from fleet.accounts.accounts import enroll
from fleet.setup.city_setup import NewCity, add_city

PORT = 8137
URL = f"http://127.0.0.1:{PORT}"
PASSWORD = "for-a-minute-only"
SOLVE_S = 20
EVERY_S = 0.05


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield the median and the worst answer, after the run has begun and until it is over."""
    with tempfile.TemporaryDirectory() as name, _serving(Path(name)) as client:
        took = sorted(_asked_until_solved(client))
    yield "/health while solving: asked", f"{len(took)} times", ""
    yield "/health while solving: median", f"{took[len(took) // 2] * 1000:.1f} ms", ""
    yield "/health while solving: worst", f"{took[-1] * 1000:.0f} ms", "200 ms"


def _asked_until_solved(client: httpx.Client) -> Iterator[float]:
    run = client.post("/api/plans", json={"seconds": SOLVE_S}).raise_for_status().json()
    state = run["state"]
    while state in {"queued", "running"}:
        for _ in range(20):
            start = time.perf_counter()
            client.get("/health").raise_for_status()
            yield time.perf_counter() - start
            time.sleep(EVERY_S)
        state = client.get(f"/api/plan-runs/{run['id']}").json()["state"]
    if state != "done":
        raise RuntimeError(f"the plan run ended as {state}")


@contextmanager
def _serving(var: Path) -> Iterator[httpx.Client]:
    folder = var / "cities" / "gothenburg"
    add_city(folder, NewCity("gothenburg", DEMO_CITY_FILE), Clock().now(), CONSOLE)
    with transaction(open_city_database(folder)) as tx:
        role = Role.DISPATCHER
        enroll(tx, CONSOLE, role, [role], "en", hash_password(PASSWORD), Clock().now())
    command = [sys.executable, "-m", "api", "serve", "--city", "gothenburg", "--port", str(PORT)]
    with (
        subprocess.Popen(
            command, env=os.environ | {"BARFRUB_VAR": str(var)}, stdout=subprocess.DEVNULL
        ) as server,
        httpx.Client(base_url=URL, timeout=30) as client,
    ):
        try:
            _sign_in(client)
            yield client
        finally:
            server.terminate()


def _sign_in(client: httpx.Client) -> None:
    for _ in range(300):
        try:
            client.get("/sign-in")
            break
        except httpx.ConnectError:
            time.sleep(0.2)
    form = {"login": Role.DISPATCHER, "password": PASSWORD, "csrf": client.cookies["barfrub_csrf"]}
    client.post("/sign-in", data=form)
    client.headers["X-CSRF-Token"] = client.cookies["barfrub_csrf"]
    client.post("/api/storms", json={"name": "bench"}).raise_for_status()
