"""Whole cities: Gothenburg's streets with Urmia's 66 machines, and a generated city of 20,604."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HEAD = (
    "city",
    "first plan",
    "hours",
    "km",
    "late P1, P2, P3 (min)",
    "in time",
    "any plan at most",
    "undone",
    "memory",
)
WARM_S, USUAL_S, LONG_S = 1.0, 60.0, 600.0
THREADS = 2
FIRST_CLASS = 20.0
"""What lateness of the first class costs more where it is to come before all others."""


def probed(city: str, folder: Path, seconds: float, times: float = 1.0) -> dict:
    """Return the figures of one run, lateness of the first class at so many times its price."""
    numbers = [f"{seconds:g}", str(THREADS), f"{times:g}"]
    module = "tests.benchmarks.routing.city_probe"
    command = [sys.executable, "-m", module, city, str(folder), *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def row(title: str, found: dict) -> tuple[str, ...]:
    """Return a row of the table."""
    return (
        f"{title}, {found['tasks']:,} passes",
        f"{found['first_s']:.1f} s",
        f"{found['service_h']:,.1f}",
        f"{found['work_km'] + found['deadhead_km']:,.0f}",
        " / ".join(f"{late:.1f}" for late in found["late_min"]),
        " / ".join(f"{share:.1%}" for share in found["in_time"]),
        " / ".join(f"{share:.1%}" for share in found["most_in_time"]),
        " / ".join(f"{count:,}" for count in found["undone"]),
        f"{found['peak_gb']:.2f} GB" + (" REFUSED" if found["violations"] else ""),
    )


def rows(seconds: float = USUAL_S, long_s: float = LONG_S) -> Iterator[tuple[str, ...]]:
    """Yield a row for each run; the first, not shown, compiles the kernels."""
    with tempfile.TemporaryDirectory() as name:
        city = Path(name) / "gothenburg"
        probed("gothenburg", city, WARM_S)
        for budget_s in (seconds, long_s):
            yield row(f"Gothenburg after {budget_s:g} s", probed("gothenburg", city, budget_s))
        grid = Path(name) / "grid"
        yield row(f"generated after {seconds:g} s", probed("grid", grid, seconds))
        found = probed("grid", grid, seconds, FIRST_CLASS)
        yield row(f"generated after {seconds:g} s, P1 before all", found)
