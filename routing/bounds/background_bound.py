"""A lower bound that rises in a thread of its own while the search goes on."""

from collections.abc import Iterator
from threading import Event, Thread

from routing.problem.stopping import thread_s

FREE_S = 1.0
"""Processor time that the thread may take before it rests."""


class BackgroundBound:
    """A lower bound that a thread keeps raising; `value` is the best so far.

    A process that ends waits for the linear program at hand: cutting it off aborts the process.
    """

    def __init__(self, bounds: Iterator[float], add: float = 0.0, rests: float = 0.0) -> None:
        """Take the first bound at once and the others in a thread.

        Parameters
        ----------
        add
            What is to be added to each.
        rests
            How long the thread rests after each bound, in times of what that took: the search may
            have no other processor.
        """
        self._bounds = bounds
        self._add = add
        self._rests = rests
        self._enough = Event()
        self.value = next(bounds) + add
        self._thread = Thread(target=self._rise, name="lower bound")
        self._thread.start()

    def _rise(self) -> None:
        until_s = 0.0
        for bound in self._bounds:
            self.value = max(self.value, bound + self._add)
            took_s, until_s = thread_s() - until_s, thread_s()
            if self._enough.wait(self._rests * took_s if until_s > FREE_S else 0.0):
                break

    def __enter__(self) -> "BackgroundBound":
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread."""
        self._enough.set()

    def last(self, *, wait: bool) -> float:
        """Return the best bound and stop; with `wait` not before there is no better one."""
        if wait:
            self._thread.join()
        self._enough.set()
        return self.value
