"""`barfrub plan` in the metropolis of 100,000 streets, with 330 machines and with twelve.

Asked for 60 s; what the command takes from its start to its end, with all processors.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from api.config.clock import Clock
from data.model import Actor, ActorKind
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.setup.city import get_policy
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.storms.storm_start import start_storm
from tests.benchmarks import metropolis

ACTOR = Actor(ActorKind.SYSTEM, "bench")
SECONDS = float(os.environ.get("METROPOLIS_PLAN_S", "60"))
MACHINES = (metropolis.MACHINES, 12)
WANTED_S, WANTED_GB, WANTED_FIRST_S = 75.0, 2.0, 1.5


class CommandRun(NamedTuple):
    """What a command took: seconds by the clock and of processors, its largest memory.

    `first_s` is when it first said something about its progress, `text` what it printed.
    """

    wall_s: float
    cpu_s: float
    gb: float
    first_s: float
    text: str


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield a row for each fleet."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        var = Path(name)
        bare = var / "cities" / "bare"
        file = var / "metropolis.osm.pbf"
        metropolis.write_metropolis(file)
        add_city(bare, NewCity("bare", file, timezone="Asia/Tehran"), Clock().now(), ACTOR)
        for machines in MACHINES:
            city = var / "cities" / f"machines{machines}"
            shutil.copytree(bare, city)
            _begin_storm(city, metropolis.metropolis_fleet(machines))
            found = _planned(var, city.name)
            yield _row(machines, found)
    yield "load of the machine before", f"{load:.1f}", ""


def _begin_storm(city: Path, fleet: str) -> None:
    engine, now = database_of(city), Clock().now()
    with transaction(engine) as tx:
        network = load_network(tx)
        set_fleet(tx, ACTOR, fleet, network, now)
        start_storm(tx, ACTOR, "bench", network, get_policy(tx), now)
    engine.dispose()


def _planned(var: Path, city: str) -> CommandRun:
    """Run the command and hear when it begins to speak."""
    command = [sys.executable, "-c", "from api.cli.main import app; app()"]
    command += ["plan", "--city", city, "--seconds", f"{SECONDS:g}"]
    environment = os.environ | {"BARFRUB_VAR": str(var)}
    began_s = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    first_s: list[float] = []

    def hear(lines: Iterator[str]) -> None:
        next(lines, None)
        first_s.append(time.perf_counter() - began_s)
        deque(lines, maxlen=0)

    listener = Thread(target=hear, args=(process.stderr,))
    listener.start()
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    listener.join()
    if status:
        raise RuntimeError(f"the command ended with {status}")
    return CommandRun(
        time.perf_counter() - began_s,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss * 1024 / 1e9,
        first_s[0],
        text,
    )


def _row(machines: int, found: CommandRun) -> tuple[str, str, str]:
    classes = [line.split() for line in found.text.splitlines() if line.startswith("P")]
    in_time = ", ".join(f"{line[0]} {line[4]}" for line in classes if line[0] != "Plan")
    measured = (
        f"{found.wall_s:.0f} s, CPU {found.cpu_s:.0f} s, {found.gb:.2f} GB, first progress after "
        f"{found.first_s:.1f} s, by deadline {in_time}"
    )
    wanted = f"{WANTED_S:.0f} s, {WANTED_GB:g} GB, first progress {WANTED_FIRST_S:g} s"
    return f"plan of {SECONDS:.0f} s, {machines} machines", measured, wanted
