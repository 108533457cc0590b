"""Alerts that somebody puts off for half an hour, for all boards of the city."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, AlertKind, StormId
from data.model.alerts import Snooze
from data.store.alerts import find_snooze, save_snooze
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx

LASTS = timedelta(minutes=30)
"""So long alerts are put off."""

NOT_YET = 0
"""Id of a snooze that the database has not numbered yet."""

_OF_BOARDS = frozenset({"fault", "blocked", "late_requests", "overdue"})
"""Causes of alerts that boards find by themselves in what they show."""

_OF_KINDS = frozenset(one.value for one in AlertKind) - {AlertKind.SOS, AlertKind.REQUEST_DANGER}

CAUSES = _OF_BOARDS | _OF_KINDS | {f"fleet:{kind}" for kind in _OF_KINDS}
"""What boards group alerts by, of trucks or of the whole fleet. Where life is in danger, no alert
can wait."""


@dataclass(frozen=True, slots=True)
class SnoozeWish:
    """Alerts to put off: their cause, how much they are, and how grave."""

    cause: str
    weight: int
    severity: int


def snooze(tx: Tx, actor: Actor, storm_id: StormId, wish: SnoozeWish, now: datetime) -> Snooze:
    """Put the alerts of a cause off, unless they get worse; raise `InvalidError` for no cause."""
    if wish.cause not in CAUSES:
        raise InvalidError("cause", wish.cause, Need("a cause of alerts that may wait"))
    until = now + LASTS
    new = save_snooze(
        tx, Snooze(NOT_YET, storm_id, wish.cause, wish.weight, wish.severity, until, actor.id)
    )
    after: dict[str, object] = {"storm": storm_id, "until": new.until.isoformat()}
    add_event(tx, now, actor, "alert.snoozed", _subject(new), after=after)
    return new


def wake(tx: Tx, actor: Actor, storm_id: StormId, cause: str, now: datetime) -> Snooze:
    """Show the alerts of a cause again; raise `ConflictError` where they are not put off."""
    known = find_snooze(tx, storm_id, cause)
    if known is None or known.until <= now:
        raise ConflictError(f"{cause} is not snoozed", reason="not_snoozed")
    over = save_snooze(tx, replace(known, until=now))
    before: dict[str, object] = {"storm": storm_id, "until": known.until.isoformat()}
    add_event(tx, now, actor, "alert.shown_again", _subject(over), before)
    return over


def _subject(one: Snooze) -> str:
    return f"snooze:{one.cause}"
