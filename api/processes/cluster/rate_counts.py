"""Counts of rate limits that all web processes of a city share: rows on PostgreSQL.

Rows have digests as keys, so that neither names nor addresses stand there. Each count is a
transaction of its own, which is over before what it counts begins.
"""

import time
from collections.abc import Hashable, Iterable
from hashlib import sha256

from api.access.auth import TooManyError, subscriber
from api.access.code_limit import (
    SECOND_STEP_BY_ACCOUNT,
    GuessCounts,
    SignInLimit,
    memory_counts,
)
from api.access.rate_limits import Entry, require_token
from api.access.sign_in_accounts import AccountStore
from data.store.accounts.rate_buckets import (
    add_known_address,
    find_buckets,
    forget_known_addresses,
    is_known_address,
    remove_bucket,
    remove_full_buckets,
    return_tokens,
    take_tokens,
)
from data.store.accounts.token_bucket import Allowance
from data.store.database.engine import Database, is_shared, momentary, reading

TIDIED_EVERY_S = 300.0
"""How often a process removes rows that say nothing any more."""

KNOWN_DAYS = 180
"""For how long an address from which somebody came in is known: a winter."""


def counts_of(engine: Database, name: str) -> GuessCounts:
    """Return the counts of the limit with this name: shared where several processes may be."""
    if not is_shared(engine):
        return memory_counts()
    return GuessCounts(SharedRateLimiter(engine, name), SharedAddresses(engine, name))


def account_store(engine: Database) -> AccountStore:
    """Return the accounts of a city or province with the limits on guesses of them."""
    second_steps = SignInLimit(counts_of(engine, "second_step"), by_account=SECOND_STEP_BY_ACCOUNT)
    return AccountStore(engine, SignInLimit(counts_of(engine, "sign_in")), second_steps)


class SharedRateLimiter:
    """The buckets of one limit in the database; see `RateLimiter`."""

    def __init__(self, engine: Database, name: str) -> None:
        self._engine = engine
        self._name = name
        self._tidied_s = time.monotonic()

    def enter(self, entries: Iterable[Entry]) -> None:
        """Take a token of each key, or none of any and raise `TooManyError`."""
        wanted = {_digest(self._name, key): allowance for key, allowance in entries}
        with momentary(self._engine) as tx:
            refused = wanted.keys() - take_tokens(tx, wanted)
            if refused:
                buckets = find_buckets(tx, {key: wanted[key] for key in refused})
                waits_s = [bucket.wait_s(wanted[key]) for key, bucket in buckets.items()]
                raise TooManyError(int(max(waits_s, default=0.0)) + 1)
        self._tidy()

    def check(self, key: Hashable, allowance: Allowance) -> None:
        """Raise `TooManyError` where no token is left, but take none."""
        with reading(self._engine) as tx:
            buckets = find_buckets(tx, {_digest(self._name, key): allowance})
        for bucket in buckets.values():
            require_token(bucket, allowance)

    def count(self, key: Hashable, allowance: Allowance) -> None:
        """Take one token, or none where the bucket is empty."""
        with momentary(self._engine) as tx:
            take_tokens(tx, {_digest(self._name, key): allowance}, anyway=True)

    def give_back(self, entries: Iterable[Entry]) -> None:
        """Return a token of each key."""
        with momentary(self._engine) as tx:
            return_tokens(tx, [_digest(self._name, key) for key, _ in entries])

    def forget(self, key: Hashable) -> None:
        """Refill the bucket of a key."""
        with momentary(self._engine) as tx:
            remove_bucket(tx, _digest(self._name, key))

    def _tidy(self) -> None:
        if time.monotonic() < self._tidied_s + TIDIED_EVERY_S:
            return
        self._tidied_s = time.monotonic()
        with momentary(self._engine) as tx:
            remove_full_buckets(tx)
            forget_known_addresses(tx, KNOWN_DAYS)


class SharedAddresses:
    """The addresses from which accounts came in, in the database; see `KnownAddresses`."""

    def __init__(self, engine: Database, name: str) -> None:
        self._engine = engine
        self._name = name

    def add(self, account: Hashable, address: str) -> None:
        """Remember that an account came in from an address."""
        with momentary(self._engine) as tx:
            add_known_address(tx, self._key(account, address))

    def has(self, account: Hashable, address: str) -> bool:
        """Whether the account came in from this address before."""
        with reading(self._engine) as tx:
            return is_known_address(tx, self._key(account, address))

    def _key(self, account: Hashable, address: str) -> str:
        return _digest(self._name, (account, subscriber(address)))


def _digest(name: str, key: Hashable) -> str:
    """Return the key of a row; what a key says begins with the name of its limit."""
    return sha256(repr((name, key)).encode()).hexdigest()
