"""How often strangers may come: a bucket per door and sender, for doors that need no sign-in."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fastapi import Request

from api.access.auth import TooManyError, subscriber

REMEMBERED = 50_000
"""Senders remembered: a flood from everywhere must not fill the memory."""

MINUTE_S = 60.0


class Door(StrEnum):
    """What strangers do, each counted apart."""

    REPORT = "report"
    TRACK = "track"
    READ = "read"
    KEY = "key"
    WRONG_KEY = "wrong_key"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and so many a minute for long."""

    burst: int
    per_minute: float


ALLOWANCES: Mapping[Door, Allowance] = {
    # A family behind one router, or a phone company's: a few reports at once.
    Door.REPORT: Allowance(20, 10.0),
    # Who tracks a request looks again and again; who guesses codes gets nowhere at this pace.
    Door.TRACK: Allowance(30, 20.0),
    Door.READ: Allowance(120, 120.0),
    # A city's other system sends what a whole city says.
    Door.KEY: Allowance(300, 600.0),
    Door.WRONG_KEY: Allowance(10, 2.0),
    # A yard full of trackers that nobody has adopted yet, behind one router.
    Door.STRANGER: Allowance(60, 60.0),
}
"""What one sender may do by the usual pace."""


@dataclass
class PublicLimits:
    """Counts what comes through public doors, and refuses a sender who comes too often.

    Kept in memory: one web process by design, and a restart may forgive. `pace` multiplies every
    allowance; 0 lets everybody in.
    """

    pace: float = 1.0
    remembered: int = REMEMBERED
    _left: OrderedDict[tuple[Door, str], tuple[float, float]] = field(
        default_factory=OrderedDict, init=False
    )

    def enter(self, door: Door, sender: str, now_s: float) -> None:
        """Count one entry of an address or a key; raise `TooManyError` where it is one too many."""
        if self.pace == 0:
            return
        left = self._filled(door, sender, now_s)
        if left < 1.0:
            raise TooManyError(self._wait_s(door, left))
        self._remember(door, sender, left - 1.0, now_s)

    def check(self, door: Door, sender: str, now_s: float) -> None:
        """Raise `TooManyError` where an entry would be one too many, but count none."""
        left = self._filled(door, sender, now_s)
        if self.pace != 0 and left < 1.0:
            raise TooManyError(self._wait_s(door, left))

    def _filled(self, door: Door, sender: str, now_s: float) -> float:
        allowance = ALLOWANCES[door]
        most = max(allowance.burst * self.pace, 1.0)
        left, at_s = self._left.get((door, subscriber(sender)), (most, now_s))
        return min(left + (now_s - at_s) * self._per_s(door), most)

    def _remember(self, door: Door, sender: str, left: float, now_s: float) -> None:
        key = (door, subscriber(sender))
        self._left[key] = (left, now_s)
        self._left.move_to_end(key)
        while len(self._left) > self.remembered:
            self._left.popitem(last=False)

    def _wait_s(self, door: Door, left: float) -> int:
        return int((1.0 - left) / self._per_s(door)) + 1

    def _per_s(self, door: Door) -> float:
        return ALLOWANCES[door].per_minute * self.pace / MINUTE_S


def address_of(request: Request) -> str:
    """Return the address that a request comes from; empty where the server does not know it."""
    return request.client.host if request.client else ""
