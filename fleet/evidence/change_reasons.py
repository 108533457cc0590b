"""Lines of the audit log for changes of passes: without one, a second seal is not explained."""

from collections.abc import Collection
from datetime import datetime

from data.model import Actor, StormId
from data.store.audit.audit_log import add_event, find_last_event_on
from data.store.audit.audit_seals import SEALED, reported_subject, window_subject
from data.store.coverage.track_windows import WindowChange
from data.store.database.engine import Tx
from fleet.coverage.track_windows import begins_at
from fleet.evidence.job_completion import TRACKING

REDERIVED = "evidence.rederived"
"""Verb of a line: the passes of a sealed track window were derived again, and differ."""

REPORTED = "evidence.reported"
"""Verb of a line: what people reported of a storm's streets has changed."""

RECOMPUTED = "storm.recomputed"
"""Verb of a line: all passes of a storm were derived again from its positions."""


def note_rederived(tx: Tx, changes: Collection[WindowChange], now: datetime) -> None:
    """Write a line for each sealed track window whose passes change."""
    for one in changes:
        if begins_at(one.window + 1) > now or not (one.directions or one.passes):
            continue  # it is not over, so nothing is sealed; or nothing changes
        subject = window_subject(one.vehicle_id, one.window)
        if find_last_event_on(tx, subject, [SEALED]) is not None:
            after = {"directions": len(one.directions), "passes": len(one.passes)}
            add_event(tx, now, TRACKING, REDERIVED, subject, after=after)


def note_reported(tx: Tx, actor: Actor, storm_id: StormId, directions: int, now: datetime) -> None:
    """Write a line where reported passes of so many directions change."""
    after = {"directions": directions}
    add_event(tx, now, actor, REPORTED, reported_subject(storm_id), after=after)
