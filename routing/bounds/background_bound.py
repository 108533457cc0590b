"""A lower bound that rises in a thread of its own while the search goes on."""

from collections.abc import Iterator
from threading import Event, Thread


class BackgroundBound:
    """A lower bound that a thread keeps raising; `value` is the best so far.

    A process that ends waits for the linear program at hand: cutting it off aborts the process.
    """

    def __init__(self, bounds: Iterator[float], add: float = 0.0) -> None:
        """Take the first bound at once and the others in a thread.

        Parameters
        ----------
        add
            What is to be added to each.
        """
        self._bounds = bounds
        self._add = add
        self._enough = Event()
        self.value = next(bounds) + add
        self._thread = Thread(target=self._rise, name="lower bound")
        self._thread.start()

    def _rise(self) -> None:
        for bound in self._bounds:
            self.value = max(self.value, bound + self._add)
            if self._enough.is_set():
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
