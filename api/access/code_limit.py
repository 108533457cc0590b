"""Limits on wrong passwords and codes: per name, per address and in total."""

from collections.abc import Hashable

from api.access.auth import subscriber
from api.access.rate_limits import MINUTE_S, Allowance, RateLimiter

WINDOW_S = 300.0
"""Time without a failure after which counts are reset."""


def failures(most: int, window_s: float = WINDOW_S) -> Allowance:
    """Return an allowance of `most` failures within a time, then none until it is over."""
    return Allowance(most, most * MINUTE_S / window_s, locks=True)


BY_NAME = failures(5)
"""Wrong passwords for one name from one address."""

BY_LOGIN_ADDRESS = failures(30)
"""Wrong passwords from one address for any names."""

BY_ADDRESS = failures(10)
"""Wrong codes of one address: people type with gloves, and a whole yard shares a router."""

OF_ALL = failures(300)
"""Wrong codes of all addresses together."""

BY_REQUEST = failures(20)
"""Wrong codes of one request: 100 million codes last for decades."""

REMEMBERED = 10_000

_ALL = "all"


class SignInLimit:
    """Limits failed sign-ins per name and address, and per address."""

    def __init__(
        self,
        by_name: Allowance = BY_NAME,
        by_address: Allowance = BY_LOGIN_ADDRESS,
        remembered: int = REMEMBERED,
    ) -> None:
        self._by_name = by_name
        self._by_address = by_address
        self._limiter = RateLimiter(remembered)

    def check(self, login: str, address: str, now_s: float) -> None:
        """Raise `TooManyError` after too many failures."""
        who = subscriber(address)
        self._limiter.check((login, who), self._by_name, now_s)
        self._limiter.check(who, self._by_address, now_s)

    def failed(self, login: str, address: str, now_s: float) -> None:
        """Count a failure."""
        who = subscriber(address)
        self._limiter.count((login, who), self._by_name, now_s)
        self._limiter.count(who, self._by_address, now_s)

    def succeeded(self, login: str, address: str) -> None:
        """Reset the failures of a name."""
        self._limiter.forget((login, subscriber(address)))


class CodeLimit:
    """Limits wrong codes per address and in total; sessions are not affected."""

    def __init__(self) -> None:
        self._limiter = RateLimiter(REMEMBERED)

    def check(self, address: str, now_s: float) -> None:
        """Raise `TooManyError` after too many wrong codes."""
        for key, allowance in self._counted(address):
            self._limiter.check(key, allowance, now_s)

    def failed(self, address: str, now_s: float) -> None:
        """Count a wrong code."""
        for key, allowance in self._counted(address):
            self._limiter.count(key, allowance, now_s)

    def _counted(self, address: str) -> list[tuple[Hashable, Allowance]]:
        of_address = ("address", subscriber(address))
        return [(of_address, BY_ADDRESS), (_ALL, OF_ALL)]


class TrackCodeLimit:
    """Limits wrong tracking codes per address and per request, never for everybody.

    Many guessers of one request are no quicker than one.
    """

    def __init__(self) -> None:
        self._limiter = RateLimiter(REMEMBERED)

    def check(self, reference: str, address: str, now_s: float) -> None:
        """Raise `TooManyError` after too many wrong codes."""
        for key, allowance in self._counted(reference, address):
            self._limiter.check(key, allowance, now_s)

    def failed(self, reference: str, address: str, now_s: float) -> None:
        """Count a wrong code."""
        for key, allowance in self._counted(reference, address):
            self._limiter.count(key, allowance, now_s)

    def _counted(self, reference: str, address: str) -> list[tuple[Hashable, Allowance]]:
        return [
            (("address", subscriber(address)), BY_ADDRESS),
            (("request", reference), BY_REQUEST),
        ]
