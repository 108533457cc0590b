"""Which process digests which parts of the vehicles, as rows.

Locks say who may take a part; these rows are read by every transaction that stores evidence, so
that a process that has lost its locks without noticing stores nothing any more.
"""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from data.store.database.engine import Tx
from data.store.database.vehicle_parts import Parts
from data.store.schema import evidence_part

_NEW = insert(evidence_part)
_TAKE = _NEW.on_conflict_do_update(index_elements=["part"], set_={"holder": _NEW.excluded.holder})


def take_parts(tx: Tx, parts: Parts, holder: str) -> None:
    """Remember that a process digests some parts from now on."""
    tx.execute(_TAKE, [{"part": part, "holder": holder} for part in sorted(parts)])


def holds_parts(tx: Tx, parts: Parts, holder: str) -> bool:
    """Whether a process digests all of these parts, and nobody has taken one from it."""
    query = select(func.count()).where(
        evidence_part.c.part.in_(sorted(parts)), evidence_part.c.holder == holder
    )
    return tx.execute(query).scalar_one() == len(parts)
