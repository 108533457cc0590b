"""Parts of a city's vehicles, by a stable hash of their ids, for processes that share the work."""

from sqlalchemy import BigInteger, ColumnElement, literal, true

from data.model import VehicleId

PARTS = 64
"""Number of parts; the same on all machines and for ever, so that a vehicle stays in its part."""

LEADING_PART = 0
"""Who digests this part also does what only one process of a city may do."""

SPREAD, DIVISOR = 2_654_435_761, 2**26
"""Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the upper 6 of the lower 32
bits of a product. Consecutive ids lie far apart, and so do ids of which every second one is used.
The product has room in 8 bytes for ids up to 3 billion."""

Parts = frozenset[int]
"""Numbers of some parts."""

ALL_PARTS: Parts = frozenset(range(PARTS))


def part_of(vehicle_id: VehicleId) -> int:
    """Return the part of a vehicle."""
    return vehicle_id * SPREAD // DIVISOR % PARTS


def is_in_parts(vehicle_id: ColumnElement[int], parts: Parts) -> ColumnElement[bool]:
    """Return the condition that a column's vehicle belongs to some parts; of all, none."""
    if parts == ALL_PARTS:
        return true()
    spread, divisor, count = (literal(each, BigInteger) for each in (SPREAD, DIVISOR, PARTS))
    return (vehicle_id * spread // divisor % count).in_(sorted(parts))
