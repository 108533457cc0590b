"""Records as JSON by their annotations, for the database and between processes."""

import gzip
from typing import Any

from data.files.type_adapters import adapter

GZIP_LEVEL = 5
"""Legs shrink to a tenth at a speed nobody notices."""


def to_plain[T](kind: type[T], value: T) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return a record as plain values: enums by value, times in ISO 8601, tuples as lists."""
    return adapter(kind).dump_python(value, mode="json")


def from_plain[T](kind: type[T], plain: object) -> T:
    """Return the record that `to_plain` made plain; keys that it does not know are left out."""
    record: T = adapter(kind).validate_python(plain)
    return record


def packed[T](kind: type[T], value: T) -> bytes:
    """Return a record as compressed JSON, the same bytes for the same record."""
    return gzip.compress(adapter(kind).dump_json(value), GZIP_LEVEL, mtime=0)


def unpacked[T](kind: type[T], content: bytes) -> T:
    """Return the record that `packed` compressed."""
    record: T = adapter(kind).validate_json(gzip.decompress(content))
    return record
