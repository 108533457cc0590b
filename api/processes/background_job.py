"""Long jobs that a page starts and follows: one at a time, in a thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock, Thread

from data.errors import BarfrubError, ConflictError

type Report = Callable[[str], None]
"""Called with the name of each step when it begins."""

_log = logging.getLogger(__name__)


class WorkState(StrEnum):
    """The state of a background job."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WorkProgress[T]:
    """The progress of a background job.

    `step` is the one at work, or where it failed; `outcome` is what came out of it.
    """

    name: str = ""
    state: WorkState = WorkState.IDLE
    step: str = ""
    outcome: T | None = None
    error: BarfrubError | None = None


class BackgroundJob[T]:
    """Runs one job at a time and reports its progress."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: WorkProgress[T] = WorkProgress()

    @property
    def state(self) -> WorkProgress[T]:
        """The progress of the last job."""
        return self._state

    def begin(self, name: str, work: Callable[[Report], T]) -> None:
        """Start a job in a thread; raise `ConflictError` while another one runs."""
        with self._lock:
            if self._state.state is WorkState.RUNNING:
                raise ConflictError("another import is running", reason="import_running")
            self._state = WorkProgress(name, WorkState.RUNNING)
        Thread(target=self._run, args=(name, work), name="barfrub-background", daemon=True).start()

    def forget(self) -> None:
        """Drop the outcome of the last job."""
        with self._lock:
            if self._state.state is not WorkState.RUNNING:
                self._state = WorkProgress()

    def _run(self, name: str, work: Callable[[Report], T]) -> None:
        def report(step: str) -> None:
            self._state = WorkProgress(name, WorkState.RUNNING, step)

        try:
            outcome = work(report)
        except BarfrubError as error:
            self._state = WorkProgress(name, WorkState.FAILED, self._state.step, error=error)
        except Exception:
            _log.exception("%s failed", name)
            unknown = BarfrubError("internal error")
            self._state = WorkProgress(name, WorkState.FAILED, self._state.step, error=unknown)
        else:
            self._state = WorkProgress(name, WorkState.DONE, self._state.step, outcome)
