"""Leadership among the servers of a city: one leads, another one takes over when it ends."""

import logging
from collections.abc import Callable

from api.processes.periodic_task import PeriodicTask
from data.store.cluster.leader_lock import LeaderLock
from data.store.database.engine import Database, is_shared

ASK_S = 1.0
"""How often a server asks whether it leads."""

_log = logging.getLogger(__name__)


class Leadership(PeriodicTask):
    """Whether this server leads: runs the city's background work and digests its positions.

    A server that cannot reach the database leads on by name only: its work pauses.
    """

    pause_s = ASK_S

    def __init__(self, engine: Database) -> None:
        super().__init__()
        self._lock = LeaderLock(engine) if is_shared(engine) else None
        self._led = False
        self._on_change: Callable[[bool], object] = bool

    def leads(self) -> bool:
        """Whether this server leads now; from any thread."""
        return self._lock is None or self._lock.held

    def begin(self, on_change: Callable[[bool], object]) -> None:
        """Ask for the first time, then again and again.

        `on_change` is called with `True` when this server begins to lead and with `False` when
        another one does instead; later calls come in a thread of their own.
        """
        self._on_change = on_change
        if self._lock is None:
            on_change(True)
            return
        self.run()
        self.start()

    def stop(self) -> None:
        """Let another server lead."""
        super().stop()
        if self._lock is not None:
            self._lock.release()

    def run(self) -> bool:
        """Ask once; return whether this server leads."""
        if self._lock is None:
            return True
        leads = self._lock.ask()
        if leads is not None and leads != self._led:
            self._led = leads
            _log.info("this server %s", "leads now" if leads else "does not lead any more")
            self._on_change(leads)
        return self._led
