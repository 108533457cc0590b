"""State of blade and spreader sensors, with flickering and stuck sensors found.

A sensor is believed until it shows that it is broken: it flickers, it says "at work" at a speed at
which nobody works, or it never says "up" where the route says to drive. From then on it is as if
there were none, until it behaves; one that never said "up" was stuck all along, and what it said
before is not believed either (`fleet.coverage.track_windows`).
"""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import DirectedSegment, Position

CARRIED = timedelta(seconds=30)
"""What a sensor said holds so long for fixes of a second device that knows nothing of it."""

FLICKER = timedelta(seconds=7)
"""What a blade "did" for less, to be seen at one fix alone, may be a loose contact."""

FLICKERING_WITHIN = timedelta(minutes=3)
FLICKERS = 2
"""More flickers in that time are one, whatever the work."""

FRESH = timedelta(seconds=10)
"""So long after a blade was lowered, a receiver's error may put it on the street before."""

FAST_S = 20.0
"""Seconds "at work" faster than anybody works, without a word of "up", that prove it stuck."""

DRIVES_M = 300.0
"""Metres "at work" where the route says to drive, without a word of "up", that prove it too."""


class Switch(StrEnum):
    """What a sensor watches."""

    BLADE = "blade"
    SPREADER = "spreader"


@dataclass(slots=True)
class SensorTrack:
    """One on/off sensor of a vehicle."""

    state: bool | None = None
    state_at: datetime | None = None
    state_on: DirectedSegment | None = None
    changed_at: datetime | None = None
    changed_on: DirectedSegment | None = None
    flickers: deque[datetime] = field(default_factory=deque)
    fast_s: float = 0.0
    drives_m: float = 0.0
    was_up: bool = False

    def read(
        self, reading: bool | None, at: datetime, street: DirectedSegment | None, *, fast: bool
    ) -> None:
        """Add a reading at a fix on a street; `fast` where the speed is above any working speed."""
        while self.flickers and at - self.flickers[0] > FLICKERING_WITHIN:
            self.flickers.popleft()
        if reading is None:
            if self.state_at is not None and at - self.state_at > CARRIED:
                self.state, self.state_at, self.changed_at = None, None, None
            return
        if self.state is not None and reading != self.state:
            self._change(reading, at, street)
        if not reading:
            self.fast_s, self.drives_m, self.was_up = 0.0, 0.0, True
        elif fast and self.state_at is not None:
            self.fast_s += (at - self.state_at).total_seconds()
        self.state, self.state_at, self.state_on = reading, at, street

    def _change(self, reading: bool, at: datetime, street: DirectedSegment | None) -> None:
        """Add a change of state, and note whether the state before was a flicker.

        "At work" for a moment is one anywhere. "Not at work" for a moment is one only in the middle
        of a street: at corners, and where they turn, small machines lift their blades.
        """
        brief = self.changed_at is not None and at - self.changed_at < FLICKER
        if brief and (not reading or (street is not None and street == self.changed_on)):
            self.flickers.append(at)
        self.changed_at, self.changed_on = at, self.state_on

    def drive(self, metres: float) -> None:
        """Add metres driven where the route has nothing to work on."""
        if self.state and not self.was_up:
            self.drives_m += metres

    @property
    def believed(self) -> bool | None:
        """The state, or `None` where there is no sensor or it is not to be believed."""
        broken = len(self.flickers) > FLICKERS or self._at_work_in_vain
        return None if broken else self.state

    @property
    def unproved(self) -> bool:
        """Whether it has only ever reported "at work", so that it may be stuck."""
        return bool(self.state) and not self.was_up

    @property
    def stuck(self) -> bool:
        """Whether it was stuck from its first reading on."""
        return self.unproved and self._at_work_in_vain

    @property
    def _at_work_in_vain(self) -> bool:
        return self.fast_s > FAST_S or self.drives_m > DRIVES_M


@dataclass(frozen=True, slots=True)
class SensorReading:
    """Believed sensor states at a fix; `None` where there is none or none to be believed.

    `fresh` says that the blade has only just moved.
    """

    blade: bool | None
    spreader: bool | None
    fresh: bool = False

    def without(self, broken: frozenset[Switch]) -> "SensorReading":
        """Return the same without the readings of some sensors."""
        return replace(
            self,
            blade=None if Switch.BLADE in broken else self.blade,
            spreader=None if Switch.SPREADER in broken else self.spreader,
        )


@dataclass(slots=True)
class SensorPair:
    """Both sensors of a vehicle."""

    blade: SensorTrack = field(default_factory=SensorTrack)
    spreader: SensorTrack = field(default_factory=SensorTrack)

    def read(
        self, fix: Position, too_fast_mps: float, street: DirectedSegment | None = None
    ) -> SensorReading:
        """Add a fix on a street, in order of time; return the believed states."""
        fast = fix.speed_mps is not None and fix.speed_mps > too_fast_mps
        self.blade.read(fix.blade, fix.fixed_at, street, fast=fast)
        self.spreader.read(fix.spreader, fix.fixed_at, street, fast=fast)
        moved_at = self.blade.changed_at
        fresh = moved_at is not None and fix.fixed_at - moved_at <= FRESH
        return SensorReading(self.blade.believed, self.spreader.believed, fresh)

    def drive(self, metres: float) -> None:
        """Add metres driven where the route has nothing to work on."""
        self.blade.drive(metres)
        self.spreader.drive(metres)

    @property
    def unproved(self) -> bool:
        """Whether a sensor may still turn out to be stuck since its first reading."""
        return self.blade.unproved or self.spreader.unproved

    @property
    def stuck(self) -> frozenset[Switch]:
        """Which sensors were stuck from their first reading on."""
        both = {Switch.BLADE: self.blade, Switch.SPREADER: self.spreader}
        return frozenset(switch for switch, sensor in both.items() if sensor.stuck)
