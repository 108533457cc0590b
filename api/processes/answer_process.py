"""A child process that makes answers which cost much, so that the server answers meanwhile.

The child reads the city's database and keeps nothing that could not be read again. While there is
none, the server makes its answers itself.
"""

import gc
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

from api.config.clock import Clock
from api.processes.cached_response import COSTLY_S, MadeElsewhere, packed_answer_of
from api.processes.child_process import ParentLine, SupervisedProcess
from data.errors import BarfrubError

PATIENCE_S = 30.0
"""How long the server waits for an answer before it makes it itself."""

LOOK_S = 0.2
"""How soon it notices that the child has died."""

PERIOD_S = 1.0
"""How long the child waits for a question before it looks whether to stop."""

YIELDS = 5
"""Niceness of the child: readers get what there is, and need the processor first."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Question:
    number: int
    subject: Any


type _Outcome = MadeElsewhere | BarfrubError | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the child has made for a question, or our error; `None` where that failed."""

    number: int
    made: _Outcome


@dataclass(frozen=True, slots=True)
class _Prepared:
    """Sent by a child once, when it has read what all answers rest on."""


class AnswersBusyError(BarfrubError):
    """So many answers that cost much are being made that another one has to wait."""

    code = "answers_busy"
    retry_s = 10

    def __init__(self) -> None:
        super().__init__("too many answers are being made")


class AnswerProcess:
    """Makes answers in a child process; safe from any thread.

    `work` is what the child runs, as for `SupervisedProcess`. It is started by the first answer
    that costs more than `COSTLY_S`, so that a small city has no child; without a folder none is.
    `started` says whether that was so.
    """

    def __init__(
        self,
        work: str,
        folder: Path | None,
        clock: Clock,
        cost_now: Callable[[], float] = time.thread_time,
    ) -> None:
        self._child = SupervisedProcess(
            "barfrub-answers", work, (folder, clock), self._take, niceness=YIELDS
        )
        self._may_start = folder is not None
        self._cost_now = cost_now
        self._lock = Lock()
        self._numbers = count()
        self._waiting: dict[int, SimpleQueue[_Outcome]] = {}
        self._prepared: int | None = None
        self.started = False

    @property
    def pid(self) -> int | None:
        """Process id of a child that answers, `None` where there is none."""
        pid = self._child.pid
        return pid if pid == self._prepared else None

    def made(
        self, subject: object, here: Callable[[], bytes], *, spare_server: bool = False
    ) -> bytes | MadeElsewhere:
        """Return the child's answer about a subject, else what `here` makes.

        Raises the child's error where it is one of ours. With `spare_server` nothing is made here
        while there is a child: raises `AnswersBusyError` where it gives no answer.
        """
        has_child = self.pid is not None
        found = self._asked(subject)
        if isinstance(found, BarfrubError):
            raise found
        if found is not None:
            return found
        if has_child and spare_server:
            raise AnswersBusyError
        cost_s = self._cost_now()
        content = here()
        if self._cost_now() - cost_s > COSTLY_S:
            self._start()
        return content

    def stop(self) -> None:
        """Stop the child, where there is one, and start no other."""
        with self._lock:
            self._may_start = False
        self._child.stop()

    def _start(self) -> None:
        with self._lock:
            if self._may_start and not self.started:
                self.started = True
                self._child.start()

    def _asked(self, subject: object) -> _Outcome:
        pid = self.pid
        if pid is None:
            return None
        number, answers = next(self._numbers), SimpleQueue[_Outcome]()
        self._waiting[number] = answers
        try:
            self._child.send(_Question(number, subject))
            until_s = time.monotonic() + PATIENCE_S
            while time.monotonic() < until_s and self.pid == pid:
                with suppress(Empty):
                    return answers.get(timeout=LOOK_S)
            return None
        finally:
            del self._waiting[number]

    def _take(self, message: _Prepared | _Answer) -> None:
        if isinstance(message, _Prepared):
            self._prepared = self._child.pid
            return
        answers = self._waiting.get(message.number)
        if answers is not None:  # who asked has not given up
            answers.put(message.made)


def answer_until_stopped[S](line: ParentLine, make: Callable[[S], bytes]) -> None:
    """Answer the parent's questions one after another until told to stop.

    What has been read until now stays: it is not looked through for garbage again and again.
    """
    gc.collect()
    gc.freeze()
    line.send(_Prepared())
    while not line.stopped.is_set():
        for question in line.receive(PERIOD_S):
            if line.stopped.is_set():
                return
            line.send(_Answer(question.number, _made(make, question.subject)))


def _made[S](make: Callable[[S], bytes], subject: S) -> _Outcome:
    began_s = time.thread_time()
    try:
        packed = packed_answer_of(make(subject))
    except BarfrubError as error:
        return error
    except Exception:  # who asked makes it himself, or is told to ask again
        _log.exception("an answer could not be made")
        return None
    return MadeElsewhere(packed, time.thread_time() - began_s)
