"""Handover notes between dispatchers: written from facts, acknowledged before work goes on."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from data.errors import ConflictError, InvalidError, Need
from data.languages import known_language
from data.model import (
    PLAN_KINDS,
    Actor,
    Alert,
    ByLanguage,
    HandoverNote,
    HandoverNoteId,
    MachineOut,
    RunState,
    Shift,
    Storm,
    StormId,
    VehicleId,
)
from data.store.alerts import list_open_alerts
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.messages.handover_notes import add_note, get_note, list_notes_of_storm, set_read
from data.store.planning.plan_runs import list_runs
from data.store.requests.request_search import count_waiting
from data.store.shifts.shifts import list_shifts
from data.store.storms.storm_conditions import list_machines_taken_out
from data.store.storms.storms import open_storm
from fleet.requests.intake import salted_digest
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.shift_handover import current_shift_by_vehicle

NOT_YET = HandoverNoteId(0)
"""Id of a note that the database has not numbered yet."""

MOST_LETTERS = 4000
SALT_BYTES = 16

LATE = timedelta(minutes=10)
"""Trucks that are so late are worth a word."""

SOON = timedelta(hours=2)
"""Shifts that end so soon are the next dispatcher's to follow."""


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """Open matters at a handover; `late` are vehicles with their delays.

    `runs` counts plans that are being made, `ending` are shifts that end soon.
    """

    alerts: tuple[Alert, ...]
    late: tuple[tuple[VehicleId, timedelta], ...]
    out: tuple[MachineOut, ...]
    ending: tuple[Shift, ...]
    runs: int
    requests: int


def write_note(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    text: str,
    now: datetime,
    texts: ByLanguage = MappingProxyType({}),
) -> HandoverNote:
    """Store a handover note; the audit log has a salted digest of all that it says.

    `texts` says the same by language, for readers of another one.
    """
    open_storm(tx, storm_id)
    words = _checked("text", text)
    by_language = {known_language(code, "texts"): _checked("texts", texts[code]) for code in texts}
    salt = secrets.token_bytes(SALT_BYTES)
    note = add_note(
        tx, HandoverNote(NOT_YET, storm_id, now, actor.id, words, salt, texts=by_language)
    )
    after = {"storm": storm_id, "words": _words_digest(note)}
    add_event(tx, now, actor, "handover_note.written", _subject(note), after=after)
    return note


def _words_digest(note: HandoverNote) -> str:
    """Return the salted digest of a note: of its text, with the texts by language if it has any."""
    said = note.text
    if note.texts:
        said = json.dumps([said, dict(note.texts)], sort_keys=True, ensure_ascii=False)
    return salted_digest(note.salt, said)


def _checked(field: str, text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= MOST_LETTERS:
        need = Need("from 1 to {max_length} characters", max_length=MOST_LETTERS)
        raise InvalidError(field, f"{len(words)} letters", need)
    return words


def take_over(tx: Tx, actor: Actor, note_id: HandoverNoteId, now: datetime) -> HandoverNote:
    """Acknowledge a handover note; the first who did stays.

    Raises `ConflictError` for who wrote it: the next one is somebody else.
    """
    note = get_note(tx, note_id)
    if note.written_by == actor.id:
        raise ConflictError("this note is your own", reason="note_own", note=note_id)
    if note.read_at is not None:
        return note
    set_read(tx, note_id, actor.id, now)
    add_event(tx, now, actor, "handover_note.read", _subject(note))
    return get_note(tx, note_id)


def waiting_notes(tx: Tx, storm_id: StormId, login: str) -> list[HandoverNote]:
    """Return the notes that somebody has to acknowledge, the newest first."""
    notes = list_notes_of_storm(tx, storm_id)
    return [one for one in notes if one.read_at is None and one.written_by != login]


def facts_of(tx: Tx, storm: Storm, check: PlanCheck | None, now: datetime) -> HandoverFacts:
    """Return what is open in a storm; `check` is how its published plan is driven."""
    shifts = list_shifts(tx, storm.id)
    current = current_shift_by_vehicle(shifts, now).values()
    unfinished = {RunState.QUEUED, RunState.RUNNING}
    return HandoverFacts(
        alerts=tuple(one for one in list_open_alerts(tx) if one.storm_id == storm.id),
        late=_late(check),
        out=tuple(list_machines_taken_out(tx, storm.id).values()),
        ending=_ending(list(current), now),
        runs=sum(run.state in unfinished for run in list_runs(tx, storm.id, kinds=PLAN_KINDS)),
        requests=count_waiting(tx),
    )


def _late(check: PlanCheck | None) -> tuple[tuple[VehicleId, timedelta], ...]:
    if check is None:
        return ()
    late = [(one.vehicle_id, one.late) for one in check.routes if not one.over and one.late >= LATE]
    return tuple(sorted(late, key=lambda one: -one[1]))


def _ending(current: Sequence[Shift], now: datetime) -> tuple[Shift, ...]:
    soon = [one for one in current if not one.over and one.ends_at <= now + SOON]
    return tuple(sorted(soon, key=lambda one: (one.ends_at, one.id)))


def _subject(note: HandoverNote) -> str:
    return f"handover_note:{note.id}"


def notes_of(tx: Tx, storm: Storm | None) -> list[HandoverNote]:
    """Return the notes that dispatchers left in a storm, the newest first."""
    return list_notes_of_storm(tx, storm.id) if storm else []
