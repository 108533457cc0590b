"""What all boards of a city share: colors as last told, sums by class, answers made once."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from api.consumer import Consumer
from api.ground import GroundKeeper
from api.kept_answer import KeptAnswer, packed_json
from data.model import JobState, Storm
from data.store.coverage import list_coverage
from data.store.engine import Tx
from data.store.jobs import list_jobs
from fleet.coverage import painted
from maps.class_sums import ClassSums
from maps.views import ClassView, States

AS_TOLD = timedelta(seconds=30)
"""Colors that the consumer told all boards within this time need not be painted anew."""


class SharedAnswer:
    """JSON that several boards ask for at once; safe from any thread.

    Who asks gets an answer whose making began after the question: whoever asked meanwhile shares
    the next one, so that it is never older than the question, and made twice for any crowd.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._began_s = float("-inf")
        self._packed = b""

    def packed(self, make: Callable[[], object]) -> bytes:
        """Return what `make` returns as JSON, compressed by gzip."""
        asked_s = time.monotonic()
        with self._lock:
            if self._began_s < asked_s:
                began_s = time.monotonic()
                self._packed = packed_json(make())
                self._began_s = began_s
            return self._packed


class BoardDesk:
    """Colors and sums for all boards of a city, and the answers that they share."""

    def __init__(self, ground: GroundKeeper, consumer: Consumer) -> None:
        self._ground = ground
        self._consumer = consumer
        self._sums: ClassSums | None = None
        self.board = SharedAnswer()
        self.wall = SharedAnswer()
        self.figures = SharedAnswer()
        self.done = KeptAnswer()
        self.timeline = KeptAnswer()

    def states(self, tx: Tx, storm: Storm | None, now: datetime) -> States:
        """Return the color of every street: as all boards were just told, else painted anew."""
        ground = self._ground.now
        told = self._consumer.colors_told(storm, ground.network, now - AS_TOLD, now)
        if told is not None:
            return told
        coverages = list_coverage(tx, storm.id) if storm else []
        jobs = list_jobs(tx, storm.id, JobState.OPEN) if storm else []
        return painted(ground.network, ground.policy, storm, coverages, jobs, now)

    def classes(self, states: States) -> tuple[ClassView, ...]:
        """Return how far each class is."""
        ground, sums = self._ground.now, self._sums
        if sums is None or not sums.stands_on(ground.network, ground.policy):
            sums = self._sums = ClassSums(ground.network, ground.policy)
        return sums.views(states)
