"""Rows as records: the columns of a row become the fields of a dataclass or named tuple.

A field takes the column of its name. Ids, numbers, texts, times and mappings of plain values stay
as they are, enums come by their values, and what a JSON column holds becomes what the annotation
says: tuples, mappings by enum, records. A field that no column is named for is a record in the same
row (`location: LonLat` of `lon` and `lat`, `actor: Actor` of `actor_kind` and `actor_id`); an
optional one is `None` where its first column is empty. `row_of` is the way back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import attrgetter, itemgetter, or_
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Result, Row, Table

from data.errors import NotFoundError
from data.files.type_adapters import adapter

type AnyRow = Row[*tuple[Any, ...]]
"""A row of any columns."""

type Convert = Callable[[Any], Any]
"""Makes the value of a field out of that of a column."""

PLAIN = frozenset({int, float, str, bool, bytes, datetime, object, Any, NoneType})
"""Types whose values come out of the database as they are."""


def record[R](kind: type[R], row: AnyRow, **given: object) -> R:
    """Return a row as a record; fields that are `given` are not read."""
    return _reader(kind, row._fields, tuple(given))(row, tuple(given.values()))


def records[R](kind: type[R], rows: Result[*tuple[Any, ...]]) -> list[R]:
    """Return all rows of an answer as records."""
    return [*map(reader(kind, rows), rows)]


def reader[R](kind: type[R], rows: Result[*tuple[Any, ...]]) -> Callable[[AnyRow], R]:
    """Return what makes a record out of each row of an answer: quicker than `record` for each."""
    return _reader(kind, tuple(rows.keys()))


def get_record[R](kind: type[R], rows: Result[*tuple[Any, ...]], name: str, key: object) -> R:
    """Return the first row of an answer as a record; `NotFoundError` without any."""
    found = first_record(kind, rows)
    if found is None:
        raise NotFoundError(name, key)
    return found


def first_record[R](kind: type[R], rows: Result[*tuple[Any, ...]]) -> R | None:
    """Return the first row of an answer as a record, or `None` where it has none."""
    row = rows.first()
    return None if row is None else record(kind, row)


def only_record[R](kind: type[R], rows: Result[*tuple[Any, ...]]) -> R:
    """Return the one row of an answer, which inserting and updating give, as a record."""
    return record(kind, rows.one())


def row_of(one: object, table: Table, **given: object) -> dict[str, Any]:
    """Return what a record says by the columns of its table, and columns that are `given`.

    The id that the table numbers is left out.
    """
    key = type(one), table, tuple(given)
    if (parts := _writers.get(key)) is None:
        parts = _writers[key] = tuple(_new_parts(*key))
    return {column: part(one) for column, part in parts} | given


_writers: dict[tuple[type, Table, tuple[str, ...]], tuple[tuple[str, Convert], ...]] = {}
"""What a record says of each column, by its type, the table and the columns that are given."""

_readers: dict[tuple[type, tuple[str, ...], tuple[str, ...]], Callable[..., Any]] = {}
"""What reads a record out of rows, by its type, their columns and the fields that are given."""


def _reader[R](
    kind: type[R], columns: tuple[str, ...], given: tuple[str, ...] = ()
) -> Callable[..., R]:
    """Return what reads rows with these columns; it is made once."""
    key = kind, columns, given
    if (found := _readers.get(key)) is None:
        found = _readers[key] = _new_reader(*key)
    return found


def _new_reader[R](
    kind: type[R], columns: tuple[str, ...], given: tuple[str, ...]
) -> Callable[..., R]:
    """Return what makes a record out of a row with these columns and the values of given fields."""
    hints = _fields(kind)
    indexes, converts, nested = [0] * len(hints), list[tuple[int, Convert]](), []
    for at, (name, hint) in enumerate(hints.items()):
        if name in given:
            continue
        if name in columns:
            indexes[at] = columns.index(name)
            if (convert := _convert(hint)) is not None:
                converts.append((at, convert))
        else:
            nested.append((at, _nested(kind, name, hint, columns)))
    placed = [list(hints).index(name) for name in given]
    take = itemgetter(*indexes, 0)  # one more, since of a single index it makes no tuple

    def read(row: AnyRow, values: Sequence[object] = ()) -> R:
        *found, _ = take(row)
        for at, convert in converts:
            found[at] = convert(found[at])
        for at, part in nested:
            found[at] = part(row)
        for at, value in zip(placed, values, strict=True):
            found[at] = value
        return kind(*found)

    return read


def _fields(kind: type) -> dict[str, Any]:
    """Return the annotation of each field, in the order of the constructor's arguments."""
    hints = get_type_hints(kind)
    named: tuple[str, ...] = getattr(kind, "_fields", ())
    names = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else named
    return {name: hints[name] for name in names}


