"""What a real city's people wait for while a storm is rehearsed beside it, and without that.

The rehearsal goes at its highest speed, with the calls of the storm of the century and a plan that
is searched all the time. Alone it is measured before and after: what the machine does else shows
as a difference of these.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from api.config.settings import Settings
from api.simulation.demo_city import SAMPLE_CITY
from api.simulation.demo_storm import enroll_everybody, fresh_city, scene_of
from api.training.hosting.progress import HostStep, find_progress
from api.web.cookies import CSRF_COOKIE, SESSION_COOKIE, cookie_name
from data.model import Role
from data.store.database.city_database import database_of
from fleet.training.sandbox.folder import Sandbox, sandbox_of
from tests.begun_session import begun_session
from tests.benchmarks.served import client_of, serving

ROUNDS = 60
EVERY_S = 0.1
PORT = 8128
SEARCH_S = 300

ASKED: dict[str, Callable[[httpx.Client], httpx.Response]] = {
    "the board, whole": lambda client: client.get("/api/board"),
    "a street that a caller names": lambda client: client.get(
        "/api/geocode", params={"q": "بلوار ولیعصر"}
    ),
    "a request saved": lambda client: client.post(
        "/requests", json={"kind": "plow", "text": "Snow", "address": "", "channel": "phone"}
    ),
}


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield median and 95th percentile of each answer: alone, beside a rehearsal, alone again."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(var=Path(name))
        scene = scene_of(Path(SAMPLE_CITY), None)
        enroll_everybody(fresh_city(settings, scene), scene)
        with serving(settings, scene.name), client_of(settings, scene.name, Role.DISPATCHER) as me:
            took = [_answers(me)]
            with _rehearsed(settings, scene.name):
                took.append(_answers(me))
            took.append(_answers(me))
    for what in ASKED:
        said = [_figures(each[what]) for each in took]
        yield what, f"{said[0]}; beside a rehearsal {said[1]}; alone again {said[2]}", "as alone"


def _answers(client: httpx.Client) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {what: [] for what in ASKED}
    for _ in range(ROUNDS):
        for what, ask in ASKED.items():
            start = time.perf_counter()
            ask(client).raise_for_status()
            took[what].append((time.perf_counter() - start) * 1000)
        time.sleep(EVERY_S)
    return took


def _figures(took: list[float]) -> str:
    in_order = sorted(took)
    return f"{in_order[len(took) // 2]:.0f} ms, 95 % {in_order[len(took) * 95 // 100]:.0f} ms"


@contextmanager
def _rehearsed(settings: Settings, city: str) -> Iterator[None]:
    """Rehearse beside the city as long as the block lasts, once the sandbox is served."""
    sandbox = sandbox_of(settings.var, city)
    command = [
        sys.executable,
        "-m",
        "api",
        "training",
        "start",
        "--city",
        city,
    ]
    command += ["--scenario", "storm-of-the-century", "--speed", "60", "--port", str(PORT)]
    environ = os.environ | {"BARFRUB_VAR": str(settings.var)}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, env=environ, stdout=quiet, stderr=quiet, start_new_session=True
    ) as host:
        try:
            while find_progress(sandbox).step is not HostStep.RUNNING:
                if host.poll() is not None:
                    raise RuntimeError("the rehearsal has ended")
                time.sleep(0.5)
            _search(sandbox)
            yield
        finally:
            host.terminate()
            host.wait(60)


def _search(sandbox: Sandbox) -> None:
    """Have a plan searched in the sandbox."""
    engine = database_of(sandbox.city_folder)
    cookie = begun_session(engine, Role.ADMINISTRATOR)
    engine.dispose()
    settings = Settings(var=sandbox.folder)
    kept = {
        cookie_name(settings, SESSION_COOKIE): cookie.text,
        cookie_name(settings, CSRF_COOKIE): cookie.csrf,
    }
    headers = {"accept": "application/json", "x-csrf-token": cookie.csrf}
    address = f"http://127.0.0.1:{PORT}"
    with httpx.Client(base_url=address, cookies=kept, headers=headers, timeout=60) as client:
        client.post("/api/training/clock", json={"speed": 1})
        client.post("/api/plans", json={"seconds": SEARCH_S}).raise_for_status()
        client.post("/api/training/clock", json={"speed": 60})
