"""A sandbox steps back: it gets what the real city leaves of processors and memory."""

import ctypes
import os
import signal
from contextlib import suppress
from pathlib import Path

NICENESS = 15
"""How far it steps back; what solves plans in it steps back to the last."""

GOES_FIRST = "500"
"""How much sooner than others its processes are ended when memory is short, of 1000."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def step_back() -> None:
    """Let this process, and the children that it starts from now on, come after all others."""
    os.nice(max(NICENESS - os.nice(0), 0))
    with suppress(AttributeError, OSError):  # not on Linux, or not allowed
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(GOES_FIRST, encoding="ascii")


def step_back_together(pid: int) -> None:
    """Let a session of processes come after all others.

    Linux shares processors among sessions first (`sched_autogroup`), and only then by niceness.
    """
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICENESS), encoding="ascii")


def end_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends, however it does."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
