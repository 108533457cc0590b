"""Functions of SQL that SQLite and PostgreSQL name differently, and what PostgreSQL alone has."""

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import BigInteger, ColumnElement, Float, LargeBinary, Table, case
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class TwoNames[T](FunctionElement[T]):
    """A function by its text in each dialect, with `{0}`, `{1}` for its arguments."""

    inherit_cache = True
    texts: ClassVar[dict[str, str]]


@compiles(TwoNames)
def _text_of(function: TwoNames[object], compiler: SQLCompiler, **options: object) -> str:
    parts = [compiler.process(part, **options) for part in function.clauses]
    return function.texts[compiler.dialect.name].format(*parts)


class EpochSeconds(TwoNames[float]):
    """Seconds since 1970 of a moment, with fractions."""

    name = "epoch_seconds"
    inherit_cache = True
    type = Float()
    texts: ClassVar = {
        "sqlite": "unixepoch({0}, 'subsec')",
        "postgresql": "CAST(extract(epoch FROM {0}) AS DOUBLE PRECISION)",
    }


class WholeEpochSeconds(TwoNames[int]):
    """Whole seconds since 1970 of a moment; null of null, where Python's `floor` would fail."""

    name = "whole_epoch_seconds"
    inherit_cache = True
    type = BigInteger()
    texts: ClassVar = {
        "sqlite": "unixepoch({0})",
        "postgresql": "CAST(floor(extract(epoch FROM {0})) AS BIGINT)",
    }


class Total(TwoNames[float]):
    """The sum of numbers, 0.0 of none."""

    name = "total"
    inherit_cache = True
    type = Float()
    texts: ClassVar = {"sqlite": "total({0})", "postgresql": "coalesce(sum({0}), 0.0)"}


class Rounded(TwoNames[float]):
    """A number rounded to some decimals."""

    name = "rounded"
    inherit_cache = True
    type = Float()
    texts: ClassVar = {
        "sqlite": "round({0}, {1})",
        "postgresql": "CAST(round(CAST({0} AS NUMERIC), CAST({1} AS INTEGER)) AS DOUBLE PRECISION)",
    }


class Lesser(TwoNames[int]):
    """The lesser of two whole numbers."""

    name = "lesser"
    inherit_cache = True
    type = BigInteger()
    texts: ClassVar = {"sqlite": "min({0}, {1})", "postgresql": "least({0}, {1})"}


class StoredBytes(TwoNames[bytes]):
    """The text of a value as it is stored, in UTF-8, also where that is no text any more."""

    name = "stored_bytes"
    inherit_cache = True
    type = LargeBinary()
    texts: ClassVar = {
        "sqlite": "CAST({0} AS BLOB)",
        "postgresql": "convert_to(CAST({0} AS TEXT), 'UTF8')",
    }


def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return 1 where a condition is true, else 0, to be summed up."""
    return case((condition, 1), else_=0)


def json_rows(table: Table, columns: Sequence[str]) -> str:
    """Return what PostgreSQL reads rows of a table from: one JSON document, the parameter `%s`.

    It has an object by column for each row. One statement for many rows takes two thirds of the
    time, at both ends, of a statement for each.
    """
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no annotations
    typed = ", ".join(f"{name} {table.c[name].type.compile(dialect)}" for name in columns)
    return f"json_to_recordset(%s) AS said({typed})"
