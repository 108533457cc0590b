"""Barfrub, PyVRP and OR-Tools on the same problems, one after the other, for as many seconds."""

from collections.abc import Collection, Iterator
from pathlib import Path

from routing.formats.benchmarks.instance_problem import model_of
from routing.formats.format_detection import instance_from
from tests.benchmarks.routing import public
from tests.benchmarks.routing.peers import by_ortools, by_pyvrp

LARGE = ("val10D", "egl-e4-C", "mval10D", "mval4D", "Lpr-a-03", "Lpr-b-03")
"""Of the sets without reloads and turns, those of about a hundred tasks and more."""
SETS = ("carp-reload", "mcgrp", "mcgrp-turns")


def rows(seconds: float, seed: int, named: Collection[str] = ()) -> Iterator[tuple[str, ...]]:
    """Yield a row for each instance, only for those `named` if any; costs in the file's own terms.

    Raises `ValueError` for a name that no instance has.
    """
    best = public.best_known()
    for path in _files(named):
        model = model_of(instance_from(path.read_bytes(), path.stem))
        ours = public.solved(path, seconds, seed)
        peers = (by_pyvrp(model.problem, seconds, seed), by_ortools(model.problem, seconds))
        costs = (ours.cost, *(cost * model.unit for cost in peers))
        shown = [_shown(cost, best.get(path.stem)) for cost in costs]
        yield (path.stem, str(ours.tasks), *shown)


def _files(named: Collection[str]) -> list[Path]:
    large = [p for name in ("carp", "carp-mixed") for p in public.files(name) if p.stem in LARGE]
    found = large + [path for name in SETS for path in public.files(name)]
    unknown = set(named) - {path.stem for path in found}
    if unknown:
        raise ValueError(f"instances: not among the peers' ones: {', '.join(sorted(unknown))}")
    return [path for path in found if path.stem in named] if named else found


def _shown(cost: float, best: float | None) -> str:
    if cost == float("inf"):
        return "none that holds"
    return f"{cost:,.10g}" + (f" (+{public.gap(cost, best):.2f} %)" if best else "")
