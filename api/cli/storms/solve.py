"""`barfrub solve`: solve a public instance or a problem of our own, and write the solution."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.cli.storms.search_progress import ProgressLine, StopRequest
    from routing.formats.solver_case import SolverCase
    from routing.problem.problem import Solution

LEFT_UNDONE = 3
"""Exit code where something is left undone; 0 is a whole solution, 1 an error, 2 wrong usage."""
BY_SIGNAL = 128
"""Added to the number of the signal that ended the search early."""
SECONDS = 60.0
"""How long to search where nothing else is said."""


def solve(
    file: Annotated[Path, typer.Argument(help="A public instance, or a problem as JSON.")],
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="How long to search; 60 where --iterations is not given.",
            show_default=False,
        ),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option(
            min=0, help="Iterations to do: the same answer everywhere.", show_default=False
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Threads to use.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Another seed finds another solution.")] = 1,
    warm_start: Annotated[
        Path | None, typer.Option(help="A solution to begin from, as --json writes it.")
    ] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", help="File for the solution, - for the output.")
    ] = None,
) -> None:
    """Find good routes for a file; Ctrl+C stops early and keeps the best."""
    from api.config.settings import Settings, prepare_numba
    from data.errors import InvalidError

    if seconds is not None and not seconds < float("inf"):
        raise InvalidError("--seconds", seconds, "a finite number")
    target = _target(json_file)
    prepare_numba(Settings())
    case = _case(file, warm_start)
    found, progress, asked = _found(case, seconds, iterations, threads, seed)
    written = case.written(found, progress.seconds)
    _write(written, target)
    _print_summary(case, written, to_stderr=target == "-")
    if asked.by is not None:
        raise typer.Exit(BY_SIGNAL + asked.by)
    if written["unserved"]:
        raise typer.Exit(LEFT_UNDONE)


def _target(json_file: str | None) -> str | None:
    """Return where the solution goes; raise before the search where nothing can be written."""
    from data.errors import InvalidError

    if json_file in (None, "-"):
        return json_file
    path = Path(json_file)
    if path.is_dir():
        raise InvalidError("--json", json_file, "a file, not a folder")
    if not path.parent.is_dir():
        raise InvalidError("--json", json_file, "a file in a folder that exists")
    return json_file


def _bytes_of(path: Path) -> bytes:
    from data.errors import BarfrubError

    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BarfrubError(f"{path}: cannot be read: {reason}") from error


def _case(file: Path, warm_start: Path | None) -> "SolverCase":
    """Read what the file asks for and where to begin."""
    from data.errors import BarfrubError
    from routing.formats.solver_case import StartError, case_from
    from routing.formats.text.format_error import FormatError

    content = _bytes_of(file)
    start = _bytes_of(warm_start) if warm_start else None
    try:
        return case_from(content, file.stem, start)
    except StartError as error:
        raise BarfrubError(f"{warm_start}: {error}") from error
    except FormatError as error:
        raise BarfrubError(f"{file}: {error}") from error


def _found(
    case: "SolverCase", seconds: float | None, iterations: int | None, threads: int, seed: int
) -> "tuple[Solution, ProgressLine, StopRequest]":
    """Return the solution, how the search went and whether somebody stopped it."""
    from api.cli.storms.search_progress import ProgressLine, prepare, stoppable
    from routing.problem.stopping import (
        FirstOf,
        MaxIterations,
        MaxRuntime,
        StoppingCriterion,
        StopWhenAsked,
    )
    from routing.search.solver import solve as search

    prepare(case.problem)
    stops: list[StoppingCriterion] = []
    if iterations is not None:
        stops.append(MaxIterations(iterations))
    if seconds is not None or iterations is None:
        stops.append(MaxRuntime(SECONDS if seconds is None else seconds))
    stop = FirstOf(*stops) if len(stops) == 2 else stops[0]
    progress = ProgressLine(case.unit)
    with stoppable() as asked:
        found = search(
            case.problem, StopWhenAsked(asked, stop), seed, progress, case.start, threads
        )
    progress.end()
    return found, progress, asked


def _write(written: dict[str, object], target: str | None) -> None:
    """Write the solution as a whole or not at all."""
    import json

    from data.errors import BarfrubError

    if target is None:
        return
    text = json.dumps(written, ensure_ascii=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    path = Path(target)
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise BarfrubError(f"{path}: cannot be written: {error.strerror}") from error


def _print_summary(case: "SolverCase", written: dict[str, object], *, to_stderr: bool) -> None:
    """Print the solution in a few lines."""
    from routing.formats.summary import summary_lines

    for line in summary_lines(case.name, case.format, written):
        typer.echo(line, err=to_stderr)
