"""A child process that compiles the kernels of a search beside the first routes.

The kernels of first routes take ten seconds to compile, those of the search half a minute more; a
process has one compiler only. What is compiled is kept, so that this happens once on a machine.
"""

import os
import platform
import signal
import sys
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from time import sleep
from types import TracebackType

from routing.kernels.arrays.jit import digest_of
from routing.search import warm_up
from routing.search.warm_up import KernelKind, warm_up_search

LOOK_S = 0.05
"""Seconds between two looks at whether the child has ended."""


class KernelCompiler:
    """Compiles the kernels of some kind of problem in a child process, unless that was done.

    `prepare_numba` has to come before. Of several children for one kind only the first compiles.
    """

    def __init__(self, kind: KernelKind) -> None:
        self.process = None
        if not mark_of(kind).exists():
            context = get_context("spawn")
            self.process = context.Process(target=compile_once, args=(kind,), daemon=True)

    @property
    def needed(self) -> bool:
        """Whether something has to be compiled."""
        return self.process is not None

    def wait(self, over: Callable[[], bool]) -> None:
        """Return once everything is compiled, or it is `over`."""
        while self.process is not None and self.process.is_alive() and not over():
            sleep(LOOK_S)

    def __enter__(self) -> "KernelCompiler":
        """Start the child."""
        if self.process is not None:
            self.process.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """End the child: what it has compiled so far is kept."""
        if self.process is not None:
            self.process.kill()
            self.process.join()


def compile_once(kind: KernelKind) -> None:
    """Compile the kernels of a kind and mark that, unless another process has done so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C ends the search, and with it this process
    mark = mark_of(kind)
    mark.parent.mkdir(parents=True, exist_ok=True)
    with mark.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not mark.exists():
            warm_up_search(kind)
            mark.touch()


def mark_of(kind: KernelKind) -> Path:
    """Return the file that says that these kernels were compiled."""
    kernels = Path(warm_up.__file__).parents[1] / "kernels"
    words = (
        f"{kind.modes}-modes",
        *(["reloads"] if kind.reloads else []),
        *(["rules"] if kind.ruled else []),
        f"numba-{version('numba')}",
        os.environ.get("NUMBA_CPU_NAME", platform.machine()),
        str(sys.implementation.cache_tag),
    )
    name = "-".join(words) + ".compiled"
    return Path(os.environ["NUMBA_CACHE_DIR"]) / digest_of(kernels) / name
