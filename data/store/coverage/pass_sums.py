"""Sums over older passes, which tell whether any of them changed without reading them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from data.model import DirectedSegment, SegmentId, StormId
from data.store.database.engine import Tx
from data.store.database.functions import Total
from data.store.database.records import record
from data.store.schema import passage


class PassSum(NamedTuple):
    """How many passes there are of a direction, and sums of what tells one from another."""

    passes: int
    ids: int
    from_m: float
    to_m: float
    confidence: float
    began: str
    ended: str


_OLDER = (
    select(
        passage.c.segment_id,
        passage.c.forward,
        func.count().label("passes"),
        func.sum(passage.c.id).label("ids"),
        Total(passage.c.from_m).label("from_m"),
        Total(passage.c.to_m).label("to_m"),
        Total(passage.c.confidence).label("confidence"),
        func.min(passage.c.started_at).label("began"),
        func.max(passage.c.ended_at).label("ended"),
    )
    .where(
        passage.c.storm_id == bindparam("of_storm"),
        passage.c.segment_id.in_(bindparam("of_segments", expanding=True)),
        passage.c.ended_at < bindparam("until"),
    )
    .group_by(passage.c.segment_id, passage.c.forward)
)


def sum_passes(
    tx: Tx, storm_id: StormId, segment_ids: Collection[SegmentId], until: datetime
) -> dict[DirectedSegment, PassSum]:
    """Return the sums of each direction's passes that ended before a moment; none without any."""
    asked = {"of_storm": storm_id, "of_segments": sorted(segment_ids), "until": until}
    return {record(DirectedSegment, row): record(PassSum, row) for row in tx.execute(_OLDER, asked)}
