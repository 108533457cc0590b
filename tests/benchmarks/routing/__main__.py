"""`make bench-routing`: how near the optimizer comes to the records, and how its peers do.

    make bench-routing ONLY="carp carp-mixed" SECONDS=60 JOBS=1 SEED=1

prints tables: the public sets by name, `bounds` (SECONDS=10 is what to look at), `roads`, `city`
and `replan`. With PEERS=1 also `peers`:
PyVRP and OR-Tools on the same problems, seconds and machine; INSTANCES="CBMix5-TP CBMix10-TP"
chooses among them.
"""

import os
import platform
import sys
from collections.abc import Iterable

from api.config.settings import Settings, prepare_numba
from tests.benchmarks.routing import city, public, replan, roads

PUBLIC = ("instance", "tasks", "cost", "above best known", "bound below", "iterations/s", "judge")
BOUNDS = ("instance", "tasks", "bound", "best known", "below it")
PEERS = ("instance", "tasks", "Barfrub", "PyVRP", "OR-Tools")


def shown(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Print a table as its rows come in."""
    print(f"\n{title}\n\n| " + " | ".join(head) + " |")
    print("| " + " | ".join("---" for _ in head) + " |")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def main(chosen: list[str], seconds: float, jobs: int, seed: int, named: list[str]) -> None:
    """Print the tables asked for; in that of the peers only the instances `named`, if any."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{machine}; {seconds:g} s, one thread each, {jobs} at a time, seed {seed}")
    for name in chosen:
        if name == "city":
            shown("city, two threads", city.HEAD, city.rows(seconds))
        elif name == "replan":
            shown("a running city", replan.HEAD, replan.rows(seconds, seed))
        elif name == "bounds":
            shown("bounds", BOUNDS, public.bounds(seconds, seed))
        elif name == "roads":
            shown("real streets", roads.HEAD, roads.rows(seconds, seed))
        elif name == "peers":
            from tests.benchmarks.routing import side_by_side  # needs what PEERS=1 installs

            shown("peers", PEERS, side_by_side.rows(seconds, seed, named))
        else:
            shown(name, PUBLIC, public.rows(name, seconds, jobs, seed))


if __name__ == "__main__":
    prepare_numba(Settings())
    every = [*public.SETS, "bounds", "roads", "city", "replan"]
    main(
        sys.argv[1:] or every,
        float(os.environ.get("SECONDS", "60")),
        int(os.environ.get("JOBS", "1")),
        int(os.environ.get("SEED", "1")),
        os.environ.get("INSTANCES", "").split(),
    )
