"""Rate limits: token buckets, and those of public endpoints."""

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Protocol

from cachetools import LRUCache
from fastapi import Request

from api.access.auth import TooManyError, subscriber
from data.store.accounts.token_bucket import Allowance, TokenBucket

REMEMBERED = 50_000
"""Senders kept in memory, at most."""

type Entry = tuple[Hashable, Allowance]
"""A key and the size of its bucket."""


class RateLimiter(Protocol):
    """A token bucket per key; safe to use from several threads."""

    def enter(self, entries: Iterable[Entry]) -> None:
        """Take a token of each key in one step; where one has none left, take none and raise.

        Of several callers at once no more get in than there are tokens. Raises `TooManyError`.
        """

    def check(self, key: Hashable, allowance: Allowance) -> None:
        """Raise `TooManyError` where no token is left, but take none."""

    def count(self, key: Hashable, allowance: Allowance) -> None:
        """Take one token, or none where the bucket is empty."""

    def give_back(self, entries: Iterable[Entry]) -> None:
        """Return a token of each key: what was counted did not deserve it."""

    def forget(self, key: Hashable) -> None:
        """Refill the bucket of a key."""


class MemoryRateLimiter:
    """The buckets of one process, for the keys used last; a restart forgives."""

    def __init__(
        self, remembered: int = REMEMBERED, clock_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._buckets: LRUCache[Hashable, TokenBucket] = LRUCache(remembered)
        self._clock_s = clock_s
        self._lock = Lock()

    def enter(self, entries: Iterable[Entry]) -> None:
        """Take a token of each key, as of `RateLimiter`."""
        with self._lock:
            taken: dict[Hashable, TokenBucket] = {}
            for key, allowance in entries:
                bucket = self._bucket(key, allowance)
                require_token(bucket, allowance)
                taken[key] = bucket.taken(allowance)
            self._buckets.update(taken)

    def check(self, key: Hashable, allowance: Allowance) -> None:
        """Raise `TooManyError` where no token is left, but take none."""
        with self._lock:
            require_token(self._bucket(key, allowance), allowance)

    def count(self, key: Hashable, allowance: Allowance) -> None:
        """Take one token, or none where the bucket is empty."""
        with self._lock:
            self._take(key, allowance)

    def give_back(self, entries: Iterable[Entry]) -> None:
        """Return a token of each key."""
        with self._lock:
            for key, allowance in entries:
                self._buckets[key] = self._bucket(key, allowance).returned(allowance)

    def forget(self, key: Hashable) -> None:
        """Refill the bucket of a key."""
        with self._lock:
            self._buckets.pop(key, None)

    def _take(self, key: Hashable, allowance: Allowance) -> None:
        self._buckets[key] = self._bucket(key, allowance).taken(allowance)

    def _bucket(self, key: Hashable, allowance: Allowance) -> TokenBucket:
        now_s = self._clock_s()
        kept = self._buckets.get(key)
        return kept.at(now_s, allowance) if kept else TokenBucket(allowance.burst, now_s)


def require_token(bucket: TokenBucket, allowance: Allowance) -> None:
    """Raise `TooManyError` where no token may be taken now."""
    wait_s = bucket.wait_s(allowance)
    if wait_s > 0:
        raise TooManyError(int(wait_s) + 1)


class PublicAction(StrEnum):
    """Public actions with a rate limit of their own."""

    REPORT = "report"
    TRACK = "track"
    PLACE = "place"
    READ = "read"
    OPEN = "open"
    KEY = "key"
    WRONG_KEY = "wrong_key"
    UNKNOWN_TRACKER = "unknown_tracker"
    FORGOTTEN = "forgotten"
    FORGOTTEN_NAME = "forgotten_name"
    FORGOTTEN_CITY = "forgotten_city"


ALLOWANCES: dict[PublicAction, Allowance] = {
    # A family behind one router, or a phone company's: a few reports at once.
    PublicAction.REPORT: Allowance(20, 10.0),
    # People reload the page often; guessing codes is hopeless at this rate.
    PublicAction.TRACK: Allowance(30, 20.0),
    # A pin is moved a few times; what is reported in all of a city is not read out this way.
    PublicAction.PLACE: Allowance(30, 10.0),
    PublicAction.READ: Allowance(120, 120.0),
    # Programs: answers change once a minute, and each question of its own costs the database.
    PublicAction.OPEN: Allowance(60, 60.0),
    # A key sends the requests of a whole city.
    PublicAction.KEY: Allowance(300, 600.0),
    PublicAction.WRONG_KEY: Allowance(10, 2.0),
    # A yard full of trackers not adopted yet, behind one router.
    PublicAction.UNKNOWN_TRACKER: Allowance(60, 60.0),
    # Who forgot a password asks once or twice; an office shares an address. The sender of the
    # second is the name: nobody gets more messages than these.
    PublicAction.FORGOTTEN: Allowance(10, 10 / 60),
    PublicAction.FORGOTTEN_NAME: Allowance(3, 3 / 60),
    # Text messages to all people of a city together, which cost money: some 300 a day.
    PublicAction.FORGOTTEN_CITY: Allowance(60, 10 / 60),
}
"""Allowances of one sender at the usual pace."""


@dataclass
class PublicLimits:
    """Limits the public actions of each sender.

    `pace` multiplies every allowance; 0 lets everybody in.
    """

    pace: float = 1.0
    limiter: RateLimiter = field(default_factory=MemoryRateLimiter)

    def enter(self, action: PublicAction, sender: str) -> None:
        """Count an action of a sender; raise `TooManyError` above the limit."""
        if self.pace != 0:
            self.limiter.enter([self._entry(action, sender)])

    def check(self, action: PublicAction, sender: str) -> None:
        """Raise `TooManyError` above the limit, but count nothing."""
        if self.pace != 0:
            self.limiter.check(*self._entry(action, sender))

    def give_back(self, action: PublicAction, sender: str) -> None:
        """Take back an action that was counted."""
        if self.pace != 0:
            self.limiter.give_back([self._entry(action, sender)])

    def _entry(self, action: PublicAction, sender: str) -> Entry:
        usual = ALLOWANCES[action]
        burst = max(usual.burst * self.pace, 1.0)
        return (action, subscriber(sender)), Allowance(burst, usual.per_minute * self.pace)


def address_of(request: Request) -> str:
    """Return the client address of a request; empty where it is unknown."""
    return request.client.host if request.client else ""
