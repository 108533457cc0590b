"""What the search commands share: compiling kernels, showing progress, stopping early."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from types import FrameType

import typer

from routing.problem.problem import Problem

QUIET_S = 5.0
"""Seconds between progress lines where no terminal can overwrite them."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def prepare(like: Problem | None = None) -> None:
    """Compile the optimizer's kernels for a problem, with a note where it takes long."""
    from routing.search.warm_up import reporting_compilation, warm_up

    with reporting_compilation(_say_it_takes_long):
        warm_up(like)


def _say_it_takes_long() -> None:
    typer.echo("Preparing the optimizer (a minute or two, once on each machine) …", err=True)


@dataclass(slots=True)
class ProgressLine:
    """Prints the current best: continuously in a terminal, else at intervals.

    Costs are shown times `unit`.
    """

    unit: float = 1.0
    _began_s: float = field(default_factory=perf_counter, init=False)
    _told_s: float = field(default=float("-inf"), init=False)
    _searching_s: float | None = field(default=None, init=False)

    @property
    def seconds(self) -> float:
        """Seconds since the search was started."""
        return perf_counter() - self._began_s

    def __call__(self, best: float, bound: float, unserved: int, iterations: int) -> None:
        """Print the progress of the search."""
        now_s = perf_counter()
        if self._searching_s is None:
            self._searching_s = now_s
        rate = iterations / max(now_s - self._searching_s, 1e-3)
        gap = f"{best / bound - 1.0:.1%}" if bound > 0 and not unserved else "-"
        line = (
            f"{now_s - self._began_s:5.0f} s  best {best * self.unit:,.0f}  "
            f"bound {bound * self.unit:,.0f}  gap {gap}  unserved {unserved:,}  "
            f"iterations {iterations:,} ({rate:,.0f} a second)"
        )
        if sys.stderr.isatty():
            print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)
        elif now_s - self._told_s >= QUIET_S:
            self._told_s = now_s
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line in a terminal."""
        if sys.stderr.isatty():
            print(file=sys.stderr, flush=True)


@dataclass(slots=True)
class StopRequest:
    """Whether a stop was requested, and by which signal."""

    by: signal.Signals | None = None

    def __call__(self) -> bool:
        """Return whether a stop was requested."""
        return self.by is not None


@contextmanager
def stoppable() -> Iterator[StopRequest]:
    """Yield a stop request that Ctrl+C or `kill` sets; a second signal ends the command."""
    asked = StopRequest()
    former = {number: signal.getsignal(number) for number in SIGNALS}

    def ask(number: int, _: FrameType | None) -> None:
        asked.by = signal.Signals(number)
        for each, handler in former.items():
            signal.signal(each, handler)

    for number in SIGNALS:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
