"""The clock of a city; demos and exercises start it at another time or run it faster."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Returns real time, or time from `start` on at `speed` times real time."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"speed: expected more than 0, got {speed}")
        self.speed = speed
        self._start = start if start or speed == 1.0 else datetime.now(UTC)
        self._began_s = time.monotonic()

    @property
    def training(self) -> bool:
        """Whether this is not the machine's time."""
        return self._start is not None

    def system_now(self) -> datetime:
        """Return the machine's time."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        if self._start is None:
            return self.system_now()
        return self._start + timedelta(seconds=(time.monotonic() - self._began_s) * self.speed)
