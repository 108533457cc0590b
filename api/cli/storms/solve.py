"""`barfrub solve`: solve a public instance or a problem in JSON, and write the solution."""

import sys
from pathlib import Path
from typing import Annotated

import typer

LEFT_UNDONE = 3
"""Exit code of an incomplete solution; 0 is a complete one, 1 an error, 2 wrong usage."""
BY_SIGNAL = 128
"""Added to the number of the signal that ended the search early."""


def solve(
    file: Annotated[Path, typer.Argument(help="A public instance, or a problem as JSON.")],
    seconds: Annotated[
        float | None,
        typer.Option(
            min=0,
            help="Seconds to search; 60 unless --iterations is given.",
            show_default=False,
        ),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Number of iterations, for the same result on every machine.",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Threads to use.")] = 1,
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed; each seed gives another solution.")
    ] = 1,
    warm_start: Annotated[
        Path | None, typer.Option(help="Initial solution, as written by --json.")
    ] = None,
    json_file: Annotated[
        str | None, typer.Option("--json", help="File for the solution; - for standard output.")
    ] = None,
) -> None:
    """Solve a routing problem in a file; Ctrl+C stops early and keeps the best."""
    from api.config.settings import Settings, prepare_numba
    from data.errors import InvalidError

    if seconds is not None and not seconds < float("inf"):
        raise InvalidError("--seconds", seconds, "a finite number")
    target = _target(json_file)
    prepare_numba(Settings())
    from api.cli.storms.solver_run import case_of, print_summary, searched

    case = case_of(file, warm_start)
    found, progress, asked = searched(case, seconds, iterations, threads, seed)
    written = case.written(found, progress.seconds)
    _write(written, target)
    print_summary(case, written, to_stderr=target == "-")
    if asked.by is not None:
        raise typer.Exit(BY_SIGNAL + asked.by)
    if written["unserved"]:
        raise typer.Exit(LEFT_UNDONE)


def _target(json_file: str | None) -> str | None:
    """Return the file for the solution; raise before the search where it cannot be written."""
    from data.errors import InvalidError

    if json_file in (None, "-"):
        return json_file
    path = Path(json_file)
    if path.is_dir():
        raise InvalidError("--json", json_file, "a file, not a folder")
    if not path.parent.is_dir():
        raise InvalidError("--json", json_file, "a file in a folder that exists")
    return json_file


def _write(written: dict[str, object], target: str | None) -> None:
    """Write the solution completely or not at all."""
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
