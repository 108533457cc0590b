"""A thousand trucks that send every second through the OsmAnd door of a real server, in a storm.

`SECONDS` (600) and `TRUCKS` (1,000) come from the environment. The senders run beside the servers
on the same machine, on the loopback only; a dispatcher's board is open all the time, at the last
of the servers. When the time is over they are told to stop while the trucks go on sending.
"""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import nan
from pathlib import Path

import uvloop
from sqlalchemy import func, insert, select

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.console import CONSOLE, open_city_database
from api.simulation.demo_city import DEMO_CITY_FILE
from data.model import Role, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import Database, reading, transaction
from data.store.schema import coverage, position, vehicle
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from data.store.tracking.positions import count_unseen
from data.store.tracking.tracker_state import count_faults
from data.streets.network import StreetNetwork
from fleet.accounts.accounts import enroll, token_digest
from fleet.setup.city_setup import NewCity, add_city
from fleet.storms.storm_start import start_storm
from tests.benchmarks.positions.board import Board
from tests.benchmarks.positions.drives import messages_of
from tests.benchmarks.positions.trucks import Truck, drive

PORT = 8138
SECONDS = int(os.environ.get("SECONDS", "600"))
TRUCKS = int(os.environ.get("TRUCKS", "1000"))
PASSWORD = "for-a-minute-only"
FIRST_ID = 10_000
"""Vehicles of the trucks are numbered from here on, behind those of the city."""

MORE_S = 20
"""So much longer the trucks go on, at most, while the server stops."""

LONGEST_STOP_S = 60.0

SHARES = (("median", 0.5, ""), ("p95", 0.95, ""), ("p99", 0.99, "100 ms"), ("worst", 1.0, ""))
LAG_SHARES = (("median", 0.5, ""), ("p95", 0.95, ""), ("p99", 0.99, "2 s"), ("worst", 1.0, "2 s"))


@dataclass(frozen=True, slots=True)
class Load:
    """Trucks that send each second, for so many seconds, to some servers of one city.

    `database` is the URL of the PostgreSQL database that the city is in, "" for a SQLite file,
    which one server can have.
    """

    trucks: int = TRUCKS
    seconds: int = SECONDS
    servers: int = 1
    database: str = ""

    def __str__(self) -> str:
        """Return it in words, for a table."""
        servers = f"{self.servers} server{'s' if self.servers > 1 else ''}"
        place = f", {servers} on PostgreSQL" if self.database else ""
        return f"{self.trucks:,} trucks for {self.seconds} s{place}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the servers did under the load, and when they were told to stop.

    `used` is the share of one core that they used, `beside` that of their other processes, which
    digest positions and wait for plans. `waiting` is what was not digested when the time was
    over, `answers_s` how long answers took until then, sorted; so are the board's `lags_s`. `p99_s`
    are those of each minute, for a machine may have been busy in some.
    """

    used: float
    beside: float
    waiting: int
    answers_s: list[float]
    p99_s: list[float]
    lags_s: list[float]
    unanswered: int
    unshown: int
    stopped_s: float


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long answers took, what was lost, and how far the live map was behind."""
    yield from rows_of(Load())


