"""Data retention: personal data is erased after its time; the record of work stays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Actor, LonLat, RequestId
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import erase_crew_texts
from data.store.database.engine import Tx
from data.store.messages.handover_notes import erase_notes
from data.store.messages.messages import erase_messages
from data.store.requests.data_retention import (
    erase_people,
    forget_photos,
    move_pins,
    placed_offsets,
    requests_with_people,
)
from data.streets.network import StreetNetwork

ERASED = "callers.erased"
"""Verb of an erasure; its line says how much went, not what."""


@dataclass(frozen=True, slots=True)
class ErasedCounts:
    """Counts of erased data; the calling function removes the files of `photos`."""

    callers: int
    requests: int
    photos: tuple[str, ...]
    messages: int = 0
    notes: int = 0


def erase_old(
    tx: Tx,
    actor: Actor,
    network: StreetNetwork,
    keep_callers_for: timedelta,
    keep_photos_for: timedelta,
    now: datetime,
) -> ErasedCounts:
    """Erase callers, texts, pins and photos older than the retention times.

    What dispatchers and drivers wrote to each other, dispatchers to the next one, and crews of
    their work goes as early as what callers said.

    The audit log stays as it is: of callers it only has salted digests, and the salt goes with
    the caller.
    """
    ids = requests_with_people(tx, now - keep_callers_for)
    move_pins(tx, _on_streets(tx, network, ids))
    callers = erase_people(tx, ids)
    photos = forget_photos(tx, now - keep_photos_for)
    messages = erase_messages(tx, now - keep_callers_for)
    erase_crew_texts(tx, now - keep_callers_for)
    notes = erase_notes(tx, now - keep_callers_for)
    erased = ErasedCounts(callers, len(ids), tuple(photos), messages, notes)
    if ids or photos or messages or notes:
        after = {"callers": callers, "requests": len(ids), "photos": len(photos)}
        after |= {kind: n for kind, n in (("messages", messages), ("notes", notes)) if n}
        add_event(tx, now, actor, ERASED, "callers", after=after)
    return erased


def _on_streets(
    tx: Tx, network: StreetNetwork, ids: list[RequestId]
) -> list[tuple[RequestId, LonLat]]:
    """Return each request's point on its street, to replace the pin at a door."""
    return [
        (request_id, network.point_at(segment_id, offset_m))
        for request_id, (segment_id, offset_m) in placed_offsets(tx, ids).items()
        if network.find(segment_id) is not None
    ]
