"""Token buckets of rate limits as rows, each count in one statement; on PostgreSQL alone.

A row is locked from the count to the end of its transaction, so of parallel callers no more get a
token than there are. Rows are locked in the order of their keys, so that nobody waits in a circle.
The time is that of the database, which all processes share, unless a `now_s` is given.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import text

from data.store.accounts.token_bucket import Allowance, TokenBucket
from data.store.database.engine import Tx

JUMP_S = 60
"""A clock that is so far behind a bucket was set back; less is the wait for a row."""

_NOW = "coalesce(CAST(:now_s AS float8), CAST(extract(epoch FROM clock_timestamp()) AS float8))"

_FILLED = "least(kept.tokens + greatest({now} - kept.at_s, 0) * {size}.per_s, {size}.burst)"
_NEW_FILLED = _FILLED.format(now="excluded.at_s", size="excluded")
_LOCKED = f"(kept.locked AND {_NEW_FILLED} < excluded.burst)"
_LATER = f"""
    CASE WHEN {{now}} < kept.at_s - {JUMP_S} THEN {{now}} ELSE greatest({{now}}, kept.at_s) END
"""

_TAKE = text(f"""
    INSERT INTO rate_bucket AS kept (key, burst, per_s, locks, tokens, at_s, locked)
    SELECT key, burst, per_s, locks, burst - 1, {_NOW}, locks AND burst - 1 < 1
    FROM unnest(
        CAST(:keys AS text[]), CAST(:bursts AS float8[]), CAST(:rates AS float8[]),
        CAST(:locks AS boolean[])
    ) AS wanted (key, burst, per_s, locks)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        burst = excluded.burst,
        per_s = excluded.per_s,
        locks = excluded.locks,
        tokens = greatest({_NEW_FILLED} - 1, 0),
        at_s = {_LATER.format(now="excluded.at_s")},
        locked = {_LOCKED} OR (excluded.locks AND {_NEW_FILLED} - 1 < 1)
    WHERE CAST(:anyway AS boolean) OR ({_NEW_FILLED} >= 1 AND NOT {_LOCKED})
    RETURNING key
""")  # noqa: S608 - expressions of this module

_RETURN = text(f"""
    UPDATE rate_bucket AS kept SET
        tokens = least({_FILLED.format(now=_NOW, size="kept")} + 1, kept.burst),
        at_s = {_LATER.format(now=_NOW)},
        locked = false
    WHERE key IN (
        SELECT key FROM rate_bucket WHERE key = ANY(CAST(:keys AS text[])) ORDER BY key FOR UPDATE
    )
""")  # noqa: S608 - expressions of this module

_FIND = text(f"""
    SELECT key, tokens, at_s, locked, {_NOW} AS now_s FROM rate_bucket
    WHERE key = ANY(CAST(:keys AS text[]))
""")  # noqa: S608 - expressions of this module

_REMOVE = text("DELETE FROM rate_bucket WHERE key = :key")

_REMOVE_FULL = text(f"""
    DELETE FROM rate_bucket WHERE key IN (
        SELECT key FROM rate_bucket AS kept
        WHERE {_FILLED.format(now=_NOW, size="kept")} >= kept.burst
        FOR UPDATE SKIP LOCKED
    )
""")  # noqa: S608 - expressions of this module

_KNOW = text("""
    INSERT INTO known_address (key, used_at) VALUES (:key, localtimestamp)
    ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at
""")

_IS_KNOWN = text("SELECT EXISTS (SELECT FROM known_address WHERE key = :key)")

_FORGET_KNOWN = text("""
    DELETE FROM known_address WHERE key IN (
        SELECT key FROM known_address
        WHERE used_at < localtimestamp - make_interval(days => :days)
        FOR UPDATE SKIP LOCKED
    )
""")


def take_tokens(
    tx: Tx, wanted: Mapping[str, Allowance], now_s: float | None = None, *, anyway: bool = False
) -> set[str]:
    """Take a token of each bucket that has one and is open; return the keys of these.

    Where one is missing, the caller takes all back by rolling back. `anyway` counts also where a
    bucket is empty or locked.
    """
    sizes = {
        "keys": list(wanted),
        "bursts": [one.burst for one in wanted.values()],
        "rates": [one.per_s for one in wanted.values()],
        "locks": [one.locks for one in wanted.values()],
    }
    return set(tx.scalars(_TAKE, sizes | {"now_s": now_s, "anyway": anyway}))


def return_tokens(tx: Tx, keys: Iterable[str], now_s: float | None = None) -> None:
    """Give a token back to each bucket, which opens it."""
    tx.execute(_RETURN, {"keys": list(keys), "now_s": now_s})


def find_buckets(
    tx: Tx, wanted: Mapping[str, Allowance], now_s: float | None = None
) -> dict[str, TokenBucket]:
    """Return the buckets by key, refilled until now; one that is missing is full."""
    rows = tx.execute(_FIND, {"keys": list(wanted), "now_s": now_s})
    return {
        row.key: TokenBucket(row.tokens, row.at_s, row.locked).at(row.now_s, wanted[row.key])
        for row in rows
    }


def remove_bucket(tx: Tx, key: str) -> None:
    """Fill a bucket."""
    tx.execute(_REMOVE, {"key": key})


def remove_full_buckets(tx: Tx, now_s: float | None = None) -> None:
    """Remove the rows of full buckets, which say no more than no row."""
    tx.execute(_REMOVE_FULL, {"now_s": now_s})


def add_known_address(tx: Tx, key: str) -> None:
    """Remember from where an account came in, or that it did so again."""
    tx.execute(_KNOW, {"key": key})


def is_known_address(tx: Tx, key: str) -> bool:
    """Whether an account came in from there before."""
    return bool(tx.scalar(_IS_KNOWN, {"key": key}))


def forget_known_addresses(tx: Tx, days: int) -> None:
    """Forget those that were not used for some days."""
    tx.execute(_FORGET_KNOWN, {"days": days})
