"""Token buckets: how often somebody may do something."""

from dataclasses import dataclass

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
class TokenBucket:
    """The tokens of a bucket at a moment, and whether it refuses until it is full.

    `data.store.accounts.rate_buckets` says the same in SQL.
    """

    tokens: float
    at_s: float
    locked: bool = False

    def at(self, now_s: float, allowance: Allowance) -> "TokenBucket":
        """Return the bucket as it is refilled until now."""
        refill = max(now_s - self.at_s, 0.0) * allowance.per_s
        tokens = min(self.tokens + refill, allowance.burst)
        return TokenBucket(tokens, now_s, self.locked and tokens < allowance.burst)

    def wait_s(self, allowance: Allowance) -> float:
        """Return the time until a token may be taken; 0 where one may be now."""
        wanted = allowance.burst if self.locked else 1.0
        return max(wanted - self.tokens, 0.0) / allowance.per_s

    def taken(self, allowance: Allowance) -> "TokenBucket":
        """Return the bucket with a token less, or as it is where it is empty."""
        tokens = max(self.tokens - 1.0, 0.0)
        locked = self.locked or (allowance.locks and tokens < 1.0)
        return TokenBucket(tokens, self.at_s, locked)

    def returned(self, allowance: Allowance) -> "TokenBucket":
        """Return the bucket with a token more, which opens it."""
        return TokenBucket(min(self.tokens + 1.0, allowance.burst), self.at_s)