def rows_of(load: Load) -> Iterator[tuple[str, str, str]]:
    """Yield the same of any load."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cities" / "gothenburg"
        network = make_city(folder, load)
        spoken = messages_of(network, load.trucks, load.seconds + MORE_S, token_of)
        ports = [PORT + number for number in range(load.servers)]
        trucks = [
            Truck(number, ports[number % load.servers], words)
            for number, words in enumerate(spoken)
        ]
        engine = open_city_database(folder)
        with ExitStack() as stack:
            servers = [stack.enter_context(_server(Path(name), port)) for port in ports]
            gc.collect()
            gc.freeze()
            outcome = uvloop.run(_driven(load, trucks, engine, servers))
        yield from _rows(load, outcome, trucks, engine)
        engine.dispose()


def _rows(
    load: Load, outcome: Outcome, trucks: Sequence[Truck], engine: Database
) -> Iterator[tuple[str, str, str]]:
    what, answers_s, lags_s = str(load), outcome.answers_s, outcome.lags_s
    yield f"{what}: acknowledged", f"{len(answers_s):,}", f"{load.trucks * load.seconds:,}"
    yield f"{what}: without an answer when the time was over", f"{outcome.unanswered:,}", ""
    yield f"{what}: refused", f"{sum(truck.refused for truck in trucks):,}", "0"
    for name, share, wanted in SHARES:
        yield f"{what}: answer, {name}", f"{_at(answers_s, share) * 1000:.1f} ms", wanted
    minutes = ", ".join(f"{p99_s * 1000:.0f}" for p99_s in outcome.p99_s)
    yield f"{what}: answer, p99 of each minute", f"{minutes} ms", ""
    for name, share, wanted in LAG_SHARES:
        yield f"{what}: live map behind, {name}", f"{_at(lags_s, share):.2f} s", wanted
    yield f"{what}: not shown when the time was over", f"{outcome.unshown:,}", ""
    yield f"{what}: stored and not digested then", f"{outcome.waiting:,}", ""
    yield f"{what}: the servers used of one core", f"{outcome.used:.0%}", ""
    yield f"{what}: their other processes used", f"{outcome.beside:.0%}", ""
    yield f"{what}: stopped while they went on", f"{outcome.stopped_s:.1f} s", "10 s"
    lost = _lost(trucks, engine)
    count = sum(len(truck.answered) for truck in trucks)
    yield f"{what}: acknowledged until the end and lost", f"{lost:,} of {count:,}", "0"
    with reading(engine) as tx:
        covered = tx.execute(select(func.count()).select_from(coverage)).scalar_one()
        wrong = count_faults(tx)
    yield f"{what}: directions with coverage", f"{covered:,}", ""
    reasons: Counter[str] = Counter()
    for (_, reason), times in wrong.items():
        reasons[reason] += times
    yield (
        f"{what}: not believed",
        ", ".join(f"{n:,} {why}" for why, n in reasons.items()) or "0",
        "",
    )


def _at(measured: Sequence[float], share: float) -> float:
    return measured[min(int(len(measured) * share), len(measured) - 1)] if measured else nan


def _p99_of_minutes(trucks: Sequence[Truck], begin_s: float) -> Iterator[float]:
    minutes: dict[int, list[float]] = defaultdict(list)
    for truck in trucks:
        for one in truck.answered:
            minutes[int((one.stamp_ms / 1000 - begin_s) // 60)].append(one.took_s)
    for _, took_s in sorted(minutes.items()):
        yield _at(sorted(took_s), 0.99)


def _lost(trucks: Sequence[Truck], engine: Database) -> int:
    """Return how many of the acknowledged positions are not stored."""
    kept: dict[int, set[int]] = defaultdict(set)
    with reading(engine) as tx:
        for row in tx.execute(select(position.c.vehicle_id, position.c.fixed_at)):
            kept[row.vehicle_id].add(round(row.fixed_at.timestamp() * 1000))
    return sum(
        one.stamp_ms not in kept[FIRST_ID + truck.number]
        for truck in trucks
        for one in truck.answered
    )


async def _driven(
    load: Load,
    trucks: Sequence[Truck],
    engine: Database,
    servers: Sequence[subprocess.Popen[bytes]],
) -> Outcome:
    boards = [Board(truck.port, str(Role.DISPATCHER), PASSWORD) for truck in trucks[: len(servers)]]
    for board in boards:
        await board.up()
    await boards[-1].open(trucks, FIRST_ID)
    begin_s, before = time.time() + 2.0, _used_s(servers)
    sending = asyncio.create_task(drive(trucks, begin_s, load.seconds + MORE_S))
    await asyncio.sleep(begin_s + load.seconds - time.time())
    own, beside = (
        (now_s - then_s) / load.seconds
        for now_s, then_s in zip(_used_s(servers), before, strict=True)
    )
    with reading(engine) as tx:
        waiting, _ = count_unseen(tx)
    answers_s = sorted(one.took_s for truck in trucks for one in truck.answered)
    p99_s = list(_p99_of_minutes(trucks, begin_s))
    lags_s, unshown = sorted(boards[-1].lags_s), sum(len(truck.sent) for truck in trucks)
    unanswered = sum(truck.waiting for truck in trucks)
    # The trucks go on sending while the servers are told to stop.
    for server in servers:
        server.send_signal(signal.SIGTERM)
    told_s = time.monotonic()
    for server in servers:
        await asyncio.to_thread(server.wait, LONGEST_STOP_S)
    stopped_s = time.monotonic() - told_s
    sending.cancel()
    for truck in trucks:
        truck.close()
    for board in boards:
        await board.close()
    return Outcome(own, beside, waiting, answers_s, p99_s, lags_s, unanswered, unshown, stopped_s)


def make_city(folder: Path, load: Load) -> StreetNetwork:
    """Make a city with a storm, a dispatcher, and a vehicle with a tracker for each truck."""
    now = Clock().now()
    new = NewCity("gothenburg", DEMO_CITY_FILE, database_url=load.database)
    add_city(folder, new, now, CONSOLE)
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        role = Role.DISPATCHER
        enroll(tx, CONSOLE, role, [role], "en", hash_password(PASSWORD), now)
        first = tx.execute(select(vehicle).limit(1)).mappings().one()
        for number in range(load.trucks):
            values = {**first, "id": FIRST_ID + number, "name": f"Truck {number}"}
            tx.execute(insert(vehicle).values(**values))
            digest = token_digest(token_of(number))
            add_device(tx, f"truck-{number}", VehicleId(FIRST_ID + number), digest)
        network = load_network(tx)
        start_storm(tx, CONSOLE, "bench", network, get_policy(tx), now)
    engine.dispose()
    return network


def token_of(number: int) -> str:
    return f"token-of-truck-{number}"


@contextmanager
def _server(var: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environ = os.environ | {"BARFRUB_VAR": str(var), "BARFRUB_CITY": "gothenburg"}
    command = [sys.executable, "-m", "api", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.kill()


def _used_s(servers: Sequence[subprocess.Popen[bytes]]) -> tuple[float, float]:
    """Return the processor time that servers have used, and that which their children have."""
    files = [
        file for server in servers for file in Path(f"/proc/{server.pid}/task").glob("*/children")
    ]
    pids = [int(child) for file in files for child in file.read_text().split()]
    own_s = sum(processor_s(server.pid) for server in servers)
    return own_s, sum(processor_s(child) for child in pids)


def processor_s(pid: int) -> float:
    """Return the processor time that a process and its threads have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
