"""The child process that digests positions, so that the server answers trackers meanwhile.

It reads and writes the city's database as the server does and keeps no other state: one that dies
is replaced, and the next one resumes. It sends changes to the server and receives the streets whose
evidence was stored elsewhere. Vehicle logs, replay colors and the audit log are kept up to date
here as well, in threads.
"""

import gc
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.config.clock import Clock
from api.config.console import open_city_database
from api.processes.child_process import ParentLine, SupervisedProcess
from api.processes.city_state import CityStateHolder
from api.processes.ingest.evidence_pipeline import REST_S, Digester
from api.processes.periodic_task import FULL_REST_S
from api.processes.tasks.audit_task import AuditTask
from api.processes.tasks.logbook_task import LogbookTask
from api.processes.tasks.replay_task import ReplayTask
from data.errors import DiskFullError
from data.model import SegmentId
from data.store.database.city_lock import holding
from data.store.database.engine import Database
from fleet.coverage.street_colors import Whole
from fleet.replay.storm_history import StormHistory
from fleet.tracking.live_fleet import Hub

PERIOD_S = 1.0
"""Longest time between two runs: for positions from before a restart, and for plan runs."""

COLLECT_S = 20.0
"""How often cyclic garbage is collected."""

SWITCH_S = 0.0005
"""How long a thread may hold the interpreter while another one writes: trackers wait for that one,
and each of its statements takes a turn."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EvidenceChanges:
    """What one run changed: items by kind as a hub publishes them, and counts of positions.

    `whole` says when all streets were repainted, whose changed colors are among the items.
    """

    changes: Sequence[tuple[str, list[Any]]]
    whole: Whole | None
    tally: Counter[str]


class DigestingProcess:
    """Supervises the child process that digests a city's positions.

    `on_message` is called with the changes of every run, in a thread of its own.
    """

    def __init__(
        self, folder: Path, clock: Clock, on_message: Callable[[EvidenceChanges], None]
    ) -> None:
        self._on_message = on_message
        self._idle = False
        self._child = SupervisedProcess(
            "barfrub-digesting", f"{__name__}:digest_as_child", (folder, clock), self._pass_on
        )

    @property
    def pid(self) -> int | None:
        """Process id of the child, `None` where there is none."""
        return self._child.pid

    def start(self) -> None:
        """Start the child."""
        self._child.start()

    def stop(self) -> None:
        """Stop after the present run; kill the child where that takes too long."""
        self._child.stop()

    def wake(self) -> None:
        """Make the child run soon, once until its next run: positions are stored."""
        if self._idle:
            self.announce_streets(())

    def announce_streets(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets whose evidence was stored elsewhere, at the next run.

        A child that dies may miss it: the next one repaints all streets.
        """
        self._idle = False
        self._child.send(list(streets))

    def _pass_on(self, news: EvidenceChanges) -> None:
        self._idle = True
        self._on_message(news)


def digest_as_child(line: ParentLine, folder: Path, clock: Clock) -> None:
    """Digest a city's positions in a process of its own."""
    sys.setswitchinterval(SWITCH_S)
    engine = open_city_database(folder, derived=True)
    city_state = CityStateHolder(engine)
    logs = LogbookTask(engine, clock, city_state)
    past = ReplayTask(
        engine, clock, city_state, StormHistory(folder / "history", writes_active=True)
    )
    audit = AuditTask(engine, clock)
    line.ready()
    with holding(folder):
        for task in (past, audit, logs):
            task.start()
        digest_until_stopped(engine, clock, city_state, line)
    for task in (audit, logs):  # what reads the past may take long, and changes nothing
        task.stop()
    engine.dispose()


def digest_until_stopped(
    engine: Database, clock: Clock, city_state: CityStateHolder, line: ParentLine
) -> None:
    """Digest positions in runs and send the changes of each to the parent, until told to stop."""
    hub = Hub()
    news = hub.subscribe(lambda: None, own=True)
    digester = Digester(engine, clock, city_state, hub, line.waits)
    wait_s, collected_s = 0.0, time.monotonic()
    gc.freeze()
    gc.disable()
    while _goes_on(line, digester, wait_s):
        rest_s = REST_S
        try:
            rest_s = digester.rest_s(len(digester.digest().positions))
        except DiskFullError:
            _log.warning("positions are digested later: the disk is full")
            rest_s = FULL_REST_S
        except Exception:  # the next run may succeed, and the board must go on
            _log.exception("positions could not be digested")
        else:
            line.send(EvidenceChanges(news.take(), digester.colors.whole, Counter(digester.tally)))
            digester.tally.clear()
        # Not while a transaction keeps others from writing.
        if time.monotonic() - collected_s > COLLECT_S:
            gc.collect()
            collected_s = time.monotonic()
        time.sleep(rest_s)
        wait_s = PERIOD_S if rest_s else 0.0


def _goes_on(line: ParentLine, digester: Digester, wait_s: float) -> bool:
    """Receive announced streets for up to `wait_s`; return whether to go on."""
    for streets in line.receive(wait_s):
        digester.announce_streets(streets)
    return not line.stopped.is_set()
