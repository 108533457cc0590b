"""The signal that tells a worker to stop."""

from typing import Protocol

PERIOD_S = 0.5
"""How often an idle worker reads the queue, unless it is told of a run before."""


class StopSignal(Protocol):
    """Whether a worker should stop, with the methods of `threading.Event`."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the signal, at most `timeout` seconds; return whether it is set."""
        ...
