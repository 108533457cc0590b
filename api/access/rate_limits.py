"""Rate limits: token buckets, and those of public endpoints."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock

from cachetools import LRUCache
from fastapi import Request

from api.access.auth import TooManyError, subscriber

REMEMBERED = 50_000
"""Senders kept in memory, at most."""

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Allowance:
    """A token bucket's size, `burst`, and its refill per minute.

    Where it `locks`, an empty bucket refuses until it is full again.
    """

    burst: float
    per_minute: float
    locks: bool = False

    @property
    def per_s(self) -> float:
        """Refill per second."""
        return self.per_minute / MINUTE_S


@dataclass(frozen=True, slots=True)
class _Bucket:
    left: float
    at_s: float
    locked: bool


type Entry = tuple[Hashable, Allowance]
"""A key and the bucket that is kept of it."""


class RateLimiter:
    """A token bucket per key, for the keys used last; safe to use from several threads.

    Kept in memory: one web process by design, and a restart may forgive.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._buckets: LRUCache[Hashable, _Bucket] = LRUCache(remembered)
        self._lock = Lock()

    def enter(self, entries: Iterable[Entry], now_s: float) -> None:
        """Take a token of each key in one step; where one has none left, take none and raise.

        Of several callers at once no more get in than there are tokens. Raises `TooManyError`.
        """
        wanted = tuple(entries)
        with self._lock:
            for key, allowance in wanted:
                self._require(key, allowance, now_s)
            for key, allowance in wanted:
                self._take(key, allowance, now_s)

    def check(self, key: Hashable, allowance: Allowance, now_s: float) -> None:
        """Raise `TooManyError` where no token is left, but take none."""
        with self._lock:
            self._require(key, allowance, now_s)

    def count(self, key: Hashable, allowance: Allowance, now_s: float) -> None:
        """Take one token, or none where the bucket is empty."""
        with self._lock:
            self._take(key, allowance, now_s)

    def give_back(self, entries: Iterable[Entry], now_s: float) -> None:
        """Return a token of each key: what was counted did not deserve it."""
        with self._lock:
            for key, allowance in entries:
                bucket = self._filled(key, allowance, now_s)
                left = min(bucket.left + 1.0, allowance.burst)
                self._buckets[key] = _Bucket(left, now_s, locked=False)

    def forget(self, key: Hashable) -> None:
        """Refill the bucket of a key."""
        with self._lock:
            self._buckets.pop(key, None)

    def _require(self, key: Hashable, allowance: Allowance, now_s: float) -> None:
        bucket = self._filled(key, allowance, now_s)
        wanted = allowance.burst if bucket.locked else 1.0
        if bucket.left < wanted:
            raise TooManyError(int((wanted - bucket.left) / allowance.per_s) + 1)

    def _take(self, key: Hashable, allowance: Allowance, now_s: float) -> None:
        bucket = self._filled(key, allowance, now_s)
        left = max(bucket.left - 1.0, 0.0)
        locked = bucket.locked or (allowance.locks and left < 1.0)
        self._buckets[key] = _Bucket(left, now_s, locked)

    def _filled(self, key: Hashable, allowance: Allowance, now_s: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            return _Bucket(allowance.burst, now_s, locked=False)
        left = min(bucket.left + (now_s - bucket.at_s) * allowance.per_s, allowance.burst)
        return _Bucket(left, now_s, bucket.locked and left < allowance.burst)


class PublicAction(StrEnum):
    """Public actions with a rate limit of their own."""

    REPORT = "report"
    TRACK = "track"
    READ = "read"
    KEY = "key"
    WRONG_KEY = "wrong_key"
    UNKNOWN_TRACKER = "unknown_tracker"


ALLOWANCES: Mapping[PublicAction, Allowance] = {
    # A family behind one router, or a phone company's: a few reports at once.
    PublicAction.REPORT: Allowance(20, 10.0),
    # People reload the page often; guessing codes is hopeless at this rate.
    PublicAction.TRACK: Allowance(30, 20.0),
    PublicAction.READ: Allowance(120, 120.0),
    # A key sends the requests of a whole city.
    PublicAction.KEY: Allowance(300, 600.0),
    PublicAction.WRONG_KEY: Allowance(10, 2.0),
    # A yard full of trackers not adopted yet, behind one router.
    PublicAction.UNKNOWN_TRACKER: Allowance(60, 60.0),
}
"""Allowances of one sender at the usual pace."""


@dataclass
class PublicLimits:
    """Limits the public actions of each sender.

    `pace` multiplies every allowance; 0 lets everybody in.
    """

    pace: float = 1.0
    limiter: RateLimiter = field(default_factory=RateLimiter)

    def enter(self, action: PublicAction, sender: str, now_s: float) -> None:
        """Count an action of a sender; raise `TooManyError` above the limit."""
        if self.pace != 0:
            self.limiter.enter([self._entry(action, sender)], now_s)

    def check(self, action: PublicAction, sender: str, now_s: float) -> None:
        """Raise `TooManyError` above the limit, but count nothing."""
        if self.pace != 0:
            self.limiter.check(*self._entry(action, sender), now_s)

    def give_back(self, action: PublicAction, sender: str, now_s: float) -> None:
        """Take back an action that was counted."""
        if self.pace != 0:
            self.limiter.give_back([self._entry(action, sender)], now_s)

    def _entry(self, action: PublicAction, sender: str) -> Entry:
        usual = ALLOWANCES[action]
        burst = max(usual.burst * self.pace, 1.0)
        return (action, subscriber(sender)), Allowance(burst, usual.per_minute * self.pace)


def address_of(request: Request) -> str:
    """Return the client address of a request; empty where it is unknown."""
    return request.client.host if request.client else ""
