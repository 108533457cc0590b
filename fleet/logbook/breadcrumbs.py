"""A vehicle's track of the last hours, for the map."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import Shift, VehicleId
from data.model.evidence import Breadcrumb
from data.store.database.engine import Tx
from data.store.tracking.positions import list_breadcrumbs
from fleet.tracking.fix_filters import without_echoes

MOST = 6_000
"""Fixes of a track, about: a tracker that reports every second has more in two hours."""

WITHOUT_SHIFT = timedelta(hours=12)
"""What "all of the shift" shows of a vehicle without one that has begun."""


class TrackSpan(StrEnum):
    """How much of its track a vehicle shows."""

    HOUR = "hour"
    THREE_HOURS = "three_hours"
    SHIFT = "shift"


_HOURS = {TrackSpan.HOUR: timedelta(hours=1), TrackSpan.THREE_HOURS: timedelta(hours=3)}


def track_since(span: TrackSpan, shift: Shift | None, now: datetime) -> datetime:
    """Return since when a vehicle shows its track, by its current shift."""
    if span in _HOURS:
        return now - _HOURS[span]
    begun = shift is not None and shift.starts_at < now
    return shift.starts_at if shift is not None and begun else now - WITHOUT_SHIFT


def breadcrumbs(
    tx: Tx, vehicle_id: VehicleId, since: datetime, until: datetime
) -> list[Breadcrumb]:
    """Return a vehicle's fixes of a time, `MOST` of them or not many more, of one receiver each."""
    crumbs, _ = without_echoes(list_breadcrumbs(tx, vehicle_id, since, until), None)
    return thinned(crumbs, (until - since) / MOST)


def thinned(fixes: Sequence[Breadcrumb], apart: timedelta) -> list[Breadcrumb]:
    """Return fixes that are so far apart, the last one, and those at which a sensor changed."""
    kept: list[Breadcrumb] = []
    for i, one in enumerate(fixes):
        last = kept[-1] if kept else None
        sensors = last is None or (last.blade, last.spreader) != (one.blade, one.spreader)
        if last is None or sensors or one.fixed_at - last.fixed_at >= apart or i + 1 == len(fixes):
            kept.append(one)
    return kept
