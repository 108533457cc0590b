"""The process that digests positions beside the server, so that trackers are answered meanwhile.

It reads and writes the city's database as the server does, and keeps nothing that is not there: one
that dies is replaced, and looks on where the other ended. Server and process talk through a line:
news come up, and down go streets of which somebody else stored evidence, or `None` to end it. What
vehicles did in each quarter of an hour, the colors that streets had, and what the storm book says
of evidence are read here as well, in threads.
"""

import gc
import logging
import multiprocessing
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from api.config.clock import Clock
from api.config.console import open_city_database
from api.config.logs import configure_logs
from api.config.settings import Settings, prepare_numba
from api.processes.city_state import GroundKeeper
from api.processes.ingest.evidence_pipeline import REST_S, Digester
from api.processes.periodic_task import Sentry
from api.processes.tasks.audit_task import BookKeeper
from api.processes.tasks.logbook_task import LogKeeper
from api.processes.tasks.replay_task import HistoryKeeper
from data.model import SegmentId
from data.store.database.city_lock import holding
from data.store.database.engine import Database
from fleet.coverage.street_colors import Whole
from fleet.replay.storm_history import StormHistory
from fleet.tracking.live_fleet import Hub

LOOK_S = 1.0
"""Longest time between two looks: for what came before a restart, and for plan runs."""

LEAVE_S = 5.0
"""How long the process may take to leave after it was told to."""

RESTART_S = 1.0
"""Pause before one that died is replaced."""

COLLECT_S = 20.0
"""How often objects are looked for that nobody but they themselves refer to."""

SWITCH_S = 0.0005
"""How long another thread here may keep one that writes waiting: the door waits for it too, and
each statement takes a turn."""

_SPAWN = multiprocessing.get_context("spawn")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EvidenceChanges:
    """What a look changed: items by kind, as a hub has them, and what became of positions.

    `whole` says when all streets were looked at, whose changed colors are among the items.
    """

    told: Sequence[tuple[str, list[Any]]]
    whole: Whole | None
    tally: Counter[str]


class DigestingProcess:
    """Keeps the process that digests a city's positions, and another one when it dies.

    `hear` is called with the news of every look, in a thread of its own.
    """

    def __init__(self, folder: Path, clock: Clock, hear: Callable[[EvidenceChanges], None]) -> None:
        self._folder = folder
        self._clock = clock
        self._hear = hear
        self._lock = Lock()
        self._over = Event()
        self._child: SpawnProcess | None = None
        self._line: Connection | None = None
        self._idle = False
        self._thread = Thread(target=self._keep, name="digesting", daemon=True)

    @property
    def pid(self) -> int | None:
        """The number of the process, if there is one."""
        return None if self._line is None or self._child is None else self._child.pid

    def start(self) -> None:
        """Begin to digest."""
        self._thread.start()

    def stop(self) -> None:
        """End after the present look, or in the middle of one that takes long."""
        with self._lock:
            self._over.set()
            self._say(None)
        self._thread.join(LEAVE_S)
        if self._thread.is_alive() and self._child is not None:
            self._child.kill()
            self._thread.join()

    def wake(self) -> None:
        """Let it look soon: positions are stored. Says so once until it has looked."""
        if self._idle:
            self.tell_of(())

    def tell_of(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets of which somebody else stored evidence, at the next look."""
        with self._lock:
            self._idle = False
            self._say(list(streets))

    def _say(self, words: list[SegmentId] | None) -> None:
        """Say it to the process; one that dies looks at everything anew, so that it may miss it."""
        if self._line is not None:
            with suppress(OSError):
                self._line.send(words)

    def _keep(self) -> None:
        while self._begin():
            self._listen()
            self._end()

    def _begin(self) -> bool:
        """Start a process unless it is over."""
        with self._lock:
            if self._over.is_set():
                return False
            self._line, other = _SPAWN.Pipe()
            words = (self._folder, self._clock, other)
            name = "barfrub-digesting"
            self._child = _SPAWN.Process(target=_work_as_child, args=words, name=name, daemon=True)
            self._child.start()
            other.close()  # else nobody notices that the process is gone
        return True

    def _listen(self) -> None:
        """Pass news on until the process is gone."""
        while self._line is not None:
            try:
                news: EvidenceChanges = self._line.recv()
            except (EOFError, OSError):
                return
            self._idle = True
            self._hear(news)

    def _end(self) -> None:
        if self._child is None or self._line is None:
            return
        self._child.join(LEAVE_S)
        self._child.kill()
        self._child.join()
        with self._lock:
            self._line.close()
            self._line, self._idle = None, False
        if not self._over.is_set():
            _log.error("digesting died (%s); another process goes on", self._child.exitcode)
            self._over.wait(RESTART_S)


def _work_as_child(folder: Path, clock: Clock, line: Connection) -> None:
    # Ctrl+C reaches the whole group; the server tells us when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    sys.setswitchinterval(SWITCH_S)
    engine = open_city_database(folder, derived=True)
    ground = GroundKeeper(engine)
    logs = LogKeeper(engine, clock, ground)
    past = HistoryKeeper(engine, clock, ground, StormHistory(folder / "history", tells=True))
    for sentry in (past, BookKeeper(engine, clock)):
        Thread(target=_look_again, args=(sentry,), name="looking back", daemon=True).start()
    # Who has killed the server closed its end of the line: we hear of it as of the wish to stop.
    with holding(folder), suppress(EOFError, OSError):
        logs.start()
        digest_until_told(engine, clock, ground, line)
    logs.stop()
    engine.dispose()


def _look_again(sentry: Sentry) -> None:
    """Look again and again, as long as the process lives."""
    while True:
        time.sleep(sentry.pause_s)
        try:
            sentry.look()
        except Exception:
            _log.exception("%s could not look", type(sentry).__name__)


def digest_until_told(
    engine: Database, clock: Clock, ground: GroundKeeper, line: Connection
) -> None:
    """Look at positions again and again, and send the news of each look, until told to end.

    Raises `EOFError` or `OSError` when nobody is at the other end any more.
    """
    hub = Hub()
    news = hub.subscribe(lambda: None, own=True)
    digester = Digester(engine, clock, ground, hub, line.poll)
    wait_s, collected_s = 0.0, time.monotonic()
    gc.freeze()
    gc.disable()
    while _goes_on(line, digester, wait_s):
        rest_s = REST_S
        try:
            rest_s = digester.rest_s(len(digester.look().positions))
        except Exception:  # the next look may succeed, and the board must not stand still
            _log.exception("positions could not be digested")
        else:
            line.send(EvidenceChanges(news.take(), digester.colors.whole, Counter(digester.tally)))
            digester.tally.clear()
        # Not while a transaction keeps others from writing.
        if time.monotonic() - collected_s > COLLECT_S:
            gc.collect()
            collected_s = time.monotonic()
        time.sleep(rest_s)
        wait_s = LOOK_S if rest_s else 0.0


def _goes_on(line: Connection, digester: Digester, wait_s: float) -> bool:
    """Wait for words for so long, take them, and return whether to look again."""
    while line.poll(wait_s):
        words = line.recv()
        if words is None:
            return False
        digester.tell_of(words)
        wait_s = 0.0
    return True
