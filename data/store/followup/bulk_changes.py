"""Changes of many requests at once, as rows that remember how each request stood."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import (
    ClosingReason,
    LonLat,
    QueueChange,
    QueueChangeId,
    QueueStep,
    RequestBefore,
    RequestId,
    RequestKind,
    RequestState,
    SegmentId,
    Side,
    Snap,
)
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.schema import queue_change


def add_queue_change(
    tx: Tx, at: datetime, by: str, action: str, steps: Sequence[QueueStep]
) -> QueueChangeId:
    """Add a change and return its id."""
    rows = [_step_json(step) for step in steps]
    made = tx.execute(
        insert(queue_change)
        .values(at=at, by=by, action=action, steps=rows)
        .returning(queue_change.c.id)
    )
    return QueueChangeId(made.scalar_one())


def get_queue_change(tx: Tx, change_id: QueueChangeId) -> QueueChange:
    """Return the change."""
    row = tx.execute(select(queue_change).where(queue_change.c.id == change_id)).first()
    if row is None:
        raise NotFoundError("change", change_id)
    return _change(row)


def find_last_queue_change(tx: Tx, by: str, since: datetime) -> QueueChange | None:
    """Return somebody's newest change since a moment that was not taken back."""
    query = select(queue_change).where(
        queue_change.c.by == by, queue_change.c.at >= since, queue_change.c.undone_at.is_(None)
    )
    row = tx.execute(query.order_by(queue_change.c.id.desc()).limit(1)).first()
    return None if row is None else _change(row)


def set_undone(tx: Tx, change_id: QueueChangeId, now: datetime) -> None:
    """Note that a change was taken back."""
    tx.execute(update(queue_change).where(queue_change.c.id == change_id).values(undone_at=now))


def _step_json(step: QueueStep) -> list[object]:
    duplicates = [[request_id, _json(after)] for request_id, after in step.duplicates.items()]
    return [step.request_id, _json(step.before), _json(step.after), *duplicates]


def _json(before: RequestBefore | None) -> dict[str, object] | None:
    if before is None:
        return None
    return {
        "kind": before.kind,
        "state": before.state,
        "location": before.location,
        "snap": None if before.snap is None else list(_snap_values(before.snap)),
        "job": before.job_id,
        "closed_for": before.closed_for,
    }


def _snap_values(snap: Snap) -> tuple[int, str, float, float]:
    return snap.segment_id, snap.side, snap.offset_m, snap.distance_m


def _change(row: Row[Any]) -> QueueChange:
    steps = tuple(
        QueueStep(
            RequestId(request_id),
            before and _request_before(before),
            _request_before(after),
            dict(map(_duplicate, duplicates)),
        )
        for request_id, before, after, *duplicates in row.steps
    )
    return record(QueueChange, row, steps=steps)


def _duplicate(kept: list[Any] | int) -> tuple[RequestId, RequestBefore | None]:
    """Return a duplicate with how it stood, which the first version of these rows did not keep."""
    if isinstance(kept, int):
        return RequestId(kept), None
    request_id, stood = kept
    return RequestId(request_id), _request_before(stood)


def _request_before(values: dict[str, Any]) -> RequestBefore:
    location, snap, reason = values["location"], values["snap"], values["closed_for"]
    return RequestBefore(
        kind=RequestKind(values["kind"]),
        state=RequestState(values["state"]),
        location=location and LonLat(*location),
        snap=snap and Snap(SegmentId(snap[0]), Side(snap[1]), snap[2], snap[3]),
        job_id=values["job"],
        closed_for=reason and ClosingReason(reason),
    )
