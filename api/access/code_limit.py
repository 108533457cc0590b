"""Limits on guesses of passwords and codes: each is counted before it is compared.

Guessing is slowed down per address and per account, and nobody can use up what others need: an
address from which somebody came in before is not held up by what other addresses guess.
"""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Protocol

from cachetools import LRUCache

from api.access.auth import TooManyError, subscriber
from api.access.rate_limits import Entry, MemoryRateLimiter, RateLimiter
from data.store.accounts.token_bucket import MINUTE_S, Allowance

WINDOW_S = 300.0
"""Time without a failure after which counts are reset."""

HOUR_MINUTES = 60.0


def failures(most: int, window_s: float = WINDOW_S) -> Allowance:
    """Return an allowance of `most` failures within a time, then none until it is over."""
    return Allowance(most, most * MINUTE_S / window_s, locks=True)


BY_NAME = failures(5)
"""Wrong passwords for one name from one address."""

BY_LOGIN_ADDRESS = failures(30)
"""Wrong passwords from one address for any names."""

BY_ACCOUNT = Allowance(20, 1.0)
"""Wrong passwords for one name from all addresses from which it never signed in."""

SECOND_STEP_BY_ACCOUNT = Allowance(10, 10 / HOUR_MINUTES)
"""Wrong codes of the second step for one name: three of a million fit at any time."""

BY_ADDRESS = failures(10)
"""Wrong codes of one address: people type with gloves, and a whole yard shares a router."""

BY_ADDRESS_SLOWLY = Allowance(30, 5 / HOUR_MINUTES)
"""Wrong codes of one address over hours: after 30, one each 12 minutes."""

OF_ALL = failures(300)
"""Wrong codes of all addresses together, above which unknown addresses get fewer for a while."""

BY_UNKNOWN_ADDRESS = Allowance(3, 1 / HOUR_MINUTES)
"""Wrong codes of an address that never sent a right one, while very many are sent."""

BY_REQUEST = failures(20)
"""Wrong codes of one request: 100 million codes last for decades."""

REMEMBERED = 10_000

_ALL = "all"


class KnownAddresses(Protocol):
    """The addresses from which accounts came in."""

    def add(self, account: Hashable, address: str) -> None:
        """Remember that an account came in from an address."""

    def has(self, account: Hashable, address: str) -> bool:
        """Whether the account came in from this address before."""


class MemoryAddresses:
    """The addresses that one process has seen, for the accounts used last."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._known: LRUCache[Hashable, None] = LRUCache(remembered)

    def add(self, account: Hashable, address: str) -> None:
        """Remember that an account came in from an address."""
        self._known[account, subscriber(address)] = None

    def has(self, account: Hashable, address: str) -> bool:
        """Whether the account came in from this address before."""
        return (account, subscriber(address)) in self._known


@dataclass(frozen=True, slots=True)
class GuessCounts:
    """What a limit of guesses keeps: its buckets, and the addresses of right answers."""

    limiter: RateLimiter
    known: KnownAddresses


def memory_counts(
    remembered: int = REMEMBERED, clock_s: Callable[[], float] = time.monotonic
) -> GuessCounts:
    """Return counts in the memory of one process; a restart forgives."""
    return GuessCounts(MemoryRateLimiter(remembered, clock_s), MemoryAddresses(remembered))


class SignInLimit:
    """Limits wrong passwords per name and address, per address, and per name."""

    def __init__(
        self,
        counts: GuessCounts,
        by_name: Allowance = BY_NAME,
        by_address: Allowance = BY_LOGIN_ADDRESS,
        by_account: Allowance = BY_ACCOUNT,
    ) -> None:
        self._limiter = counts.limiter
        self._known = counts.known
        self._by_name = by_name
        self._by_address = by_address
        self._by_account = by_account

    def enter(self, login: str, address: str) -> None:
        """Count an attempt as a failure until `succeeded`; raise `TooManyError` after too many."""
        self._limiter.enter(self._counted(login, address))

    def succeeded(self, login: str, address: str) -> None:
        """Take the attempt back, and reset the failures of the name."""
        self._limiter.give_back(self._counted(login, address))
        self._limiter.forget((login, subscriber(address)))
        self._known.add(login, address)

    def _counted(self, login: str, address: str) -> list[Entry]:
        who = subscriber(address)
        counted: list[Entry] = [((login, who), self._by_name), (who, self._by_address)]
        if not self._known.has(login, address):
            counted.append((("account", login), self._by_account))
        return counted


class CodeLimit:
    """Limits wrong codes per address; sessions are not affected.

    While very many wrong codes come from all addresses together, each address from which no right
    one came gets less; no address is refused for what others send.
    """

    def __init__(self, counts: GuessCounts) -> None:
        self._limiter = counts.limiter
        self._known = counts.known

    def enter(self, address: str) -> None:
        """Count an attempt as wrong until `succeeded`; raise `TooManyError` after too many."""
        counted = self._counted(address)
        if self._many() and not self._known.has(_ALL, address):
            counted.append((("unknown", subscriber(address)), BY_UNKNOWN_ADDRESS))
        self._limiter.enter(counted)
        self._limiter.count(_ALL, OF_ALL)

    def succeeded(self, address: str) -> None:
        """Take the attempt back: the code was right."""
        self._limiter.give_back([*self._counted(address), (_ALL, OF_ALL)])
        self._known.add(_ALL, address)

    def _counted(self, address: str) -> list[Entry]:
        who = subscriber(address)
        return [(("address", who), BY_ADDRESS), (("slowly", who), BY_ADDRESS_SLOWLY)]

    def _many(self) -> bool:
        try:
            self._limiter.check(_ALL, OF_ALL)
        except TooManyError:
            return True
        return False


class TrackCodeLimit:
    """Limits wrong tracking codes per address and per request, never for everybody.

    Many guessers of one request are no quicker than one.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    def enter(self, reference: str, address: str) -> None:
        """Count an attempt as wrong until `succeeded`; raise `TooManyError` after too many."""
        self._limiter.enter(self._counted(reference, address))

    def succeeded(self, reference: str, address: str) -> None:
        """Take the attempt back: the code was right."""
        self._limiter.give_back(self._counted(reference, address))

    def _counted(self, reference: str, address: str) -> list[Entry]:
        return [
            (("address", subscriber(address)), BY_ADDRESS),
            (("request", reference), BY_REQUEST),
        ]
