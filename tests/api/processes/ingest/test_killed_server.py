"""What was acknowledged is there after the server was killed in the middle of it."""

import os
import socket
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
from sqlalchemy import select

from api.config.clock import Clock
from api.processes.workers.worker_processes import WORKERS
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.schema import position
from fleet.accounts.accounts import token_digest

ROOT = Path(__file__).parents[4]
TOKEN = "a-long-secret-word"
SENDERS = 6
ENOUGH = 300
LONGEST_S = 600
STOPS_IN_S = 600
"""A stop takes a second or two; machines that run tests may be busy."""


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def started(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "api", "serve", "--city", "village", "--port", str(port)]
    environ = os.environ | {"BARFRUB_VAR": str(folder.parent.parent)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=quiet, stderr=quiet)


def test_no_acknowledged_position_is_missing_after_a_kill(city_folder: Path) -> None:
    engine = database_of(city_folder)
    with transaction(engine) as tx:
        add_device(tx, "truck-1", VehicleId(1), token_digest(TOKEN))
    port, numbers, acknowledged = free_port(), count(), list[datetime]()
    begin = Clock().now().replace(microsecond=0) - timedelta(hours=1)
    enough, over = threading.Event(), threading.Event()

    def send() -> None:
        transport = httpx.HTTPTransport(retries=0)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
            while not over.is_set():
                fixed_at = begin + timedelta(milliseconds=100 * next(numbers))
                query = {"id": TOKEN, "lat": "37.55", "lon": "45.07"}
                stamp = {"timestamp": str(int(fixed_at.timestamp() * 1000))}
                try:
                    answer = client.get("/osmand", params=query | stamp)
                except httpx.TransportError:  # not up yet, or killed already
                    over.wait(0.05)
                    continue
                if answer.status_code == 200:
                    acknowledged.append(fixed_at)
                if len(acknowledged) >= ENOUGH:
                    enough.set()

    server = started(city_folder, port)
    senders = [threading.Thread(target=send) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    try:
        assert enough.wait(LONGEST_S)
        server.kill()
        server.wait(STOPS_IN_S)  # while all go on sending
    finally:
        over.set()
        server.kill()
        server.wait()
        for sender in senders:
            sender.join()
    with reading(engine) as tx:
        kept = set(tx.scalars(select(position.c.fixed_at)))
    engine.dispose()
    assert len(acknowledged) >= ENOUGH
    assert set(acknowledged) <= kept


def children_of(pid: int) -> list[Path]:
    """The folders of /proc of the processes that any thread of a process has started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [Path("/proc") / child for one in lists for child in one.read_text().split()]


def lives(process: Path) -> bool:
    """Whether it runs; one that has ended and that nobody asked about has no words any more."""
    try:
        return (process / "cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_processes_of_a_server_leave_when_it_is_killed_while_they_start(city_folder: Path) -> None:
    server, pause = started(city_folder, free_port()), threading.Event()
    try:
        while len(children_of(server.pid)) <= len(WORKERS):
            assert server.poll() is None
            pause.wait(0.01)
        children = children_of(server.pid)
    finally:
        server.kill()
        server.wait()
    for _ in range(20 * LONGEST_S):
        if not any(map(lives, children)):
            return
        pause.wait(0.05)
    raise AssertionError(f"still there: {children}")
