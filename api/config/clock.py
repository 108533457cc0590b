"""The clock of a city; demos and exercises start it at another time or run it faster."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf

from data.errors import BarfrubError


def since_boot_s() -> float:
    """Return a time that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _machine_now() -> datetime:
    return datetime.now(UTC)


class SteadyClock:
    """Returns the machine's time as if nobody had set it since this clock was begun or `follow`ed.

    Sessions are dated by it, so that nobody is signed out when the clock is set.
    """

    def __init__(
        self,
        machine_now: Callable[[], datetime] = _machine_now,
        boot_s: Callable[[], float] = since_boot_s,
    ) -> None:
        self._machine_now = machine_now
        self._boot_s = boot_s
        self.follow()

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        moment, boot_s = self._begun
        return moment + timedelta(seconds=self._boot_s() - boot_s)

    def jump(self) -> timedelta:
        """Return by how much the machine's clock was set since then."""
        return self._machine_now() - self.now()

    def follow(self) -> None:
        """Take the machine's time again."""
        self._begun = self._machine_now(), self._boot_s()


class Clock:
    """Returns real time, or time from `start` on at `speed` times real time."""

    def __init__(self, start: datetime | None = None, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"speed: expected more than 0, got {speed}")
        self._speed = speed
        self._start = start if start or speed == 1.0 else datetime.now(UTC)
        self._began_s = time.monotonic()

    @property
    def speed(self) -> float:
        """How many seconds it goes on in one."""
        return self._speed

    @property
    def pace(self) -> float:
        """How many seconds it goes on in one now: none where somebody has paused it."""
        return self.speed

    @property
    def paused(self) -> bool:
        """Whether somebody has paused it."""
        return False

    @property
    def epoch(self) -> int:
        """How often somebody has set it back on purpose: pages of before show what never was."""
        return 0

    @property
    def may_stand(self) -> bool:
        """Whether it may be paused, wait or be set back: who goes by it must hear of that."""
        return False

    @property
    def training(self) -> bool:
        """Whether this is not the machine's time."""
        return self._start is not None

    def system_now(self) -> datetime:
        """Return the machine's time."""
        return _machine_now()

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        if self._start is None:
            return self.system_now()
        return self._start + timedelta(seconds=(time.monotonic() - self._began_s) * self._speed)


class ServerClock:
    """An estimate of a server's time between two requests; both clocks run at one speed."""

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._asked_s = 0.0
        self._speed = 1.0

    def align(self, now: datetime, speed: float) -> None:
        """Set the time and speed that the server has just sent."""
        self._at, self._asked_s, self._speed = now, time.monotonic(), speed

    @property
    def age_s(self) -> float:
        """How long ago the server sent its time; for ever where it never did."""
        return inf if self._at is None else time.monotonic() - self._asked_s

    @property
    def speed(self) -> float:
        """How many seconds the server's clock goes in one."""
        return self._speed

    def now(self) -> datetime:
        """Return the estimated server's time."""
        if self._at is None:
            raise BarfrubError("the server has not been asked for its time yet")
        return self._at + timedelta(seconds=(time.monotonic() - self._asked_s) * self._speed)
