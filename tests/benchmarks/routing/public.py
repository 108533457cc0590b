"""Public instances: `barfrub solve` as a user runs it, judged by a program that is not ours."""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SHARED = Path(os.environ.get("BARFRUB_SHARED_DATA", Path(__file__).parents[4] / "shared/data"))
JUDGE = SHARED.parent / "tools/check_solution.py"
SETS = ("carp", "carp-mixed", "carp-reload", "large", "mcgrp", "mcgrp-turns", "salt")


@dataclass(frozen=True)
class Run:
    """What one call of `barfrub solve` reached; costs in the convention of the instance."""

    name: str
    cost: float
    bound: float | None
    tasks: int
    iterations: int
    seconds: float
    judged: bool


def files(chosen: str) -> list[Path]:
    """Return the instances of a set, by name; what people drive in Kerteminde is none."""
    found = sorted((SHARED / "routing" / chosen).iterdir())
    kinds = ([".dat"], [".txt"])
    return [path for path in found if path.suffixes in kinds or path.name == "kerteminde.json"]


def best_known() -> dict[str, float]:
    """Return the best known cost by instance."""
    with (SHARED / "routing/bks.csv").open(encoding="utf-8") as table:
        return {row["instance"]: float(row["best_known"]) for row in csv.DictReader(table)}


def solved(path: Path, seconds: float, seed: int = 1, threads: int = 1) -> Run:
    """Solve one instance in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "solution.json"
        options = ["--seconds", f"{seconds:g}", "--seed", str(seed), "--threads", str(threads)]
        command = [str(Path(sys.executable).parent / "barfrub"), "solve", str(path), *options]
        subprocess.run([*command, "--json", str(out)], capture_output=True, check=True)
        told = json.loads(out.read_text(encoding="utf-8"))
        judged = _judged(path, out)
    return Run(
        name=path.stem,
        cost=told["cost"],
        bound=told["lower_bound"],
        tasks=sum(_is_task(service) for route in told["routes"] for service in route["services"]),
        iterations=told["iterations"],
        seconds=told["seconds"],
        judged=judged,
    )


def _is_task(service: object) -> bool:
    return not (isinstance(service, dict) and "reload" in service)


def _judged(path: Path, out: Path) -> bool:
    command = [sys.executable, str(JUDGE), str(path), str(out)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def runs(chosen: str, seconds: float, jobs: int, seed: int = 1) -> list[Run]:
    """Solve a set, some instances at a time; salting tasks also as if one could turn anywhere."""
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(jobs) as pool:
        paths = files(chosen)
        if chosen == "salt":
            paths += [_turning_anywhere(path, Path(name)) for path in paths]
        return list(pool.map(lambda path: solved(path, seconds, seed), paths))


def _turning_anywhere(path: Path, folder: Path) -> Path:
    """Write a salting task in which every junction allows to turn back."""
    told = json.loads(path.read_text(encoding="utf-8"))
    free = folder / f"{path.stem}-turning-anywhere.json"
    free.write_text(json.dumps(told | {"U": told["nodes"]}), encoding="utf-8")
    return free


def gap(cost: float, best: float) -> float:
    """Return by how much a cost is above the best known, in percent."""
    return 100.0 * (cost / best - 1.0)


def rows(chosen: str, seconds: float, jobs: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield a row for each instance and one for the set."""
    best = best_known()
    found = runs(chosen, seconds, jobs, seed)
    for run in found:
        above = f"{gap(run.cost, best[run.name]):.2f} %" if run.name in best else ""
        under = f"{100.0 * (1.0 - run.bound / run.cost):.1f} %" if run.bound else ""
        rate = f"{run.iterations / run.seconds:,.0f}"
        verdict = "accepted" if run.judged else "REFUSED"
        yield (run.name, str(run.tasks), f"{run.cost:,.10g}", above, under, rate, verdict)
    gaps = [gap(run.cost, best[run.name]) for run in found if run.name in best]
    if gaps:
        mean, worst = sum(gaps) / len(gaps), max(gaps)
        accepted = f"{sum(run.judged for run in found)} of {len(found)}"
        yield (
            f"all of {chosen}",
            "",
            "",
            f"mean {mean:.3f} %, worst {worst:.2f} %",
            "",
            "",
            accepted,
        )


def bounds(seconds: float, seed: int) -> Iterator[tuple[str, ...]]:
    """Yield for each large instance how far the bound is below the best known cost by then."""
    best = best_known()
    for path in [*files("large"), *files("carp")]:
        run = solved(path, seconds, seed)
        if run.name in best and run.bound:
            below = f"{100.0 * (1.0 - run.bound / best[run.name]):.2f} %"
            yield run.name, str(run.tasks), f"{run.bound:,.10g}", f"{best[run.name]:,.10g}", below
