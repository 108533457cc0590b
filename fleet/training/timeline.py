"""What happens in a rehearsal and when: of its scenario, added to it, and done by its trainees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from data.files.toml_reader import TomlTable
from data.model import Event
from data.model.people import SubjectName
from data.model.training.live_training import TrainingEvent
from data.store.audit.log_search import AuditFilter, VerbGroup, count_lines, search_lines
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


class TraineeActs:
    """What everybody did who has taken a seat, of which only what is new is read each time.

    The audit log only grows; a rehearsal that is set back is served anew. Read it where nothing is
    written: a line that is taken back would stay.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._players: frozenset[str] = frozenset()
        self._lines: list[Event] = []
        self._until = 0

    def since(self, tx: Tx, began_at: datetime) -> list[Event]:
        """Return what was done since a rehearsal began, the newest lines first."""
        with self._lock:
            newest = count_lines(tx)
            seated = AuditFilter(group=_SEAT_TAKEN, since=began_at, after=self._until)
            taken = search_lines(tx, seated, None, MOST_ACTS)
            players = self._players | {line.actor.id for line in taken}
            if players != self._players:  # of who is new, what came before the seat counts too
                self._players, self._lines, self._until = players, [], 0
            wanted = AuditFilter(
                actors=players, since=began_at, after=self._until, hidden=(ACCESS, SEALS, _OWN)
            )
            new = search_lines(tx, wanted, None, MOST_ACTS) if players else []
            self._lines = [*new, *self._lines][:MOST_ACTS]
            self._until = max(newest, self._until)
            return self._lines


def names_in(tx: Tx, subjects: Iterable[str]) -> Mapping[str, SubjectName]:
    """Return what the subjects of lines are called."""
    return names_of(tx, subjects)


def _happening(key: str, table: TomlTable, began_at: datetime, by: str = "") -> Happening:
    end: timedelta | None = getattr(table, "until_h", None)
    start: timedelta = getattr(table, "at_h" if end is None else "from_h")
    ends_at = None if end is None else began_at + end
    return Happening(key, table, began_at + start, ends_at, by)
