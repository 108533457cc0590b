"""The audit log: who did what when, append-only and hash-chained, written with each change."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from data.model import Actor, ActorKind, Event
from data.store.audit.changed_rows import take_marked
from data.store.audit.digests import digest_of
from data.store.database.engine import Tx
from data.store.database.records import first_record, records
from data.store.schema import city, event


def add_event(
    tx: Tx,
    now: datetime,
    actor: Actor,
    verb: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> int:
    """Append what happened to `subject` ("request:12"), in the transaction of the change.

    Shifts, promises and trackers that were changed since the line before are told with their
    digests. Returns the number of the line.
    """
    last = tx.execute(select(event.c.hash).order_by(event.c.id.desc()).limit(1)).scalar()
    previous = last or ""
    before, after = dict(before or {}), dict(after or {}) | take_marked(tx)
    line = (
        insert(event)
        .values(
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            verb=verb,
            subject=subject,
            before=before,
            after=after,
            previous_hash=previous,
            hash=_digest(now, actor, verb, subject, before, after, previous),
        )
        .returning(event.c.id)
    )
    return int(tx.execute(line).scalar_one())


def find_last_at(tx: Tx) -> datetime | None:
    """Return the time of the last line, `None` where there is none."""
    return tx.execute(select(event.c.at).order_by(event.c.id.desc()).limit(1)).scalar()


def find_last_line(tx: Tx) -> tuple[int, str] | None:
    """Return number and hash of the last line, `None` without any."""
    row = tx.execute(select(event.c.id, event.c.hash).order_by(event.c.id.desc()).limit(1)).first()
    return None if row is None else (row.id, row.hash)


def has_line(tx: Tx, number: int, digest: str) -> bool:
    """Whether there is a line with this number and hash."""
    same = (event.c.id == number) & (event.c.hash == digest)
    return tx.execute(select(event.c.id).where(same)).first() is not None


def list_events(tx: Tx, subject: str | None = None) -> list[Event]:
    """Return the events, oldest first; of one subject where given."""
    query = select(event).order_by(event.c.id)
    if subject is not None:
        query = query.where(event.c.subject == subject)
    return records(Event, tx.execute(query))


def list_last_events(tx: Tx, subjects: Collection[str], verbs: Collection[str]) -> list[Event]:
    """Return the newest event of some verbs on each subject that has one."""
    newest = (
        select(func.max(event.c.id))
        .where(event.c.subject.in_(subjects), event.c.verb.in_(verbs))
        .group_by(event.c.subject)
    )
    return records(Event, tx.execute(select(event).where(event.c.id.in_(newest))))


def list_events_on(tx: Tx, subjects: Collection[str], verbs: Collection[str]) -> list[Event]:
    """Return the events of some verbs on these subjects, oldest first."""
    query = select(event).where(event.c.subject.in_(subjects), event.c.verb.in_(verbs))
    return records(Event, tx.execute(query.order_by(event.c.id)))


def find_last_event(tx: Tx, verb: str) -> Event | None:
    """Return the newest event of a verb that only the city has, like "fleet.set"."""
    ours = event.c.subject.in_(select("city:" + city.c.name))
    query = select(event).where(ours, event.c.verb == verb).order_by(event.c.id.desc()).limit(1)
    return first_record(Event, tx.execute(query))


def find_last_event_on(tx: Tx, subject: str, verbs: Collection[str]) -> Event | None:
    """Return the newest event of some verbs on a subject."""
    query = select(event).where(event.c.subject == subject, event.c.verb.in_(verbs))
    return first_record(Event, tx.execute(query.order_by(event.c.id.desc()).limit(1)))


def last_times(tx: Tx, subjects: Collection[str], verb: str) -> dict[str, datetime]:
    """Return when something happened last to each of these subjects to which it did."""
    last = func.max(event.c.at).label("at")
    query = select(event.c.subject, last).where(event.c.subject.in_(subjects), event.c.verb == verb)
    return {row.subject: row.at for row in tx.execute(query.group_by(event.c.subject))}


def last_events_by_subject(tx: Tx, verbs: Collection[str]) -> dict[str, Event]:
    """Return the newest event of some verbs on each subject that has any."""
    newest = select(func.max(event.c.id)).where(event.c.verb.in_(verbs)).group_by(event.c.subject)
    found = records(Event, tx.execute(select(event).where(event.c.id.in_(newest))))
    return {one.subject: one for one in found}


def find_last_event_of(tx: Tx, verb: str, actor: Actor, since: datetime) -> Event | None:
    """Return the newest event of a verb that somebody wrote since then."""
    query = (
        select(event)
        .where(event.c.verb == verb, event.c.at > since)
        .where(event.c.actor_kind == actor.kind, event.c.actor_id == actor.id)
        .order_by(event.c.at.desc(), event.c.id.desc())
        .limit(1)
    )
    return first_record(Event, tx.execute(query))


def find_last_change(tx: Tx, subject: str) -> Event | None:
    """Return the newest event in which a person changed a subject."""
    query = (
        select(event)
        .where(event.c.subject == subject, event.c.actor_kind == ActorKind.USER)
        .order_by(event.c.id.desc())
        .limit(1)
    )
    return first_record(Event, tx.execute(query))


def find_last_change_of_verb(tx: Tx, verb: str) -> Event | None:
    """Return the newest event of a verb that a person wrote, of whatever subject."""
    query = (
        select(event)
        .where(event.c.verb == verb, event.c.actor_kind == ActorKind.USER)
        .order_by(event.c.at.desc(), event.c.id.desc())
        .limit(1)
    )
    return first_record(Event, tx.execute(query))


def broken_links(events: list[Event]) -> list[int]:
    """Return the ids of lines whose hash or link to the line before is wrong."""
    broken, previous = [], ""
    for line in events:
        if line.previous_hash != previous or line.hash != hash_of(line):
            broken.append(line.id)
        previous = line.hash
    return broken


def hash_of(line: Event) -> str:
    """Return the hash of a line: SHA-256 of its content and of the hash before it."""
    return _digest(
        line.at, line.actor, line.verb, line.subject, line.before, line.after, line.previous_hash
    )


def line_json(line: Event) -> str:
    """Return a line as one line of JSON, as `docs/audit-log.md` describes it."""
    said = {
        "id": line.id,
        "at": line.at.astimezone(UTC).isoformat(),
        "actor_kind": line.actor.kind,
        "actor_id": line.actor.id,
        "verb": line.verb,
        "subject": line.subject,
        "before": line.before,
        "after": line.after,
        "previous_hash": line.previous_hash,
        "hash": line.hash,
    }
    return json.dumps(said, ensure_ascii=False)


def _digest(
    at: datetime,
    actor: Actor,
    verb: str,
    subject: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    previous: str,
) -> str:
    moment = at.astimezone(UTC).isoformat()
    return digest_of([moment, actor.kind, actor.id, verb, subject, before, after, previous])
