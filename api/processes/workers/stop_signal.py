"""How a worker hears that it should leave."""

from typing import Protocol

PERIOD_S = 0.5
"""How often an idle worker looks into the queue."""


class StopSignal(Protocol):
    """Tells the worker to leave, as the event of a thread does."""

    def is_set(self) -> bool:
        """Whether to leave."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told, or so many seconds."""
        ...
