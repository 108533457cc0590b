"""The host of a sandbox: keeps its processes and its clock going, sets marks, and sets it back."""

import json
import logging
from contextlib import suppress
from datetime import datetime
from threading import Event
from typing import Protocol

from api.config.training_clock import KEEP_S, TrainingClock
from api.training.hosting.progress import HostProgress, HostStep, write_progress
from data.errors import BarfrubError
from data.model import Actor, ActorKind
from data.model.training.rehearsal import MarkKind, TrainingMarkId
from data.store.database.city_database import database_of
from data.store.database.engine import Database, reading
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.marks import MARK_EVERY, last_mark_at, set_back, set_mark

HOST = Actor(ActorKind.SYSTEM, "training")
"""The actor of what the sandbox does by itself."""

_log = logging.getLogger(__name__)


class Processes(Protocol):
    """What a host keeps going."""

    def start(self, stopped: Event) -> None:
        """Start all, and wait until they answer or the host is to stop."""

    def tend(self) -> None:
        """Start again what has died."""

    def stop(self) -> None:
        """End all."""


class TrainingHost:
    """Runs one sandbox until `stopped` is set."""

    def __init__(self, sandbox: Sandbox, processes: Processes, port: int, stopped: Event) -> None:
        self._sandbox = sandbox
        self._processes = processes
        self._port = port
        self._stopped = stopped
        self._clock = TrainingClock(sandbox.folder)
        self._next_mark_at: datetime | None = None

    def run(self) -> None:
        """Let the rehearsal go on from where it stands, until it is stopped."""
        try:
            self._say(HostStep.SERVER)
            self._clock.recover()
            self._processes.start(self._stopped)
            if not self._stopped.is_set():
                self._clock.go_on()
                self._say(HostStep.RUNNING)
            while not self._stopped.wait(KEEP_S):
                self.round()
        except BarfrubError as error:
            self._end()
            self._say(HostStep.FAILED, str(error))
            raise
        self._end()
        self._say(HostStep.STOPPED)

    def round(self) -> None:
        """Do once what has to be done every few seconds."""
        self._clock.keep()
        order = take_order(self._sandbox)
        if order is not None:
            self._set_back(*order)
            return
        self._processes.tend()
        with suppress(BarfrubError):  # a full disk: the next round tries again
            self._mark()

    def _mark(self) -> None:
        """Set a mark where the last one is long ago."""
        now = self._clock.now()
        if self._next_mark_at is not None and now < self._next_mark_at:
            return
        engine = database_of(self._sandbox.city_folder)
        try:
            if _is_due(engine, now):
                kept_mark(engine, self._sandbox, self._clock, HOST, "", MarkKind.AUTO)
        finally:
            engine.dispose()
        self._next_mark_at = now + MARK_EVERY

    def _set_back(self, mark_id: TrainingMarkId, actor: Actor) -> None:
        """Set everything back to a mark; the clock stands until somebody lets it go on."""
        self._say(HostStep.SETTING_BACK)
        self._clock.pause()
        self._processes.stop()
        try:
            mark = set_back(self._sandbox, mark_id, actor)
            self._clock.set_back(mark.at)
            self._next_mark_at = None
        except (BarfrubError, OSError) as error:  # the rehearsal goes on as it was
            _log.error("the rehearsal could not be set back: %s", error)
        self._processes.start(self._stopped)
        self._say(HostStep.RUNNING)

    def _end(self) -> None:
        self._clock.pause()
        self._processes.stop()

    def _say(self, step: HostStep, fault: str = "") -> None:
        write_progress(self._sandbox, HostProgress(step, self._port, fault))


def kept_mark(
    engine: Database,
    sandbox: Sandbox,
    clock: TrainingClock,
    actor: Actor,
    label: str,
    kind: MarkKind,
) -> TrainingMarkId:
    """Set a mark while the clock stands, so that nothing in it is later than the mark."""
    with clock.held():
        return set_mark(engine, sandbox, actor, label, kind, clock.now()).id


def order_set_back(sandbox: Sandbox, mark_id: TrainingMarkId, actor: Actor) -> None:
    """Ask the host to set everything back to a mark."""
    new = sandbox.order.with_suffix(".new")
    new.write_text(json.dumps({"mark": mark_id, "by": actor.id}), encoding="utf-8")
    new.replace(sandbox.order)


def take_order(sandbox: Sandbox) -> tuple[TrainingMarkId, Actor] | None:
    """Return to which mark somebody wants everything set back, and who; asked for once."""
    try:
        said = json.loads(sandbox.order.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    sandbox.order.unlink()
    return TrainingMarkId(said["mark"]), Actor(ActorKind.USER, said["by"])


def _is_due(engine: Database, now: datetime) -> bool:
    with reading(engine) as tx:
        last = last_mark_at(tx, now)
    return last is None or now - last >= MARK_EVERY
