"""Optimistic locking by the audit log: who changed a thing last, and whether that was after `seen`.

The version of a thing is the number of the last line of the audit log in which a person changed
it: every change writes one in the same transaction, so that no table needs a column for it.
"""

from data.errors import ConflictError
from data.model import Event
from data.store.audit.audit_log import find_last_change, find_last_change_of_verb
from data.store.database.engine import Tx

PLANS = "plans"
"""What stands for all published plans: two that are published at once contradict each other."""

UNCHANGED = 0
"""Version of a thing that no person has changed."""


def find_change(tx: Tx, subject: str) -> Event | None:
    """Return the last line in which a person changed a thing, like "request:12"."""
    if subject == PLANS:
        return find_last_change_of_verb(tx, "plan.published")
    return find_last_change(tx, subject)


def require_unchanged(tx: Tx, subject: str, seen: int | None) -> None:
    """Raise `ConflictError` where a person changed a thing after its version `seen`.

    The error names who, when, what was done, and the present version; `None` looks at nothing.
    """
    if seen is None:
        return
    last = find_change(tx, subject)
    if last is None or last.id <= seen:
        return
    raise ConflictError(
        f"{subject} was changed by {last.actor.id} since version {seen}",
        reason="changed_meanwhile",
        subject=subject,
        who=last.actor.id,
        at=last.at.isoformat(),
        verb=last.verb,
        version=last.id,
    )
