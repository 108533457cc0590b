"""What happens in a rehearsal and when: of its scenario, added to it, and done by its trainees."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.files.toml_reader import TomlTable
from data.model import Event
from data.model.people import SubjectName
from data.model.training.live_training import TrainingEvent
from data.store.audit.log_search import AuditFilter, VerbGroup, search_lines
from data.store.audit.subject_names import names_of
from data.store.database.engine import Tx
from data.training import Scenario
from fleet.audit.line_kinds import ACCESS, SEALS
from fleet.training.events import TABLES, table_of

MOST_ACTS = 200
"""Lines of the audit log on a timeline, at most: the newest."""

_SEAT_TAKEN = VerbGroup(frozenset(), frozenset({"training.seat_taken"}))
_OWN = VerbGroup(frozenset({"training", "position", "positions"}))


@dataclass(frozen=True, slots=True)
class Happening:
    """A table of the scenario, by its key, from when to when it goes on; `added_by` who added it.

    What takes no time has no end.
    """

    key: str
    table: TomlTable
    begins_at: datetime
    ends_at: datetime | None
    added_by: str = ""


def happenings(
    scenario: Scenario, events: Iterable[TrainingEvent], began_at: datetime
) -> list[Happening]:
    """Return what comes and has come of a scenario and what was added to it, in order."""
    planned = [
        _happening(key, table, began_at) for key in TABLES for table in getattr(scenario, key)
    ]
    added = [_happening(event.kind, table_of(event), began_at, event.made_by) for event in events]
    return sorted([*planned, *added], key=lambda one: one.begins_at)


def has_begun(event: TrainingEvent, began_at: datetime, now: datetime) -> bool:
    """Whether what was added to a scenario can be felt already."""
    return _happening(event.kind, table_of(event), began_at).begins_at <= now


def acts_since(tx: Tx, since: datetime) -> list[Event]:
    """Return what everybody did since a moment who has taken a seat, the newest first."""
    players = {line.actor.id for line in search_lines(tx, _seats_taken(since), None, MOST_ACTS)}
    lines = [line for login in players for line in _lines_of(tx, login, since)]
    return sorted(lines, key=lambda line: -line.id)[:MOST_ACTS]


def names_in(tx: Tx, subjects: Iterable[str]) -> Mapping[str, SubjectName]:
    """Return what the subjects of lines are called."""
    return names_of(tx, subjects)


def _seats_taken(since: datetime) -> AuditFilter:
    return AuditFilter(group=_SEAT_TAKEN, since=since)


def _lines_of(tx: Tx, login: str, since: datetime) -> Iterator[Event]:
    wanted = AuditFilter(person=login, since=since, hidden=(ACCESS, SEALS, _OWN))
    found = search_lines(tx, wanted, None, MOST_ACTS)
    return (line for line in found if line.actor.id == login)


def _happening(key: str, table: TomlTable, began_at: datetime, by: str = "") -> Happening:
    end: timedelta | None = getattr(table, "until_h", None)
    start: timedelta = getattr(table, "at_h" if end is None else "from_h")
    ends_at = None if end is None else began_at + end
    return Happening(key, table, began_at + start, ends_at, by)
