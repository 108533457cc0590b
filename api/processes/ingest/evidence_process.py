"""Child processes that digest positions, so that the server answers trackers meanwhile.

They share out the vehicles, read and write the city's database as the server does and keep no other
state: one that dies is replaced, and the next one resumes. They send changes to their parent, which
is the server or, on PostgreSQL, `barfrub digest` on any machine. The one with the leading part also
publishes what is of the whole city, receives the streets whose
evidence was stored elsewhere, keeps vehicle logs, replay colors and the audit log up to date, and
escalates overdue requests, in threads.
"""

import gc
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from api.config.clock import Clock
from api.config.console import open_city_database
from api.processes.child_process import ParentLine, SupervisedProcess, stop_together
from api.processes.city_state import CityStateHolder
from api.processes.ingest.evidence_pipeline import REST_S, Digester
from api.processes.ingest.part_ownership import (
    PartsLostError,
    ProcessShare,
    SharedOwnership,
    wanted_parts,
)
from api.processes.periodic_task import FULL_REST_S, PeriodicTask
from api.processes.tasks.audit_task import AuditTask
from api.processes.tasks.escalation_task import EscalationTask
from api.processes.tasks.logbook_task import LogbookTask
from api.processes.tasks.replay_task import ReplayTask
from data.errors import DiskFullError
from data.model import SegmentId
from data.store.database.city_lock import holding
from data.store.database.engine import Database
from data.store.database.part_locks import part_locks
from fleet.coverage.street_colors import Whole
from fleet.replay.storm_history import StormHistory
from fleet.tracking.live_fleet import Hub

PERIOD_S = 1.0
"""Longest time between two runs: for positions from before a restart, and for plan runs."""

YIELDS = 5
"""Niceness of the children: who sends or asks is answered first, evidence may be seconds later."""

COLLECT_S = 20.0
"""How often cyclic garbage is collected."""

SWITCH_S = 0.0005
"""How long a thread may hold the interpreter while another one writes: trackers wait for that one,
and each of its statements takes a turn."""

REQUESTS, RUNS, STORM = "requests", "runs", "storm"
REREAD = frozenset({REQUESTS, RUNS, STORM})
"""Kinds of views that the server reads itself: what a process knew of them may be older than what
the server has published, and versions of two processes cannot be compared on SQLite."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Apart:
    """Digestion in processes of their own: the folder of the city, and how many to start.

    None where those of other machines do all of it.
    """

    folder: Path
    processes: int = 1


@dataclass(frozen=True, slots=True)
class EvidenceChanges:
    """What one run changed: items by kind as a hub publishes them, and counts of positions.

    `process` is the number of the process at its parent. `whole` says when all streets were
    repainted, whose changed colors are among the items; only who leads says so. `streets` are those
    whose evidence was stored by a process that does not lead, so that their colors are not among
    the items. `reread` are the ids of changed views of the kinds `REREAD`, which the server reads
    itself.
    `kernels_ready` says that no compilation holds up the next run.
    """

    process: int
    changes: Sequence[tuple[str, list[Any]]]
    whole: Whole | None
    streets: frozenset[SegmentId]
    tally: Counter[str]
    reread: Mapping[str, frozenset[int]] = field(default_factory=dict)
    kernels_ready: bool = False


class DigestingProcesses:
    """Supervises the child processes that digest a city's positions.

    `on_message` is called with the changes of every run, one after another.
    """

    def __init__(
        self, apart: Apart, clock: Clock, on_message: Callable[[EvidenceChanges], None]
    ) -> None:
        self._on_message = on_message
        self._lock = Lock()
        self._idle = [False] * apart.processes
        self._leading: int | None = None
        self._children = [
            SupervisedProcess(
                f"barfrub-digesting-{number}",
                f"{__name__}:digest_as_child",
                (apart.folder, clock, ProcessShare(number, apart.processes)),
                partial(self._pass_on, number),
                niceness=YIELDS,
            )
            for number in range(apart.processes)
        ]

    @property
    def pids(self) -> list[int | None]:
        """Process ids of the children, `None` where there is none."""
        return [child.pid for child in self._children]

    def start(self) -> None:
        """Start the children."""
        for child in self._children:
            child.start()

    def stop(self) -> None:
        """Stop after the present runs; kill children that take too long."""
        stop_together(self._children)

    def wake(self) -> None:
        """Make the children run soon, once until their next runs: positions are stored."""
        for number, idle in enumerate(self._idle):
            if idle:
                self._send(number, ())

    def announce_streets(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets whose evidence was stored elsewhere, at the next run of who leads.

        No child leads where another machine's process does. One that dies may miss it: the next one
        repaints all streets.
        """
        if self._leading is not None:
            self._send(self._leading, streets)

    def _send(self, number: int, streets: Iterable[SegmentId]) -> None:
        self._idle[number] = False
        self._children[number].send(list(streets))

    def _pass_on(self, number: int, news: EvidenceChanges) -> None:
        self._idle[number] = True
        if news.whole is not None:
            self._leading = number
        with self._lock:
            self._on_message(news)


