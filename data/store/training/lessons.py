"""What somebody did since a time, by the audit log: proof of the steps of a lesson."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from data.model import Actor
from data.store.database.engine import Tx
from data.store.schema import event


def first_times(
    tx: Tx, actor: Actor, verbs: Collection[str], since: datetime
) -> dict[str, datetime]:
    """Return when somebody did something first since a time, by its verb."""
    query = select(event.c.verb, func.min(event.c.at).label("at")).where(
        event.c.actor_kind == actor.kind,
        event.c.actor_id == actor.id,
        event.c.verb.in_(verbs),
        event.c.at >= since,
    )
    return {row.verb: row.at for row in tx.execute(query.group_by(event.c.verb))}


def seats_taken(tx: Tx, actor: Actor, verb: str, since: datetime) -> dict[str, datetime]:
    """Return when somebody wrote a verb first since a time, by the role that its line names."""
    query = select(event.c.after, event.c.at).where(
        event.c.actor_kind == actor.kind,
        event.c.actor_id == actor.id,
        event.c.verb == verb,
        event.c.at >= since,
    )
    return {row.after["role"]: row.at for row in tx.execute(query.order_by(event.c.id.desc()))}


def first_looks(tx: Tx, actor: Actor, verb: str, since: datetime) -> dict[str, datetime]:
    """Return when somebody wrote a verb first since a time, by its subject."""
    query = select(event.c.subject, func.min(event.c.at).label("at")).where(
        event.c.actor_kind == actor.kind,
        event.c.actor_id == actor.id,
        event.c.verb == verb,
        event.c.at >= since,
    )
    return {row.subject: row.at for row in tx.execute(query.group_by(event.c.subject))}
