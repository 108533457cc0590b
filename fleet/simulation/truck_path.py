"""The way of a simulated truck as time goes by, pure; a person may drive it along."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from data.model import Leg, LonLat
from fleet.simulation.simulated_trucks import Fix

STANDS_EVERY = timedelta(seconds=30)
"""How often the tracker of a truck that stands tells so."""

NEXT_FIX = timedelta(seconds=30)
"""The next fix of a truck on its way comes sooner; later, it waits for its planned departure."""

BLADE_DOWN_MPS = 40 / 3.6
"""Nobody drives faster with his blade on the road."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What a driver does with his simulated truck: whether it goes, and its blade is down."""

    going: bool
    blade: bool


class DrivenLeg(NamedTuple):
    """A leg that a truck has driven to its end, and when."""

    leg: Leg
    ended_at: datetime


class TruckPath:
    """The fixes of a truck that has not come to them yet, and where it is.

    Where a person drives, it stands until he lets it go, its blade is where he has it, and with the
    blade down it drives no faster than one can work.
    """

    def __init__(self) -> None:
        self._coming: Iterator[Fix] = iter(())
        self._next: Fix | None = None
        self._last: Fix | None = None
        self._late = timedelta(0)
        self._looked_at: datetime | None = None
        self._leg: Leg | None = None
        self._driven: list[DrivenLeg] = []

    @property
    def place(self) -> LonLat | None:
        """Where the truck is; `None` before it has left."""
        return self._last.location if self._last else None

    def stand_at(self, place: LonLat, now: datetime) -> None:
        """Be at a place already, where an earlier simulation has left the truck."""
        self._last = Fix(
            sent_at=now,
            fixed_at=now,
            location=place,
            speed_mps=0.0,
            heading_deg=0.0,
            accuracy_m=0.0,
            blade=False,
            spreader=False,
            material="",
            rate_gm2=None,
        )

    def begin(self, fixes: Iterator[Fix]) -> None:
        """Take another way from now on; the leg that the truck drives stays undone."""
        self._leg = None
        self._follow(fixes)

    def hinder(self, hindrance: Callable[[Iterator[Fix]], Iterator[Fix]]) -> None:
        """Let something come in the way."""
        rest = self._coming if self._next is None else chain((self._next,), self._coming)
        self._follow(hindrance(_delayed(rest, self._late)))

    def take_driven_legs(self) -> list[DrivenLeg]:
        """Return the legs driven to their ends since this was asked last."""
        driven, self._driven = self._driven, []
        return driven

    def _follow(self, fixes: Iterator[Fix]) -> None:
        self._coming, self._late = fixes, timedelta(0)
        self._next = next(fixes, None)

    def until(self, now: datetime, driver: Controls | None) -> Iterator[Fix]:
        """Yield where the truck has been until now, whenever its tracker sends that.

        `driver` is what a person does, if one drives.
        """
        if driver is not None:
            yield from self._obey(driver, now)
        self._looked_at = now
        while self._next is not None and self._next.fixed_at + self._late <= now:
            fix = moved_by(self._next, self._late)
            self._last = fix if driver is None else replace(fix, blade=driver.blade)
            self._next = self._following(self._next, driver)
            self._come_to(fix.leg, fix.fixed_at)
            if self._next is None:
                self._come_to(None, fix.fixed_at)
            yield self._last

    def _come_to(self, leg: Leg | None, at: datetime) -> None:
        """Note that the leg before is over, where another one has begun."""
        if self._leg is not None and leg is not self._leg:
            self._driven.append(DrivenLeg(self._leg, at))
        self._leg = leg

    def _following(self, before: Fix, driver: Controls | None) -> Fix | None:
        """Return the fix after another; who comes there with his blade down comes later."""
        found = next(self._coming, None)
        if found is None or driver is None or not driver.blade or found.speed_mps <= BLADE_DOWN_MPS:
            return found
        self._late += (found.fixed_at - before.fixed_at) * (found.speed_mps / BLADE_DOWN_MPS - 1)
        return replace(found, speed_mps=BLADE_DOWN_MPS)

    def _obey(self, driver: Controls, now: datetime) -> Iterator[Fix]:
        """Put off what comes while the truck stands, and yield that it does."""
        waits = timedelta(0) if self._next is None else self._next.fixed_at + self._late - now
        if driver.going:
            self._late -= waits if waits > NEXT_FIX else timedelta(0)
            return
        self._late += max(now - (self._looked_at or now), -waits, timedelta(0))
        place, last = self._last or self._next, self._last
        if place and (last is None or now - last.fixed_at >= STANDS_EVERY):
            self._last = replace(standing(place, now), blade=driver.blade)
            yield self._last


def standing(place: Fix, at: datetime) -> Fix:
    """Return the fix of a truck that stands at the place of another fix, with its blade up."""
    return replace(
        place,
        sent_at=at,
        fixed_at=at,
        speed_mps=0.0,
        blade=False,
        spreader=False,
        rate_gm2=None,
    )


def moved_by(fix: Fix, late: timedelta) -> Fix:
    """Return a fix that much later."""
    return replace(fix, fixed_at=fix.fixed_at + late, sent_at=fix.sent_at + late) if late else fix


def _delayed(fixes: Iterable[Fix], late: timedelta) -> Iterator[Fix]:
    return (moved_by(fix, late) for fix in fixes)
