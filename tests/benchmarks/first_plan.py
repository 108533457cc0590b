"""First plan and the plan after a while: the demo city, Urmia's 66 machines, all of P1 to P3."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SECONDS = 60

_PROBE = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from api.simulation.demo_city import DEMO_CITY_FILE
from api.config.settings import Settings, prepare_numba
prepare_numba(Settings())
from data.setup.fleet_file import URMIA_FLEET
from data.model import Actor, ActorKind
from data.store.setup.city import get_policy
from data.store.database.engine import create_engine, transaction
from data.store.streets.network import load_network
from fleet.setup.city_setup import NewCity, add_city, set_fleet
from fleet.planning.plan_summary import figures_of
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.storms.storm_start import start_storm
folder, seconds = Path(sys.argv[1]), float(sys.argv[2])
actor, now = Actor(ActorKind.SYSTEM, "bench"), datetime(2026, 12, 21, tzinfo=UTC)
city = NewCity("gothenburg", DEMO_CITY_FILE, timezone="Europe/Stockholm")
add_city(folder, city, now, actor)
with transaction(create_engine(folder / "barfrub.sqlite")) as tx:
    network = load_network(tx)
    set_fleet(tx, actor, URMIA_FLEET, network, now)
    storm = start_storm(tx, actor, "bench", network, get_policy(tx), now)
    prepared = prepare(tx, storm.id, network, now)
seen = []
start = time.perf_counter()
report = lambda *told: seen.append((time.perf_counter() - start, *told))
plan = solve_prepared(prepared, seconds, 1, report, lambda: False)
figures = figures_of(plan, prepared.jobs, prepared.vehicles, network, prepared.policy)
print(json.dumps({
    "jobs": len(prepared.jobs), "first_s": seen[0][0], "iterations": seen[-1][4],
    "in_time": {row.service_class: row.in_time_share for row in figures.classes},
    "unserved_share": len(plan.unserved) / len(prepared.jobs),
    "work_km": sum(row.work_km for row in figures.vehicles),
    "deadhead_km": sum(row.deadhead_km for row in figures.vehicles),
    "whole_s": time.perf_counter() - start,
    "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
}))
"""


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield what was measured; kernels are compiled by a short run first."""
    _measured(1)
    found = _measured(SECONDS)
    in_time = ", ".join(f"{name} {share:.1%}" for name, share in found["in_time"].items())
    yield f"first plan of {found['jobs']:,} jobs", f"{found['first_s']:.1f} s", ""
    yield f"after {SECONDS} s: done by deadline", in_time, ""
    yield f"after {SECONDS} s: jobs left undone", f"{found['unserved_share']:.1%}", ""
    drives = f"{found['work_km']:,.0f} km work, {found['deadhead_km']:,.0f} km deadhead"
    yield f"after {SECONDS} s: driven", drives, ""
    yield f"after {SECONDS} s: iterations", f"{found['iterations']:,}", ""
    yield "set-up, solve and referee", f"{found['whole_s']:.1f} s", ""
    yield "peak memory", f"{found['peak_gb']:.2f} GB", ""


def _measured(seconds: float) -> dict:
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-c", _PROBE, str(Path(name) / "city"), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
