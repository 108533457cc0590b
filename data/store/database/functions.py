"""Functions of SQL that SQLite and PostgreSQL name differently."""

from sqlalchemy import BigInteger, ColumnElement, Float, LargeBinary, case
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class epoch_s(GenericFunction[float]):  # noqa: N801, named as SQL names functions
    """Seconds since 1970 of a moment, with fractions."""

    type = Float()
    inherit_cache = True


@compiles(epoch_s, "sqlite")
def _epoch_in_sqlite(function: epoch_s, compiler: SQLCompiler, **options: object) -> str:
    return f"unixepoch({compiler.process(function.clauses, **options)}, 'subsec')"


@compiles(epoch_s, "postgresql")
def _epoch_in_postgres(function: epoch_s, compiler: SQLCompiler, **options: object) -> str:
    moment = compiler.process(function.clauses, **options)
    return f"CAST(extract(epoch FROM {moment}) AS DOUBLE PRECISION)"


class whole_epoch_s(GenericFunction[int]):  # noqa: N801, named as SQL names functions
    """Whole seconds since 1970 of a moment; null of null, where Python's `floor` would fail."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole_epoch_s, "sqlite")
def _whole_epoch_in_sqlite(
    function: whole_epoch_s, compiler: SQLCompiler, **options: object
) -> str:
    return f"unixepoch({compiler.process(function.clauses, **options)})"


@compiles(whole_epoch_s, "postgresql")
def _whole_epoch_in_postgres(
    function: whole_epoch_s, compiler: SQLCompiler, **options: object
) -> str:
    moment = compiler.process(function.clauses, **options)
    return f"CAST(floor(extract(epoch FROM {moment})) AS BIGINT)"


class total(GenericFunction[float]):  # noqa: N801, named as SQL names functions
    """The sum of numbers, 0.0 of none."""

    type = Float()
    inherit_cache = True


@compiles(total, "postgresql")
def _total_in_postgres(function: total, compiler: SQLCompiler, **options: object) -> str:
    return f"coalesce(sum({compiler.process(function.clauses, **options)}), 0.0)"


class rounded(GenericFunction[float]):  # noqa: N801, named as SQL names functions
    """A number rounded to some decimals."""

    type = Float()
    inherit_cache = True


@compiles(rounded, "sqlite")
def _rounded_in_sqlite(function: rounded, compiler: SQLCompiler, **options: object) -> str:
    return f"round({compiler.process(function.clauses, **options)})"


@compiles(rounded, "postgresql")
def _rounded_in_postgres(function: rounded, compiler: SQLCompiler, **options: object) -> str:
    number, decimals = (compiler.process(part, **options) for part in function.clauses)
    exact = f"round(CAST({number} AS NUMERIC), CAST({decimals} AS INTEGER))"
    return f"CAST({exact} AS DOUBLE PRECISION)"


class stored_bytes(GenericFunction[bytes]):  # noqa: N801, named as SQL names functions
    """The text of a value as it is stored, in UTF-8, also where that is no text any more."""

    type = LargeBinary()
    inherit_cache = True


@compiles(stored_bytes, "sqlite")
def _bytes_in_sqlite(function: stored_bytes, compiler: SQLCompiler, **options: object) -> str:
    return f"CAST({compiler.process(function.clauses, **options)} AS BLOB)"


@compiles(stored_bytes, "postgresql")
def _bytes_in_postgres(function: stored_bytes, compiler: SQLCompiler, **options: object) -> str:
    return f"convert_to(CAST({compiler.process(function.clauses, **options)} AS TEXT), 'UTF8')"


def one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """Return 1 where a condition is true, else 0, to be summed up."""
    return case((condition, 1), else_=0)
