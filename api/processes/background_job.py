"""Long work that a page starts and watches: one piece at a time, in a thread of its own."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread

from data.errors import BarfrubError, ConflictError

type Report = Callable[[str], None]
"""Hears the name of each step when it begins."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrandState[T]:
    """How far the work is: `state` is idle, running, done or failed.

    `step` is the one at work, or where it failed; `outcome` is what came out of it.
    """

    name: str = ""
    state: str = "idle"
    step: str = ""
    outcome: T | None = None
    error: BarfrubError | None = None


class Errand[T]:
    """Runs one piece of work after the other, and tells anybody how far it is."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: ErrandState[T] = ErrandState()

    @property
    def state(self) -> ErrandState[T]:
        """How far the last piece of work is."""
        return self._state

    def begin(self, name: str, work: Callable[[Report], T]) -> None:
        """Start work in a thread; raise `ConflictError` while another piece runs."""
        with self._lock:
            if self._state.state == "running":
                raise ConflictError("another import is running", reason="errand_running")
            self._state = ErrandState(name, "running")
        Thread(target=self._run, args=(name, work), name="barfrub-errand", daemon=True).start()

    def forget(self) -> None:
        """Forget what came out of the last piece of work."""
        with self._lock:
            if self._state.state != "running":
                self._state = ErrandState()

    def _run(self, name: str, work: Callable[[Report], T]) -> None:
        def report(step: str) -> None:
            self._state = ErrandState(name, "running", step)

        try:
            outcome = work(report)
        except BarfrubError as error:
            self._state = ErrandState(name, "failed", self._state.step, error=error)
        except Exception:
            _log.exception("%s failed", name)
            unknown = BarfrubError("internal error")
            self._state = ErrandState(name, "failed", self._state.step, error=unknown)
        else:
            self._state = ErrandState(name, "done", self._state.step, outcome)
