"""Answers that many boards ask for at once: made once, and kept as the bytes that are sent."""

from collections.abc import Callable
from threading import Lock

from pydantic_core import to_json


class KeptAnswer[Source]:
    """The JSON of the newest source; the same source gives the same bytes. Safe from any thread."""

    def __init__(self, view: Callable[[Source], object]) -> None:
        self._view = view
        self._lock = Lock()
        self._kept: tuple[Source, bytes] | None = None

    def of(self, source: Source) -> bytes:
        """Return the view of a source as JSON, made anew only where it is another object."""
        with self._lock:
            if self._kept is None or self._kept[0] is not source:
                self._kept = source, to_json(self._view(source))
            return self._kept[1]
