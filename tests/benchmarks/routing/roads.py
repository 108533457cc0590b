"""Real streets as classical instances of 350 to 8,500 tasks: first routes, then a search."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from api.simulation.demo_city import DEMO_CITY_FILE
from fleet.setup.city_files import read_city_file
from tests.benchmarks.road_instances import instance_text
from tests.benchmarks.routing import public

HEAD = ("streets", "tasks", "first routes", "cost", "bound below", "iterations/s", "judge")
SIZES = (350, 1_000, 3_500, 8_500)
PER_ROUTE = 40.0


def rows(seconds: float, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield a row for each size; the first routes are a whole command that stops after them."""
    streets = read_city_file(DEMO_CITY_FILE).segments
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            path = Path(name) / f"gothenburg-{size}.dat"
            path.write_text(instance_text(path.stem, streets, size, PER_ROUTE), encoding="utf-8")
            first_s = _first_s(path)
            run = public.solved(path, seconds, seed)
            under = f"{100.0 * (1.0 - run.bound / run.cost):.1f} %" if run.bound else ""
            rate = f"{run.iterations / run.seconds:,.0f}"
            verdict = "accepted" if run.judged else "REFUSED"
            yield (path.stem, f"{run.tasks:,}", first_s, f"{run.cost:,.0f}", under, rate, verdict)


def _first_s(path: Path) -> str:
    command = [
        str(Path(sys.executable).parent / "barfrub"),
        "solve",
        str(path),
        "--seconds",
        "0.01",
    ]
    began = time.perf_counter()
    subprocess.run([*command, "--json", "-"], capture_output=True, check=True)
    return f"{time.perf_counter() - began:.1f} s"
