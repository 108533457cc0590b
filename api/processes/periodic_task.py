"""Tasks that the server repeats on a timer, each in a thread of its own.

Threads and not tasks of an event loop: the process that digests positions has no loop.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import copy_context
from threading import Event, Thread
from typing import ClassVar

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from data.errors import DiskFullError
from data.store.database.engine import Database
from fleet.tracking.live_fleet import Hub

FAILED_REST_S = 0.2
"""Pause after a run that failed, however much there is to do."""

FULL_REST_S = 2.0
"""Pause after a run that found the disk full."""

_log = logging.getLogger(__name__)


class PeriodicTask(ABC):
    """Calls `run` every `pause_s` seconds until it is stopped, and again after a failure.

    The first call comes after a pause, or at once where `runs_at_once`. A task that was never
    started may be run by calling `run`. Where a city has several servers, only the one that leads
    calls `run`.
    """

    pause_s: ClassVar[float]
    runs_at_once: ClassVar[bool] = False

    def __init__(self) -> None:
        self._over = Event()
        self._awake = Event()
        self._thread = Thread(target=self._go_on, name=type(self).__name__, daemon=True)
        self._leads: Callable[[], bool] = _always

    def start(self, leads: Callable[[], bool] | None = None) -> None:
        """Start the thread; `leads` says whether this server leads, by default always."""
        self._leads = leads or self._leads
        self._thread.start()

    def stop(self) -> None:
        """Run no more; waits for the end of the present run."""
        self._over.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        """Begin the next run without a pause."""
        self._awake.set()

    @abstractmethod
    def run(self) -> object:
        """Do the task's work once."""

    def step(self) -> float:
        """Run once; return the seconds to rest even where `wake` was called."""
        self.run()
        return 0.0

    def step_beside(self) -> float:
        """Do what a server does that does not lead; return the seconds to rest."""
        return 0.0

    def _go_on(self) -> None:
        if not self.runs_at_once:
            self._awake.wait(self.pause_s)
        while not self._over.is_set():
            self._awake.clear()
            rest_s = copy_context().run(self._guarded_step)  # `written_version` is of one step
            if not self._over.wait(rest_s):
                self._awake.wait(self.pause_s)

    def _guarded_step(self) -> float:
        try:
            return self.step() if self._leads() else self.step_beside()
        except DiskFullError:
            _log.warning("%s waits: the disk is full", type(self).__name__)
            return FULL_REST_S
        except Exception:
            _log.exception("%s could not run", type(self).__name__)
            return FAILED_REST_S


def _always() -> bool:
    return True


class CityTask(PeriodicTask):
    """A periodic task that reads or changes a city's state and publishes the changes to pages."""

    def __init__(
        self, engine: Database, clock: Clock, city_state: CityStateHolder, hub: Hub
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_state = city_state
        self._hub = hub