def digest_as_child(line: ParentLine, folder: Path, clock: Clock, share: ProcessShare) -> None:
    """Digest a share of a city's positions in a process of its own."""
    sys.setswitchinterval(SWITCH_S)
    engine = open_city_database(folder, derived=True)
    city_state = CityStateHolder(engine)
    locks, hub = part_locks(engine, folder), Hub()
    history = StormHistory(folder / "history", writes_active=True)
    past = ReplayTask(engine, clock, city_state, history)
    writers = writing_tasks(engine, clock, city_state, hub)
    ownership = SharedOwnership(engine, locks, wanted_parts(locks, share))
    digester = Digester(engine, clock, city_state, hub, line.waits, ownership)
    line.ready()
    with holding(folder):
        digest_until_stopped(digester, hub, line, share, (past, *writers))
    for task in writers:  # what reads the past may take long, and changes nothing
        task.stop()
    locks.close()
    engine.dispose()


def writing_tasks(
    engine: Database, clock: Clock, city_state: CityStateHolder, hub: Hub
) -> Sequence[PeriodicTask]:
    """Return what the leading process does beside digesting; all of it may be derived again."""
    return (
        AuditTask(engine, clock),
        LogbookTask(engine, clock, city_state),
        EscalationTask(engine, clock, city_state, hub),
    )


def digest_until_stopped(
    digester: Digester,
    hub: Hub,
    line: ParentLine,
    share: ProcessShare,
    tasks: Sequence[PeriodicTask],
) -> None:
    """Digest positions in runs and send the changes of each to the parent, until told to stop.

    It ends as well once the parts are lost, so that another process begins anew. The tasks are
    started as soon as this process leads.
    """
    news = hub.subscribe(lambda: None, own=True)
    wait_s, collected_s, leads = 0.0, time.monotonic(), False
    gc.freeze()
    gc.disable()
    while _goes_on(line, digester, wait_s):
        rest_s = REST_S
        try:
            rest_s = digester.rest_s(len(digester.digest().positions))
        except PartsLostError:
            _log.error("another process may digest the same positions: this one ends")
            return
        except DiskFullError:
            _log.warning("positions are digested later: the disk is full")
            rest_s = FULL_REST_S
        except Exception:  # the next run may succeed, and the board must go on
            _log.exception("positions could not be digested")
        else:
            line.send(changes_of_run(digester, share.number, news.take()))
        if digester.leads and not leads:
            leads = True
            for task in tasks:
                task.start()
        # Not while a transaction keeps others from writing.
        if time.monotonic() - collected_s > COLLECT_S:
            gc.collect()
            collected_s = time.monotonic()
        line.stopped.wait(rest_s)
        wait_s = PERIOD_S if rest_s else 0.0


def changes_of_run(
    digester: Digester, number: int, changes: Sequence[tuple[str, list[Any]]]
) -> EvidenceChanges:
    """Return what the last run changed, with what the leading process's tasks have published."""
    whole = digester.board.colors.whole if digester.leads else None
    tally = Counter(digester.tally)
    digester.tally.clear()
    reread = {kind: frozenset(one.id for one in items) for kind, items in changes if kind in REREAD}
    others = [(kind, items) for kind, items in changes if kind not in REREAD]
    streets, ready = digester.take_streets(), digester.kernels_ready
    return EvidenceChanges(number, others, whole, streets, tally, reread, ready)


def _goes_on(line: ParentLine, digester: Digester, wait_s: float) -> bool:
    """Receive announced streets for up to `wait_s`; return whether to go on."""
    for streets in line.receive(wait_s):
        digester.announce_streets(streets)
    return not line.stopped.is_set()
