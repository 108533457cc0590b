"""Digests of shifts, promises and trackers, which the line of each change carries.

The functions that change such a row mark it; the next line of the audit log in that transaction
says what the row is now. So no place that writes a line can forget the digest. Rows that never
change are told together where many are added in a row: publishing a plan makes thousands of
promises.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from weakref import WeakKeyDictionary

from sqlalchemy import Table, select

from data.store.audit.digests import digest_of, plain_value
from data.store.database.engine import Tx
from data.store.schema import device, promise, shift

ADDED, CHANGED = "rows_added", "rows_changed"
"""Fields of a line: digests of rows by their subject ("shift:7", or "promise:101-600" for many)."""

_WATCHED: dict[Table, tuple[str, ...]] = {
    shift: ("id", "storm_id", "vehicle_id", "driver_id", "starts_at", "ends_at", "state"),
    promise: (
        "id",
        "request_id",
        "job_id",
        "plan_id",
        "made_at",
        "expected_at",
        "from_at",
        "to_at",
    ),
    device: ("id", "name", "vehicle_id", "token_hash", "speed_unit", "inputs", "trusted"),
}
"""The columns that a digest is of, by table."""

UNCHANGING = frozenset({promise})
"""Tables whose rows are only added."""

APART = 8
"""Up to so many rows with consecutive numbers have a digest each."""

AT_ONCE = 500
"""Rows read by one query: one each would take most of the time of publishing a plan."""

type _Marks = dict[Table, dict[int, str]]

_marked: WeakKeyDictionary[Tx, _Marks] = WeakKeyDictionary()
"""Rows that the next line of a transaction is to tell of, with the field in which."""


def mark_added(tx: Tx, table: Table, ids: Iterable[int]) -> None:
    """Have the next line of the audit log tell of new rows."""
    _marks(tx, table).update(dict.fromkeys(ids, ADDED))


def mark_changed(tx: Tx, table: Table, ids: Iterable[int]) -> None:
    """Have the next line of the audit log tell of changed rows."""
    marks = _marks(tx, table)
    for key in ids:
        marks.setdefault(key, CHANGED)


def take_marked(tx: Tx) -> dict[str, dict[str, str]]:
    """Return the digests of the marked rows by the field of the line, and forget the marks."""
    fields: dict[str, dict[str, str]] = {}
    for table, names in _marked.pop(tx, {}).items():
        for keys in batched(names, AT_ONCE, strict=False):
            found = dict(_digests(tx, table, keys))
            for run in _runs(found) if table in UNCHANGING else ([key] for key in found):
                field = fields.setdefault(names[run[0]], {})
                if len(run) > APART:
                    together = digest_of([found[key] for key in run])
                    field[f"{table.name}:{run[0]}-{run[-1]}"] = together
                else:
                    field |= {_subject(table, key): found[key] for key in run}
    return fields


def _runs(keys: Iterable[int]) -> list[list[int]]:
    """Return ascending numbers in pieces, each without a gap."""
    runs: list[list[int]] = []
    for key in keys:
        if runs and runs[-1][-1] == key - 1:
            runs[-1].append(key)
        else:
            runs.append([key])
    return runs


def list_row_digests(tx: Tx) -> Iterator[tuple[str, str]]:
    """Yield the subject of each shift, promise and tracker with its digest."""
    for table in _WATCHED:
        for key, digest in _digests(tx, table):
            yield _subject(table, key), digest


def _marks(tx: Tx, table: Table) -> dict[int, str]:
    return _marked.setdefault(tx, {}).setdefault(table, {})


def _subject(table: Table, key: int) -> str:
    return f"{table.name}:{key}"


def _digests(tx: Tx, table: Table, keys: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
    names = _WATCHED[table]
    query = select(*(table.c[name] for name in names)).order_by(table.c.id)
    if keys is not None:
        query = query.where(table.c.id.in_(keys))
    for row in tx.execute(query):
        yield row.id, digest_of([plain_value(value) for value in row])
