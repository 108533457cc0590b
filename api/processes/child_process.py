"""Supervised child processes: started, restarted when they die, stopped with the parent.

Parent and child talk through a pipe. The parent sends messages and the order to stop; the child
sends messages and, once, that it is ready. A closed pipe means that the other end is gone.
"""

import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pkgutil import resolve_name
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from api.config.garbage import uncollected
from api.config.logs import configure_logs
from api.config.settings import Settings, prepare_numba

LEAVE_S = 10.0
"""How long a child may take to stop when ordered; then it is killed."""

RESTART_S, LONGEST_RESTART_S = 1.0, 60.0
"""Pause before a restart; it doubles with each child that dies soon."""

SOON_S = 60.0
"""A child that lives for so long did not die soon."""

_SPAWN = multiprocessing.get_context("spawn")
"""Start method: children do not inherit the parent's memory."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Ready:
    """Sent by a child once it obeys an order to stop."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """The order to stop."""


class ParentLine:
    """The child's end of the pipe; safe from any thread.

    `stopped` is set once the parent has ordered a stop or is gone.
    """

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = Lock()
        self._came: SimpleQueue[Any] = SimpleQueue()
        self.stopped = Event()
        Thread(target=self._read_pipe, name="parent", daemon=True).start()

    def ready(self) -> None:
        """Report that an order to stop is obeyed from now on; before, the parent kills."""
        self.send(_Ready())

    def send(self, message: object) -> None:
        """Send a message to the parent; it is lost where the parent is gone."""
        with self._lock, suppress(OSError):
            self._pipe.send(message)

    def receive(self, wait_s: float) -> list[Any]:
        """Return the messages that have come; where there is none, wait until one does.

        It waits `wait_s` at most, and not once `stopped` is set.
        """
        messages: list[Any] = []
        with suppress(Empty):
            messages.append(self._came.get(timeout=0 if self.stopped.is_set() else wait_s))
            while True:
                messages.append(self._came.get_nowait())
        return [one for one in messages if not isinstance(one, _Stop)]

    def waits(self) -> bool:
        """Whether a message or the order to stop is waiting."""
        return self.stopped.is_set() or not self._came.empty()

    def _read_pipe(self) -> None:
        try:
            while not isinstance(message := self._pipe.recv(), _Stop):
                self._came.put(message)
        except (EOFError, OSError):  # the parent was killed, and nobody else ends us
            self._stop()
            time.sleep(LEAVE_S)
            os._exit(1)
        self._stop()

    def _stop(self) -> None:
        self.stopped.set()
        self._came.put(_Stop())  # wakes who waits for a message


class SupervisedProcess:
    """Runs a child process and restarts it whenever it dies.

    `work` is a `module:function`, which only the child imports; it gets the child's end of the pipe
    and then `values`. `on_message` is called with the messages of the child, in a thread of its
    own. `niceness` is how far it steps back where the processor is short.
    """

    def __init__(
        self,
        name: str,
        work: str,
        values: tuple[object, ...],
        on_message: Callable[[Any], object] = bool,
        niceness: int = 0,
    ) -> None:
        self._name = name
        self._work = work
        self._values = values
        self._on_message = on_message
        self._niceness = niceness
        self._lock = Lock()
        self._over = Event()
        self._child: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._ready = False
        self._leaves_by_s = inf
        self._thread = Thread(target=self._keep, name=f"{name}-keeper", daemon=True)

    @property
    def pid(self) -> int | None:
        """Process id of the child, `None` where there is none."""
        return None if self._pipe is None or self._child is None else self._child.pid

    def start(self) -> None:
        """Start the child."""
        self._thread.start()

    def send(self, message: object) -> None:
        """Send a message to the child; one that is dying may miss it."""
        with self._lock:
            self._say(message)

    def order_stop(self) -> None:
        """Order the child to stop, and start no other."""
        with self._lock:
            if not self._over.is_set():
                self._over.set()
                self._leaves_by_s = time.monotonic() + LEAVE_S
                self._say(_Stop())

    def stop(self) -> None:
        """Order the child to stop and wait; kill it where it does not stop in time."""
        self.order_stop()
        if not self._thread.is_alive():
            return
        if self._ready:
            self._thread.join(max(self._leaves_by_s - time.monotonic(), 0.0))
        while self._thread.is_alive():
            if self._child is not None:
                self._child.kill()
            self._thread.join(RESTART_S)

    def _say(self, message: object) -> None:
        if self._pipe is not None:
            with suppress(OSError):
                self._pipe.send(message)

    def _keep(self) -> None:
        pause_s = RESTART_S
        while self._begin():
            began_s = time.monotonic()
            self._listen()
            died_of = self._end()
            if self._over.is_set():
                return
            if time.monotonic() - began_s >= SOON_S:
                pause_s = RESTART_S
            _log.error(
                "%s died (%s); another one takes its place in %.0f s", self._name, died_of, pause_s
            )
            self._over.wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_RESTART_S)

    def _begin(self) -> bool:
        """Start a child unless stopping; return whether it was started."""
        with self._lock:
            if self._over.is_set():
                return False
            self._pipe, other = _SPAWN.Pipe()
            words = (other, self._work, self._values, self._niceness)
            self._child = _SPAWN.Process(
                target=_work_as_child, args=words, name=self._name, daemon=True
            )
            self._child.start()
            other.close()  # else nobody notices that the child is gone
        return True

    def _listen(self) -> None:
        """Pass the child's messages on until its pipe closes."""
        while self._pipe is not None:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                return
            if isinstance(message, _Ready):
                self._ready = True
                continue
            try:
                self._on_message(message)
            except Exception:  # the next message must be passed on
                _log.exception("a message of %s could not be taken", self._name)

    def _end(self) -> int | None:
        """Wait for a child that closed its pipe; return its exit code."""
        child = self._child
        if child is None:
            return None
        child.join(LEAVE_S)
        child.kill()
        child.join()
        with self._lock:
            if self._pipe is not None:
                self._pipe.close()
            self._pipe, self._ready = None, False
        return child.exitcode


def stop_together(children: Iterable[SupervisedProcess]) -> None:
    """Stop several children in parallel."""
    stopping = list(children)
    for child in stopping:
        child.order_stop()
    for child in stopping:
        child.stop()


def _work_as_child(pipe: Connection, work: str, values: tuple[object, ...], niceness: int) -> None:
    os.nice(niceness)
    # Ctrl+C reaches the whole group; the parent tells us when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    with uncollected():
        run = resolve_name(work)
    run(ParentLine(pipe), *values)
