"""The host of a sandbox: keeps its processes and its clock going, sets marks, and sets it back."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from threading import Event
from typing import Protocol

from api.config.training_clock import KEEP_S, TrainingClock
from api.training.hosting.progress import (
    HostProgress,
    HostStep,
    find_progress,
    told_by_language,
    write_progress,
)
from data.errors import BarfrubError, ConflictError
from data.model import Actor, ActorKind
from data.model.training.rehearsal import MarkKind, TrainingMarkId
from data.store.database.city_database import database_of
from data.store.database.engine import Database, DatabaseUnavailable, reading
from fleet.training.counting import Counted
from fleet.training.events import scenario_end
from fleet.training.rehearsal import known_training
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.marks import (
    HINDRANCES,
    MARK_EVERY,
    last_mark_at,
    set_back,
    set_mark,
    settle,
)
from fleet.training.scores.debrief import counted_here

HOST = Actor(ActorKind.SYSTEM, "training")
"""The actor of what the sandbox does by itself."""

MARK_REST_S = 60.0
"""Real seconds between two marks that the host sets, however fast the clock goes."""

_log = logging.getLogger(__name__)


class Processes(Protocol):
    """What a host keeps going."""

    def start(self, stopped: Event) -> None:
        """Start all, and wait until they answer or the host is to stop."""

    def tend(self) -> None:
        """Start again what has died."""

    def stop(self) -> None:
        """End all."""


@dataclass(frozen=True, slots=True)
class SetBackOrder:
    """To which mark everything is to be set back, and the sign-in name of who wants it.

    `ran` is whether the clock went until then: it goes on where setting back fails.
    """

    mark_id: TrainingMarkId
    by: str
    ran: bool


class TrainingHost:
    """Runs one sandbox until `stopped` is set, and leaves `reserve_bytes` of the disk free.

    At the scenario's end it pauses the clock; once all until then is counted, and when it is
    stopped, it lets everybody's results be kept in the city.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        processes: Processes,
        port: int,
        stopped: Event,
        reserve_bytes: int = 0,
        monotonic_s: Callable[[], float] = time.monotonic,
        keep_results: Callable[[], object] = bool,
    ) -> None:
        self._sandbox = sandbox
        self._reserve_bytes = reserve_bytes
        self._monotonic_s = monotonic_s
        self._keep_results = keep_results
        self._ended = self._kept = False
        self._rests_until_s = 0.0
        self._processes = processes
        self._port = port
        self._stopped = stopped
        self._clock = TrainingClock(sandbox.folder)
        self._goes_since = self._clock.now()
        self._next_mark_at: datetime | None = None

    def run(self) -> None:
        """Let the rehearsal go on from where it stands, until it is stopped."""
        self._sandbox.order.unlink(missing_ok=True)  # of a host that has died meanwhile
        try:
            self._say(HostStep.SERVER)
            self._clock.recover()
            self._goes_since = self._clock.now()
            self._processes.start(self._stopped)
            if not self._stopped.is_set():
                if not self._sandbox.paused.exists():
                    self._clock.go_on()
                self._say(HostStep.RUNNING)
            while not self._stopped.wait(KEEP_S):
                try:
                    self.round()
                except (OSError, *DatabaseUnavailable) as error:  # the next round tries again
                    _log.error("the rehearsal's host was hindered: %s", error)
        except (BarfrubError, OSError) as error:
            self._end()
            self._say(HostStep.FAILED, error)
            raise
        self._end()
        self._say(HostStep.STOPPED, self._results_kept())

    def round(self) -> None:
        """Do once what has to be done every few seconds."""
        self._clock.keep()
        order = take_order(self._sandbox)
        if order is not None:
            self._set_back(order)
            return
        self._processes.tend()
        if self._monotonic_s() >= self._rests_until_s:
            try:
                self._mark()
            except HINDRANCES as error:  # a full disk: a later round tries again
                _log.warning("no mark could be set: %s", error)
        if not self._kept and self._clock.now() >= self._scenario_ends_at:
            self._end_scenario()

    def _end_scenario(self) -> None:
        """Pause the clock, and keep the results in a later round, once nothing is left to count."""
        if not self._ended:
            self._ended = True
            if self._goes_since < self._scenario_ends_at:  # else somebody let it go on since
                self._clock.pause()
        elif self._counted_until(self._scenario_ends_at).whole:
            self._kept = True
            with self._clock.held():
                self._say(HostStep.RUNNING, self._results_kept())

    def _counted_until(self, moment: datetime) -> Counted:
        engine = database_of(self._sandbox.city_folder)
        with reading(engine) as tx:
            found = counted_here(tx, moment)
        engine.dispose()
        return found

    @cached_property
    def _scenario_ends_at(self) -> datetime:
        engine = database_of(self._sandbox.city_folder)
        with reading(engine) as tx:
            ends_at = scenario_end(known_training(tx))
        engine.dispose()
        return ends_at

    def _results_kept(self) -> BarfrubError | None:
        """Let everybody's results be kept; return what hindered that, or is missing in them."""
        try:
            self._keep_results()
            behind = self._counted_until(self._clock.now()).behind
        except HINDRANCES as error:
            fault = ConflictError(
                f"the results could not be kept in the city: {error}",
                reason="training_results_not_kept",
                fault=str(error),
            )
            _log.error(fault)
            return fault
        if not behind:
            return None
        minutes = behind // timedelta(minutes=1)
        return ConflictError(
            f"the last {minutes} minutes were not counted yet when the results were kept",
            reason="training_results_early",
            minutes=minutes,
        )

    def _mark(self) -> None:
        """Set a mark where the last one is long ago."""
        now = self._clock.now()
        if self._next_mark_at is not None and now < self._next_mark_at:
            return
        engine = database_of(self._sandbox.city_folder)
        try:
            if _is_due(engine, now):
                self._rests_until_s = self._monotonic_s() + MARK_REST_S
                marked = MarkedSandbox(engine, self._sandbox, self._clock, self._reserve_bytes)
                kept_mark(marked, HOST, "", MarkKind.AUTO)
        finally:
            engine.dispose()
        self._next_mark_at = now + MARK_EVERY

    def _set_back(self, order: SetBackOrder) -> None:
        """Set everything back to a mark; the clock stands until somebody lets it go on.

        Where that fails, the rehearsal goes on as it was.
        """
        self._say(HostStep.SETTING_BACK)
        paused = self._clock.paused and not order.ran
        fault: BarfrubError | None = None
        self._clock.pause()
        self._processes.stop()
        try:
            back = set_back(self._sandbox, order.mark_id, self._reserve_bytes)
            self._clock.set_back(back.mark.at)
            self._goes_since = back.mark.at
            self._next_mark_at, self._ended, self._kept = None, False, False
            paused = True
            settle(self._sandbox, back, Actor(ActorKind.USER, order.by))
        except HINDRANCES as error:
            fault = ConflictError(
                f"the rehearsal could not be set back: {error}",
                reason="training_not_set_back",
                fault=str(error),
            )
            _log.error(fault)
        self._processes.start(self._stopped)
        if not paused:
            self._clock.go_on()
        self._say(HostStep.RUNNING, fault)

    def _end(self) -> None:
        if self._clock.paused:
            self._sandbox.paused.touch()
        else:
            self._sandbox.paused.unlink(missing_ok=True)
        self._clock.pause()
        self._processes.stop()

    def _say(self, step: HostStep, fault: Exception | None = None) -> None:
        told = {} if fault is None else told_by_language(fault)
        progress = HostProgress(step, self._port, str(fault or ""), told)
        write_progress(self._sandbox, progress)


