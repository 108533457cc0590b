"""The steps of `barfrub solve`: read the case, search, print."""

from pathlib import Path

import typer

from api.cli.storms.search_progress import (
    FirstRoutes,
    ProgressLine,
    StopRequest,
    compiling,
    stoppable,
)
from data.errors import BarfrubError
from routing.formats.solver_case import SolverCase, StartError, case_from
from routing.formats.summary import summary_lines
from routing.formats.text.format_error import FormatError
from routing.problem.problem import Solution
from routing.problem.stopping import (
    FirstOf,
    MaxIterations,
    MaxRuntime,
    StoppingCriterion,
    StopWhenAsked,
)
from routing.search.solver import solve as search
from routing.search.warm_up import kind_of

SECONDS = 60.0
"""Default search time."""


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BarfrubError(f"{path}: cannot be read: {reason}") from error


def case_of(file: Path, warm_start: Path | None) -> SolverCase:
    """Read the problem and the initial solution."""
    content = _bytes_of(file)
    start = _bytes_of(warm_start) if warm_start else None
    try:
        return case_from(content, file.stem, start)
    except StartError as error:
        raise BarfrubError(f"{warm_start}: {error}") from error
    except FormatError as error:
        raise BarfrubError(f"{file}: {error}") from error


def searched(
    case: SolverCase, seconds: float | None, iterations: int | None, threads: int, seed: int
) -> tuple[Solution, ProgressLine, StopRequest]:
    """Return the solution, the search statistics and whether it was stopped."""
    stops: list[StoppingCriterion] = []
    if iterations is not None:
        stops.append(MaxIterations(iterations))
    if seconds is not None or iterations is None:
        stops.append(MaxRuntime(SECONDS if seconds is None else seconds))
    stop = FirstOf(*stops) if len(stops) == 2 else stops[0]
    progress = ProgressLine(case.unit)
    most_s = (SECONDS if iterations is None else float("inf")) if seconds is None else seconds
    with stoppable() as asked, compiling(kind_of(case.problem)) as kernels, progress.ticking():
        until = StopWhenAsked(asked, stop)
        report = FirstRoutes(progress, kernels, lambda: asked() or progress.seconds >= most_s)
        found = search(case.problem, until, seed, report, case.start, threads)
    progress.end()
    return found, progress, asked


def print_summary(case: SolverCase, written: dict[str, object], *, to_stderr: bool) -> None:
    """Print a summary of the solution."""
    for line in summary_lines(case.name, case.format, written):
        typer.echo(line, err=to_stderr)
