"""What the search commands share: compiling kernels beside, showing progress, stopping early."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from time import perf_counter
from types import FrameType

import typer

from api.processes.workers.kernel_compiler import KernelCompiler
from routing.search.warm_up import KernelKind

TICK_S = 1.0
"""Seconds between two lines before the first routes."""
QUIET_S = 5.0
"""Seconds between progress lines where no terminal can overwrite them."""
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def compiling(kind: KernelKind) -> Iterator[KernelCompiler]:
    """Compile the kernels of a kind of problem beside what follows, with a note where needed."""
    with KernelCompiler(kind) as kernels:
        if kernels.needed:
            note = "Compiling the optimizer beside the first routes (once on each machine) …"
            typer.echo(note, err=True)
        yield kernels


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
            self._searching_s, self._told_s = now_s, float("-inf")
        rate = iterations / max(now_s - self._searching_s, 1e-3)
        gap = f"{best / bound - 1.0:.1%}" if bound > 0 and not unserved else "-"
        line = (
            f"{now_s - self._began_s:5.0f} s  best {best * self.unit:,.0f}  "
            f"bound {bound * self.unit:,.0f}  gap {gap}  unserved {unserved:,}  "
            f"iterations {iterations:,} ({rate:,.0f} a second)"
        )
        self._show(line)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Print every second, or at intervals, how long there have been no first routes yet."""
        ended = Event()
        thread = Thread(target=self._tick, args=(ended,), name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _tick(self, ended: Event) -> None:
        while not ended.wait(TICK_S) and self._searching_s is None:
            self._show(f"{self.seconds:5.0f} s  looking for first routes")

    def _show(self, line: str) -> None:
        now_s = perf_counter()
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
class FirstRoutes:
    """Passes progress on; behind the first routes it waits for the kernels, until it is `over`."""

    report: Callable[[float, float, int, int], None]
    kernels: KernelCompiler
    over: Callable[[], bool]

    def __call__(self, best: float, bound: float, unserved: int, iterations: int) -> None:
        """Pass the progress on, and wait."""
        self.report(best, bound, unserved, iterations)
        self.kernels.wait(self.over)


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