@dataclass(frozen=True, slots=True)
class MarkedSandbox:
    """A sandbox of which a mark is to be set, which leaves so much of the disk free."""

    engine: Database
    sandbox: Sandbox
    clock: TrainingClock
    reserve_bytes: int


def kept_mark(of: MarkedSandbox, actor: Actor, label: str, kind: MarkKind) -> TrainingMarkId:
    """Set a mark while the clock stands, so that nothing in it is later than the mark."""
    with of.clock.held():
        now = of.clock.now()
        mark = set_mark(of.engine, of.sandbox, actor, label, kind, now, of.reserve_bytes)
    return mark.id


def order_set_back(sandbox: Sandbox, order: SetBackOrder) -> None:
    """Ask the host to set everything back to a mark."""
    new = sandbox.order.with_suffix(".new")
    new.write_text(json.dumps(asdict(order)), encoding="utf-8")
    new.replace(sandbox.order)


def is_setting_back(sandbox: Sandbox) -> bool:
    """Whether somebody wants everything set back, and the host has not done it yet."""
    return sandbox.order.exists() or find_progress(sandbox).step is HostStep.SETTING_BACK


def take_order(sandbox: Sandbox) -> SetBackOrder | None:
    """Return what somebody wants set back; asked for once."""
    try:
        said = json.loads(sandbox.order.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    sandbox.order.unlink()
    return SetBackOrder(**said)


def _is_due(engine: Database, now: datetime) -> bool:
    with reading(engine) as tx:
        last = last_mark_at(tx, now)
    return last is None or now - last >= MARK_EVERY
