"""What is looked at again and again beside answering, each in a thread of its own.

Threads and not tasks of an event loop: the process that digests positions has no loop.
"""

import logging
from abc import ABC, abstractmethod
from threading import Event, Thread
from typing import ClassVar

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from data.store.database.engine import Database
from fleet.tracking.live_fleet import Hub

FAILED_REST_S = 0.2
"""Pause after a look that failed, however much there is to do."""

_log = logging.getLogger(__name__)


class PeriodicTask(ABC):
    """Looks every `pause_s` seconds until it is stopped; a look that fails is made again.

    The first look comes after a pause, or at once where `looks_at_once`. It may be used without
    being started, by whoever calls `look`.
    """

    pause_s: ClassVar[float]
    runs_at_once: ClassVar[bool] = False

    def __init__(self) -> None:
        self._over = Event()
        self._awake = Event()
        self._thread = Thread(target=self._go_on, name=type(self).__name__, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; waits for the end of the present look."""
        self._over.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Let the next look come without a pause."""
        self._awake.set()

    @abstractmethod
    def run(self) -> object:
        """Look once."""

    def step(self) -> float:
        """Look once, and return how many seconds to rest though somebody calls `wake`."""
        self.run()
        return 0.0

    def _go_on(self) -> None:
        if not self.runs_at_once:
            self._awake.wait(self.pause_s)
        while not self._over.is_set():
            self._awake.clear()
            if not self._over.wait(self._guarded_step()):
                self._awake.wait(self.pause_s)

    def _guarded_step(self) -> float:
        try:
            return self.step()
        except Exception:
            _log.exception("%s could not run", type(self).__name__)
            return FAILED_REST_S


class CityTask(PeriodicTask):
    """A task that looks at a city's state, which it may change, and tells the pages of that."""

    def __init__(
        self, engine: Database, clock: Clock, city_state: CityStateHolder, hub: Hub
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_state = city_state
        self._hub = hub
