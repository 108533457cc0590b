"""The sign of life of a worker: a file that is written again and again while it goes on."""

from pathlib import Path
from time import monotonic

from api.processes.workers.stop_signal import StopSignal

EVERY_S = 1.0


class AliveFile:
    """A stop signal that touches a file whenever the worker asks whether to stop.

    A worker asks while it waits for runs and while it searches, so a file of some minutes ago says
    that it hangs. It is not touched while kernels are compiled.
    """

    def __init__(self, file: Path, stopped: StopSignal) -> None:
        self._file = file
        self._stopped = stopped
        self._touched_s = -EVERY_S

    def is_set(self) -> bool:
        """Whether to stop."""
        self._touch()
        return self._stopped.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the signal, at most `timeout` seconds; return whether it is set."""
        self._touch()
        return self._stopped.wait(timeout)

    def _touch(self) -> None:
        now_s = monotonic()
        if now_s - self._touched_s >= EVERY_S:
            self._touched_s = now_s
            self._file.touch()
