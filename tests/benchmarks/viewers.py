"""2,000 people look on at a storm in a city of 5,700 streets; dispatchers and trucks work.

The server is `barfrub serve` in processes of its own; all clients are another process
(`onlookers`). `VIEWERS` and `VIEWERS_S` are other numbers of people and seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.web.context import CSRF_COOKIE, SESSION_COOKIE
from data.model import Role
from data.store.accounts.accounts import add_user
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from tests.begun_session import begun_session
from tests.benchmarks import request_queue, route_check
from tests.benchmarks.board_actions import CITY, DISPATCHERS, make_city
from tests.benchmarks.onlookers import TILE_BYTES, Plan
from tests.benchmarks.served import PORT, serving
from tests.browser.conftest import PASSWORD

SIDE = 54
"""Streets each way: 2 x 54 x 53 = 5,724 blocks."""

VIEWERS = int(os.environ.get("VIEWERS", "2000"))
SECONDS = float(os.environ.get("VIEWERS_S", "60"))
ARRIVALS = 100.0
SESSIONS = 100
SEND_S, ACT_S = 5.0, 2.0
KINDS = (
    ("viewers", "viewers' answers", "p99 500 ms"),
    ("arrivals", "page, texts, figures and map of who arrives", "p99 500 ms"),
    ("tiles", "tiles of who arrives", "p99 500 ms"),
    ("actions", "dispatchers' actions meanwhile", "p95 300 ms"),
    ("positions", "positions meanwhile, acknowledged", "p99 100 ms"),
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long everybody's requests take, and what memory the server needs."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(var=Path(folder))
        make_city(settings.city_folder(CITY), Clock().now(), SIDE)
        plan = _plan(settings)
        with serving(settings, CITY) as server:
            command = [sys.executable, "-m", "tests.benchmarks.onlookers"]
            told = subprocess.run(
                command,
                input=json.dumps(asdict(plan)),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            memory_mb = _memory_mb(server)
    yield from _rows(json.loads(told.stdout))
    yield "memory of the server and all processes beside it", f"{memory_mb:,.0f} MB", ""


def _rows(seen: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for kind, what, wanted in KINDS:
        times_ms = [1000 * each for each in seen["took_s"][kind]]
        cuts = quantiles(times_ms, n=100)
        spread = f"median {median(times_ms):,.0f}, p95 {cuts[94]:,.0f}, p99 {cuts[98]:,.0f} ms"
        rate = f"{len(times_ms) / SECONDS:.0f} a second"
        mean_kb = seen["received_bytes"][kind] / len(times_ms) / 1000
        yield f"{what}, {rate}", f"{spread}; {mean_kb:.1f} kB each", wanted
    statuses = ", ".join(f"{name}: {times}" for name, times in sorted(seen["statuses"].items()))
    yield "answers", statuses, ""


def _plan(settings: Settings) -> Plan:
    """Make accounts, sessions and tiles, and return what the onlookers do."""
    folder = settings.city_folder(CITY)
    engine = database_of(folder)
    with transaction(engine) as tx:
        add_user(tx, "member", [Role.COUNCIL], "en", hash_password(PASSWORD))
    members = [begun_session(engine, "member") for _ in range(SESSIONS)]
    crew = [begun_session(engine, f"dispatcher{number}") for number in range(DISPATCHERS)]
    engine.dispose()
    tiles = folder / "tiles" / "streets.pmtiles"
    tiles.parent.mkdir(exist_ok=True)
    tiles.write_bytes(os.urandom(101 * TILE_BYTES))
    first = request_queue.CLOSED + 1
    return Plan(
        port=PORT,
        seconds=SECONDS,
        viewers=VIEWERS,
        arrivals_a_minute=ARRIVALS,
        members=[(f"{SESSION_COOKIE}={one.text}", one.csrf) for one in members],
        dispatchers=[
            (f"{SESSION_COOKIE}={one.text}; {CSRF_COOKIE}={one.csrf}", one.csrf) for one in crew
        ],
        trucks=[f"token-{truck}" for truck in range(1, route_check.TRUCKS + 1)],
        send_s=SEND_S,
        act_s=ACT_S,
        requests=list(range(first, first + request_queue.OPEN)),
    )


def _memory_mb(server: int) -> float:
    """Return the memory of a process and its children; what they share counts once."""
    own = Path(f"/proc/{server}/smaps_rollup").read_text("ascii")
    shared_kb = next(int(line.split()[1]) for line in own.splitlines() if line.startswith("Pss:"))
    lists = Path(f"/proc/{server}/task").glob("*/children")  # each thread has those that it began
    children = [int(child) for one in lists for child in one.read_text("ascii").split()]
    return shared_kb / 1000 + sum(map(_memory_mb, children))
