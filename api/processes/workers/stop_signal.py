"""How a worker hears that it should leave."""

import multiprocessing
from typing import Protocol

LOOK_S = 0.5
"""How often an idle worker looks into the queue."""


class Stopped(Protocol):
    """Tells the worker to leave: an event of a thread or of another process."""

    def is_set(self) -> bool:
        """Whether to leave."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until told, or so many seconds."""
        ...


def orphaned() -> bool:
    """Whether the server that started this process was killed: nobody will tell us to leave."""
    parent = multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()
