"""2,000 people look on at a storm in a city of 5,700 streets; dispatchers and trucks work.

The server is `barfrub serve` in processes of its own; all clients are another process
(`onlookers`). `VIEWERS` and `VIEWERS_S` are other numbers of people and seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import quantiles
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
type Kinds = Sequence[tuple[str, str, str]]
"""Kinds of requests: what they are called among the onlookers, what they are, what is wanted."""

USER, WAITED_FOR = 11, 15
"""Columns of `/proc/PID/stat` behind the name: processor time, of children that ended too."""

KINDS: Kinds = (
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
        yield from looked_at(settings, plan_of(settings), KINDS)


def looked_at(settings: Settings, plan: Plan, kinds: Kinds) -> Iterator[tuple[str, str, str]]:
    """Serve a city while everybody of a plan does what he does, and yield what that took."""
    with serving(settings, CITY) as server:
        before_s = _processor_s(server)
        command = [sys.executable, "-m", "tests.benchmarks.onlookers"]
        told = subprocess.run(
            command,
            input=json.dumps(asdict(plan)),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        spent_s = _processor_s(server) - before_s
        memory_mb = _memory_mb(server)
    seen = json.loads(told.stdout)
    yield from _rows(seen, kinds)
    answers = sum(len(times) for times in seen["took_s"].values())
    cost = f"{1000 * spent_s / answers:.1f} s of processor for 1,000 answers of all kinds"
    yield "what the server and all processes beside it spent", f"{spent_s:.0f} s: {cost}", ""
    yield "memory of the server and all processes beside it", f"{memory_mb:,.0f} MB", ""


def _rows(seen: dict[str, Any], kinds: Kinds) -> Iterator[tuple[str, str, str]]:
    for kind, what, wanted in kinds:
        times_s = seen["took_s"][kind]
        rate = f"{len(times_s) / SECONDS:.0f} a second"
        mean_kb = seen["received_bytes"][kind] / len(times_s) / 1000
        yield f"{what}, {rate}", f"{_spread(times_s)}; {mean_kb:.1f} kB each", wanted
    for what, times_s in (
        ("of all this the clients' own: how late they were", seen["late_s"]),
        ("the city's disk meanwhile: 4 kB to keep for good", seen["disk_s"]),
    ):
        yield what, _spread(times_s), ""
    statuses = ", ".join(f"{name}: {times}" for name, times in sorted(seen["statuses"].items()))
    yield "answers", statuses, ""


def _spread(times_s: Sequence[float]) -> str:
    cuts_ms = [1000 * cut for cut in quantiles(times_s, n=100)]
    return f"median {cuts_ms[49]:,.0f}, p95 {cuts_ms[94]:,.0f}, p99 {cuts_ms[98]:,.0f} ms"


def plan_of(settings: Settings) -> Plan:
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
        citizens=0,
        streets=2 * SIDE * (SIDE - 1),
        arrivals_a_minute=ARRIVALS,
        members=[(f"{SESSION_COOKIE}={one.text}", one.csrf) for one in members],
        dispatchers=[
            (f"{SESSION_COOKIE}={one.text}; {CSRF_COOKIE}={one.csrf}", one.csrf) for one in crew
        ],
        trucks=[f"token-{truck}" for truck in range(1, route_check.TRUCKS + 1)],
        send_s=SEND_S,
        act_s=ACT_S,
        requests=list(range(first, first + request_queue.OPEN)),
        folder=str(folder),
    )


def _processor_s(server: int) -> float:
    """Return the processor time of a process and its children until now."""
    after_name = Path(f"/proc/{server}/stat").read_text("ascii").rpartition(")")[2].split()
    own_s = sum(map(int, after_name[USER:WAITED_FOR])) / os.sysconf("SC_CLK_TCK")
    return own_s + sum(map(_processor_s, _children(server)))


def _children(server: int) -> list[int]:
    lists = Path(f"/proc/{server}/task").glob("*/children")  # each thread has those that it began
    return [int(child) for one in lists for child in one.read_text("ascii").split()]


def _memory_mb(server: int) -> float:
    """Return the memory of a process and its children; what they share counts once."""
    own = Path(f"/proc/{server}/smaps_rollup").read_text("ascii")
    shared_kb = next(int(line.split()[1]) for line in own.splitlines() if line.startswith("Pss:"))
    return shared_kb / 1000 + sum(map(_memory_mb, _children(server)))
