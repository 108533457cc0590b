"""Large PDF files, made one at a time, each in a process that ends with it.

The route sheets of a whole plan (22 trucks, 5,650 streets) take over a minute of a processor, and
3 GB that a process which goes on would keep. Whoever waits holds one of the threads that answer all
others, so few may wait, and not for long.
"""

import multiprocessing
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from threading import Condition

from data.errors import BarfrubError
from maps.pages.pdf import sheets_pdf

MOST_WAITING = 3
"""Requests for route sheets of whole plans that wait while others' are made."""

WAIT_S = 180.0
"""How long each of them waits at most."""

_SPAWN = multiprocessing.get_context("spawn")

type Sheets = Mapping[str, object]


class SheetsBusyError(BarfrubError):
    """Raised where too many wait for the route sheets of a plan, or one has waited too long."""

    code = "sheets_busy"
    retry_s = 120

    def __init__(self) -> None:
        super().__init__("route sheets are being made for others: try again in two minutes")


@dataclass(slots=True)
class _Job:
    """A file that is being made: of what, and what it became."""

    content: Sheets
    pdf: bytes | None = None


class SheetsQueue:
    """Makes one file at a time; whoever waits for the same sheets gets the same file.

    `make` makes it; `most_waiting` wait at most, each for `wait_s`.
    """

    def __init__(
        self,
        make: Callable[[Sheets], bytes],
        most_waiting: int = MOST_WAITING,
        wait_s: float = WAIT_S,
    ) -> None:
        self._make = make
        self._most_waiting, self._wait_s = most_waiting, wait_s
        self._changed = Condition()
        self._running: _Job | None = None
        self._waiting = 0

    def pdf(self, sheets: Sheets) -> bytes:
        """Return the file of some sheets; raise `SheetsBusyError` where it would take too long."""
        job = _Job({name: value for name, value in sheets.items() if name != "made"})
        with self._changed:
            same = None if self._running is None else self._wait_for_turn(job)
            if same is not None:
                return same
            self._running = job
        try:
            job.pdf = self._make(sheets)
        finally:
            with self._changed:
                self._running = None
                self._changed.notify_all()
        return job.pdf

    def _wait_for_turn(self, job: _Job) -> bytes | None:
        """Return once nothing is being made, or with a file of the same sheets."""
        if self._waiting >= self._most_waiting:
            raise SheetsBusyError
        self._waiting += 1
        try:
            until_s = time.monotonic() + self._wait_s
            while (running := self._running) is not None:
                self._wait_until_over(running, until_s)
                if running.pdf is not None and running.content == job.content:
                    return running.pdf
        finally:
            self._waiting -= 1
        return None

    def _wait_until_over(self, running: _Job, until_s: float) -> None:
        left_s = max(until_s - time.monotonic(), 0.0)
        if not self._changed.wait_for(lambda: self._running is not running, left_s):
            raise SheetsBusyError


def _made_by_child(sheets: Sheets) -> bytes:
    with ProcessPoolExecutor(1, mp_context=_SPAWN) as child:
        return child.submit(sheets_pdf, sheets).result()


_queue = SheetsQueue(_made_by_child)


def large_sheets_pdf(sheets: Sheets) -> bytes:
    """Return what `sheets_pdf` does, made by a child; raise `SheetsBusyError` as the queue does."""
    return _queue.pdf(sheets)
