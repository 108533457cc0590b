"""What an instructor adds to a scenario while it is played, and the scenario in force with it."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from data.errors import InvalidError, Need
from data.files.toml_reader import TomlTable, read_table, values_of
from data.model import Actor
from data.model.training.live_training import (
    TrainingEvent,
    TrainingEventId,
    TrainingNote,
    TrainingNoteId,
)
from data.model.training.rehearsal import Training
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.training.instructor import (
    add_training_event,
    add_training_note,
    list_training_events,
    list_training_notes,
)
from data.store.training.rehearsal import find_training
from data.training import HOUR, Scenario, SpokenCall, TimeSpan, ToldWords, scenario_from_toml

MOST_LETTERS = 2000
"""Of a note."""

GRACE = timedelta(minutes=15)
"""What an instructor wants at once has passed by so much, by a fast clock, when it arrives."""


def _tables() -> dict[str, type[TomlTable]]:
    """Return the tables that a scenario lists, by the key of its file."""
    found: dict[str, type[TomlTable]] = {}
    hints = get_type_hints(Scenario)
    for field in fields(Scenario):
        kinds = [one for one in get_args(hints[field.name]) if isinstance(one, type)]
        if kinds and issubclass(kinds[0], TomlTable):
            found[field.name] = kinds[0]
    return found


TABLES: Mapping[str, type[TomlTable]] = _tables()
"""What can be added: the tables of a scenario's file by their keys."""


def inject(
    tx: Tx, actor: Actor, kind: str, details: Mapping[str, Any], now: datetime
) -> TrainingEvent:
    """Add one of the scenario's tables; raise `InvalidError` as for a file with a mistake in it.

    So it does for what begins after the rehearsal's end, or is over already.
    """
    if kind not in TABLES:
        raise InvalidError("kind", kind, Need("one of {expected}", expected=", ".join(TABLES)))
    table = read_table(TABLES[kind], details, kind)
    training = find_training(tx)
    if training is not None:
        _require_to_come(table, scenario_of(training), now - training.began_at)
    new = TrainingEvent(TrainingEventId(0), now, kind, values_of(table), actor.id)
    event = add_training_event(tx, new)
    after = {"kind": kind, "details": event.details}
    add_event(tx, now, actor, "training.event_added", f"training_event:{event.id}", after=after)
    return event


def _require_to_come(table: TomlTable, scenario: Scenario, elapsed: timedelta) -> None:
    """Raise `InvalidError` unless a table's hours are between this moment and the end."""
    if isinstance(table, TimeSpan):
        begins, ends, first, last = table.from_h, table.until_h, "from_h", "until_h"
    elif isinstance(table, SpokenCall | ToldWords):
        begins, ends, first, last = table.at_h, table.at_h, "at_h", "at_h"
    else:
        return
    if begins >= scenario.lasts_h:
        need = Need("before the end, hour {end}", end=scenario.lasts_h / HOUR)
        raise InvalidError(first, begins / HOUR, need)
    if ends < elapsed - GRACE:
        need = Need("later than hour {start}", start=round(elapsed / HOUR, 2))
        raise InvalidError(last, ends / HOUR, need)


def events_of(tx: Tx) -> list[TrainingEvent]:
    """Return what was added."""
    return list_training_events(tx)


def table_of(event: TrainingEvent) -> TomlTable:
    """Return an event as the table of the scenario that it is."""
    return read_table(TABLES[event.kind], event.details, event.kind)


@lru_cache(maxsize=4)
def _read(text: str) -> Scenario:
    return scenario_from_toml(text)


def scenario_of(training: Training) -> Scenario:
    """Return the scenario as it was when the rehearsal was made."""
    return _read(training.scenario)


def scenario_end(training: Training) -> datetime:
    """Return when what a training rehearses is over."""
    return training.began_at + scenario_of(training).lasts_h


def in_force(scenario: Scenario, events: Iterable[TrainingEvent]) -> Scenario:
    """Return a scenario with what was added to it."""
    changes: dict[str, Any] = {}
    for event in events:
        before = changes.get(event.kind, getattr(scenario, event.kind))
        changes[event.kind] = (*before, table_of(event))
    return replace(scenario, **changes)


def only(scenario: Scenario, event: TrainingEvent) -> Scenario:
    """Return a scenario of the same length in which nothing happens but one event."""
    changes: dict[str, Any] = dict.fromkeys(TABLES, ())
    return in_force(replace(scenario, **changes), [event])


def write_note(tx: Tx, actor: Actor, words: str, now: datetime) -> TrainingNote:
    """Note words on this moment of the rehearsal."""
    text = words.strip()
    if not 0 < len(text) <= MOST_LETTERS:
        need = Need("from 1 to {max_length} characters", max_length=MOST_LETTERS)
        raise InvalidError("words", f"{len(text)} letters", need)
    note = add_training_note(tx, TrainingNote(TrainingNoteId(0), now, text, actor.id))
    add_event(tx, now, actor, "training.note_written", f"training_note:{note.id}")
    return note


def notes_of(tx: Tx) -> list[TrainingNote]:
    """Return all notes."""
    return list_training_notes(tx)
