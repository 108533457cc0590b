"""A thousand trucks that send every second through the OsmAnd door of a real server, in a storm.

`SECONDS` (600) and `TRUCKS` (1,000) come from the environment. The senders run beside the server on
the same machine, on the loopback only; a dispatcher's board is open all the time. When the time is
over the server is told to stop while the trucks go on sending.
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
from contextlib import contextmanager
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
class Outcome:
    """What the server did under the load, and when it was told to stop.

    `used` is the share of one core that it used, `beside` that of its other processes, which
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "cities" / "gothenburg"
        network = _make_city(folder)
        spoken = messages_of(network, TRUCKS, SECONDS + MORE_S, _token)
        trucks = [Truck(number, PORT, words) for number, words in enumerate(spoken)]
        engine = open_city_database(folder)
        with _server(Path(name)) as server:
            gc.collect()
            gc.freeze()
            outcome = uvloop.run(_driven(trucks, engine, server))
        yield from _told(outcome, trucks, engine)
        engine.dispose()


def _told(
    outcome: Outcome, trucks: Sequence[Truck], engine: Database
) -> Iterator[tuple[str, str, str]]:
    what, answers_s, lags_s = (
        f"{TRUCKS:,} trucks for {SECONDS} s",
        outcome.answers_s,
        outcome.lags_s,
    )
    yield f"{what}: acknowledged", f"{len(answers_s):,}", f"{TRUCKS * SECONDS:,}"
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
    yield f"{what}: the server used of one core", f"{outcome.used:.0%}", ""
    yield f"{what}: its other processes used", f"{outcome.beside:.0%}", ""
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
    trucks: Sequence[Truck], engine: Database, server: subprocess.Popen[bytes]
) -> Outcome:
    board = Board(PORT, str(Role.DISPATCHER), PASSWORD)
    await board.open(trucks, FIRST_ID)
    begin_s, before = time.time() + 2.0, _used_s(server.pid)
    sending = asyncio.create_task(drive(trucks, begin_s, SECONDS + MORE_S))
    await asyncio.sleep(begin_s + SECONDS - time.time())
    own, beside = (
        (now_s - then_s) / SECONDS
        for now_s, then_s in zip(_used_s(server.pid), before, strict=True)
    )
    with reading(engine) as tx:
        waiting, _ = count_unseen(tx)
    answers_s = sorted(one.took_s for truck in trucks for one in truck.answered)
    p99_s = list(_p99_of_minutes(trucks, begin_s))
    lags_s, unshown = sorted(board.lags_s), sum(len(truck.sent) for truck in trucks)
    unanswered = sum(truck.waiting for truck in trucks)
    # The trucks go on sending while the server is told to stop.
    server.send_signal(signal.SIGTERM)
    told_s = time.monotonic()
    await asyncio.to_thread(server.wait, LONGEST_STOP_S)
    stopped_s = time.monotonic() - told_s
    sending.cancel()
    for truck in trucks:
        truck.close()
    await board.close()
    return Outcome(own, beside, waiting, answers_s, p99_s, lags_s, unanswered, unshown, stopped_s)


def _make_city(folder: Path) -> StreetNetwork:
    """Make a city with a storm, a dispatcher, and a vehicle with a tracker for each truck."""
    now = Clock().now()
    add_city(folder, NewCity("gothenburg", DEMO_CITY_FILE), now, CONSOLE)
    engine = open_city_database(folder)
    with transaction(engine) as tx:
        role = Role.DISPATCHER
        enroll(tx, CONSOLE, role, [role], "en", hash_password(PASSWORD), now)
        first = tx.execute(select(vehicle).limit(1)).mappings().one()
        for number in range(TRUCKS):
            values = {**first, "id": FIRST_ID + number, "name": f"Truck {number}"}
            tx.execute(insert(vehicle).values(**values))
            digest = token_digest(_token(number))
            add_device(tx, f"truck-{number}", VehicleId(FIRST_ID + number), digest)
        network = load_network(tx)
        start_storm(tx, CONSOLE, "bench", network, get_policy(tx), now)
    engine.dispose()
    return network


def _token(number: int) -> str:
    return f"token-of-truck-{number}"


@contextmanager
def _server(var: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = os.environ | {"BARFRUB_VAR": str(var), "BARFRUB_CITY": "gothenburg"}
    command = [sys.executable, "-m", "api", "serve", "--port", str(PORT)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as server:
        try:
            yield server
        finally:
            server.kill()


def _used_s(pid: int) -> tuple[float, float]:
    """Return the processor time that a process has used, and that which its children have."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    pids = [int(child) for file in children for child in file.read_text().split()]
    return _processor_s(pid), sum(_processor_s(child) for child in pids)


def _processor_s(pid: int) -> float:
    """Return the processor time that a process and its threads have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
