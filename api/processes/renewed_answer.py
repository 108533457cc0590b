"""An answer for everybody that a thread of its own makes anew; meanwhile the last one is sent."""

import logging
import time
from asyncio import shield, wrap_future
from collections.abc import Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from threading import Lock

from api.processes.cached_response import (
    COSTLY_S,
    REST_SHARE,
    MadeElsewhere,
    Make,
    PackedAnswer,
    packed_answer_of,
)

ANEW_S = 30.0
"""How long everybody is sent the same answer."""

LATE = timedelta(minutes=1)
"""How old an answer may be that is sent while the next one is made; an older one is waited for."""

KEPT = timedelta(minutes=15)
"""How old an answer may be that is sent where no other can be made: it has to say of when it is."""

RETRY_S = 5.0
"""How long nothing is tried again after an answer could not be made."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Made:
    """An answer by what it is of and by when it was begun, by the city's clock."""

    packed: PackedAnswer
    of: Hashable
    at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is of this span of time."""
        return self.at.timestamp() // ANEW_S == now.timestamp() // ANEW_S

    def is_within(self, age: timedelta, now: datetime) -> bool:
        """Whether it is not older than that."""
        return abs(now - self.at) <= age


class RenewedAnswer:
    """One answer that is made anew each `ANEW_S` where anybody asks, by one maker at a time.

    Nobody waits for it but who asks first, or after a while in which nobody asked; all of those
    wait for the same. One that costs more than `COSTLY_S` of the processor rests for `REST_SHARE`
    times as long, however fast the city's clock goes. `packed` is called in the event loop, the
    rest from any thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._maker = ThreadPoolExecutor(1, f"barfrub-{name}")  # has no thread before it is used
        self._lock = Lock()
        self._made: _Made | None = None
        self._coming: tuple[Hashable, Future[PackedAnswer]] | None = None
        self._rests_until_s = -inf

    async def packed(self, make: Make, of: Hashable, now: datetime) -> PackedAnswer:
        """Return what `make` has made lately, compressed by gzip; it is called in another thread.

        What was made `of` something else is not sent any more. Raises what `make` raises where
        there is nothing to send instead.
        """
        made = self._made
        if made is None or made.of != of:
            return await shield(wrap_future(self._renewal(make, of, now)))
        if made.holds(now) or (
            time.monotonic() < self._rests_until_s and made.is_within(KEPT, now)
        ):
            return made.packed
        coming = self._renewal(make, of, now)
        if made.is_within(LATE, now):
            return made.packed
        try:
            return await shield(wrap_future(coming))
        except Exception:  # logged by who failed to make it
            if made.is_within(KEPT, now):
                return made.packed
            raise

    def prepare(self, make: Make, of: Hashable, now: datetime) -> None:
        """Make the answer before anybody asks."""
        self._renewal(make, of, now).result()

    def stop(self) -> None:
        """Make no more; wait for the one that is being made."""
        self._maker.shutdown(cancel_futures=True)

    def _renewal(self, make: Make, of: Hashable, now: datetime) -> Future[PackedAnswer]:
        """Return the answer that is being made; begin one where none is.

        One that has just failed is not tried again so soon: all who ask meanwhile hear why.
        """
        with self._lock:
            if self._coming is None or self._coming[0] != of or self._is_over(self._coming[1]):
                self._coming = of, self._maker.submit(self._make, make, of, now)
            return self._coming[1]

    def _is_over(self, coming: Future[PackedAnswer]) -> bool:
        if not coming.done() or coming.cancelled():
            return coming.done()
        return coming.exception() is None or time.monotonic() >= self._rests_until_s

    def _make(self, make: Make, of: Hashable, now: datetime) -> PackedAnswer:
        began_s, spent_s = time.monotonic(), time.thread_time()
        try:
            made = make()
        except Exception:
            _log.exception("the %s could not be made", self._name)
            self._rests_until_s = time.monotonic() + RETRY_S
            raise
        if not isinstance(made, MadeElsewhere):
            made = MadeElsewhere(packed_answer_of(made), 0.0)
        cost_s = time.thread_time() - spent_s + made.cost_s
        self._rests_until_s = began_s + (REST_SHARE * cost_s if cost_s > COSTLY_S else 0.0)
        self._made = _Made(made.packed, of, now)
        return made.packed
