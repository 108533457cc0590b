"""Search of the audit log: by street, truck, person, kind and time, the newest lines first."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, literal, not_, or_, select

from data.model import ActorKind, Event, SegmentId, VehicleId
from data.store.database.engine import Tx
from data.store.database.records import records
from data.store.schema import (
    alert,
    blockage,
    call_out,
    closure,
    crew_job,
    device,
    event,
    job,
    machine_limit,
    message,
    request,
    shift,
    standing_order,
    user,
)

_OF_VEHICLE = {
    "shift": shift,
    "device": device,
    "alert": alert,
    "message": message,
    "call_out": call_out,
    "blockage": blockage,
    "machine_limit": machine_limit,
    "order": standing_order,
}
"""Tables of what lines are about, by the first part of the subject, that name a vehicle."""

_OF_SEGMENT = {
    "job": job,
    "request": request,
    "closure": closure,
    "blockage": blockage,
    "crew_job": crew_job,
    "order": standing_order,
}
"""As above, for a segment of a street."""


@dataclass(frozen=True, slots=True)
class VerbGroup:
    """Verbs by their first part ("plan" of "plan.published"), and single ones besides.

    Those in `but` are no part of it.
    """

    families: frozenset[str]
    verbs: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines to find; an empty field finds all.

    Of a street: lines about its jobs, requests, closures and blockages. Of a vehicle: about it,
    its shifts, trackers and evidence, and lines that name it. `person` is a sign-in name: what
    somebody did, and what was done to the account; `actors` are several of whom only what they did
    is found. Lines of `hidden` are never found, nor those with a number up to `after`.
    """

    segments: Collection[SegmentId] | None = None
    vehicle_id: VehicleId | None = None
    person: str = ""
    actors: Collection[str] | None = None
    group: VerbGroup | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0
    hidden: tuple[VerbGroup, ...] = ()


def search_lines(tx: Tx, wanted: AuditFilter, before: int | None, limit: int) -> list[Event]:
    """Return the newest lines that fit, those with a number below `before`, at most `limit`."""
    query = _matching(wanted)
    if before is not None:
        query = query.where(event.c.id < before)
    return records(Event, tx.execute(query.order_by(event.c.id.desc()).limit(limit)))


def last_lines(tx: Tx, wanted: AuditFilter) -> list[Event]:
    """Return the newest line that fits of each who wrote one."""
    fitting = _matching(wanted).subquery()
    newest = select(func.max(fitting.c.id)).group_by(fitting.c.actor_kind, fitting.c.actor_id)
    return records(Event, tx.execute(select(event).where(event.c.id.in_(newest))))


def count_lines(tx: Tx) -> int:
    """Return how many lines the log has: the number of the last one."""
    return int(tx.execute(select(func.max(event.c.id))).scalar() or 0)


def _matching(wanted: AuditFilter) -> Select[tuple[object, ...]]:
    query = select(event)
    if wanted.since is not None:
        query = query.where(event.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(event.c.at < wanted.until)
    if wanted.after:
        query = query.where(event.c.id > wanted.after)
    if wanted.actors is not None:
        theirs = event.c.actor_id.in_(wanted.actors)
        query = query.where(event.c.actor_kind == ActorKind.USER, theirs)
    if wanted.group is not None:
        query = query.where(_in_group(wanted.group))
    for group in wanted.hidden:
        query = query.where(not_(_in_group(group)))
    if wanted.person:
        account = select(_subject("user", user.c.id)).where(user.c.login == wanted.person)
        query = query.where(or_(event.c.actor_id == wanted.person, event.c.subject.in_(account)))
    if wanted.segments is not None:
        query = query.where(_of_segments(wanted.segments))
    if wanted.vehicle_id is not None:
        query = query.where(_of_vehicle(wanted.vehicle_id))
    return query


def _in_group(group: VerbGroup) -> ColumnElement[bool]:
    families = [event.c.verb.startswith(f"{one}.", autoescape=True) for one in group.families]
    within = or_(*families, event.c.verb.in_(group.verbs))
    return and_(within, event.c.verb.not_in(group.but)) if group.but else within


def _of_segments(segments: Collection[SegmentId]) -> ColumnElement[bool]:
    jobs = select(job.c.id).where(job.c.segment_id.in_(segments))
    asked = select(_subject("request", request.c.id)).where(request.c.job_id.in_(jobs))
    return or_(
        event.c.subject.in_([f"segment:{each}" for each in segments]),
        event.c.subject.in_(asked),
        *(
            event.c.subject.in_(
                select(_subject(name, table.c.id)).where(table.c.segment_id.in_(segments))
            )
            for name, table in _OF_SEGMENT.items()
        ),
    )


def _of_vehicle(vehicle_id: VehicleId) -> ColumnElement[bool]:
    said = cast(event.c.after, Text)
    return or_(
        event.c.subject == f"vehicle:{vehicle_id}",
        event.c.subject.startswith(f"window:{vehicle_id}:", autoescape=True),
        *(
            event.c.subject.in_(
                select(_subject(name, table.c.id)).where(table.c.vehicle_id == vehicle_id)
            )
            for name, table in _OF_VEHICLE.items()
        ),
        *(said.contains(f'"vehicle": {vehicle_id}{end}', autoescape=True) for end in ",}"),
    )


def _subject(name: str, key: ColumnElement[int]) -> ColumnElement[str]:
    return literal(f"{name}:") + cast(key, Text)


def ids_of(subjects: Iterable[str]) -> dict[str, list[int]]:
    """Return the numbers of subjects like "plan:12", by what they are of."""
    found: dict[str, list[int]] = {}
    for subject in set(subjects):
        kind, _, key = subject.partition(":")
        number = key.partition(":")[0]
        if number.isdecimal():
            found.setdefault(kind, []).append(int(number))
    return found
