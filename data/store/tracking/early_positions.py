"""Positions from the future of the server's clock: kept apart until it is known which was wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from sqlalchemy import Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from data.model import LonLat, Position
from data.store.database.engine import Tx
from data.store.schema import early_position

_KEY = ("device_id", "vehicle_id", "source", "fixed_at", "received_at")


class EarlyPosition(NamedTuple):
    """A position that is kept apart, and the number of its row."""

    id: int
    position: Position


def add_early(tx: Tx, positions: Sequence[Position]) -> int:
    """Keep positions apart; return how many were new."""
    new = insert(early_position).on_conflict_do_nothing(
        index_elements=["vehicle_id", "fixed_at", "source"]
    )
    stored = (
        tx.scalar(new.values(**_row(one)).returning(early_position.c.id)) for one in positions
    )
    return sum(each is not None for each in stored)


def list_early(tx: Tx) -> list[EarlyPosition]:
    """Return all positions that are kept apart, in the order in which they came."""
    rows = tx.execute(select(early_position).order_by(early_position.c.id))
    return [EarlyPosition(row.id, _position(row)) for row in rows]


def count_early(tx: Tx) -> int:
    """Return how many positions are kept apart."""
    return int(tx.execute(select(func.count()).select_from(early_position)).scalar_one())


def remove_early(tx: Tx, ids: Iterable[int]) -> None:
    """Forget rows."""
    for each in ids:
        tx.execute(delete(early_position).where(early_position.c.id == each))


def keep_newest_early(tx: Tx, most: int) -> None:
    """Forget the oldest rows of each tracker that has more than so many."""
    place = func.row_number().over(
        partition_by=early_position.c.device_id, order_by=early_position.c.id.desc()
    )
    ranked = select(early_position.c.id, place.label("place")).subquery()
    beyond = select(ranked.c.id).where(ranked.c.place > most)
    tx.execute(delete(early_position).where(early_position.c.id.in_(beyond)))


def _row(one: Position) -> dict[str, object]:
    values = asdict(one)
    values["attributes"] = dict(one.attributes)
    return {name: values.pop(name) for name in _KEY} | {"said": values}


def _position(row: Row[Any]) -> Position:
    said = dict(row.said)
    place = LonLat(*said.pop("location"))
    return Position(**{name: getattr(row, name) for name in _KEY}, location=place, **said)