def _nested(kind: type, name: str, hint: object, columns: tuple[str, ...]) -> Convert:
    """Return what makes the record of a field that no column is named for out of the same row."""
    held, optional = _without_none(hint)
    if not (is_dataclass(held) or hasattr(held, "_fields")):
        raise TypeError(f"{kind.__name__}.{name}: expected one of the columns {columns}")
    own = _columns_of(name, columns)
    read, first = _reader(held, own), own.index(next(iter(_fields(held))))
    if optional:
        return lambda row: None if row[first] is None else read(row)
    return lambda row: read(row)


def _columns_of(name: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return how columns are called in the record of a field: `actor_id` is the `id` of `actor`."""
    prefix = f"{name}_"
    theirs = {column.removeprefix(prefix) for column in columns if column.startswith(prefix)}
    return tuple(
        column.removeprefix(prefix) if column not in theirs else f"not of {name}: {column}"
        for column in columns
    )


def _convert(hint: Any) -> Convert | None:  # noqa: ANN401 - annotations have no type in common
    """Return what makes a value of this type out of a column's, or `None` where it is one."""
    held, optional = _without_none(hint)
    if _is_enum(held):
        return _Members(held, optional=optional).__getitem__
    return None if _is_plain(held) else adapter(hint).validate_python


class _Members(dict[Any, Any]):
    """The members of an enum by their values: several times as fast as to call the enum."""

    def __init__(self, kind: type[Enum], *, optional: bool) -> None:
        super().__init__({member.value: member for member in kind})
        self._kind = kind
        if optional:
            self[None] = None

    def __missing__(self, value: object) -> Enum:
        """Raise the enum's own `ValueError`."""
        return self._kind(value)


def _without_none(hint: object) -> tuple[Any, bool]:
    """Return what an annotation is besides `None`, and whether it may be that."""
    parts = [part for part in get_args(hint) if part is not NoneType]
    optional = get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint)
    return (reduce(or_, parts), True) if optional else (hint, False)


def _is_enum(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _is_plain(hint: object) -> bool:
    """Whether values of a type come out of the database as they are."""
    base = getattr(hint, "__supertype__", hint)
    if get_origin(hint) in {Mapping, dict}:
        return all(_is_plain(part) for part in get_args(hint))
    if get_origin(hint) in {Union, UnionType}:
        return all(_is_plain(part) for part in get_args(hint))
    return base in PLAIN


def _new_parts(kind: type, table: Table, given: tuple[str, ...]) -> Iterator[tuple[str, Convert]]:
    """Yield the columns of a table that a record has fields for, with what gets their values."""
    columns = {column.name for column in table.columns if column.autoincrement is not True}
    for name, hint in _fields(kind).items():
        held, optional = _without_none(hint)
        if name in columns:
            if name not in given:
                yield name, _get(name, hint)
        elif is_dataclass(held) or hasattr(held, "_fields"):
            for part in _fields(held):
                column = f"{name}_{part}" if f"{name}_{part}" in columns else part
                yield column, _get_part(name, part) if optional else attrgetter(f"{name}.{part}")
        elif name not in table.columns:
            raise TypeError(f"{kind.__name__}.{name}: expected a column of {table.name}")


def _get(name: str, hint: Any) -> Convert:  # noqa: ANN401 - annotations have no type in common
    """Return what gets a field as its column takes it."""
    if get_origin(hint) in {Mapping, dict} and _is_plain(hint):
        return lambda one: dict(getattr(one, name))
    held, _optional = _without_none(hint)
    if _is_plain(held) or _is_enum(held):
        return attrgetter(name)
    dump = adapter(hint).dump_python
    return lambda one: dump(getattr(one, name), mode="json")


def _get_part(name: str, part: str) -> Convert:
    """Return what gets a field of an optional record."""

    def get(one: object) -> object:
        held = getattr(one, name)
        return None if held is None else getattr(held, part)

    return get
