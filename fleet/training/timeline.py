"""What happens in a rehearsal and when: of its scenario, added to it, and done by its trainees."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from data.files.toml_reader import TomlTable
from data.model import Event, Segment
from data.model.people import SubjectName
from data.model.training.live_training import TrainingEvent
from data.store.audit.log_search import (
    AuditFilter,
    VerbGroup,
    count_lines,
    last_lines,
    search_lines,
)
from data.store.audit.subject_names import names_of
from data.store.database.engine import Tx
from data.store.shifts.blockages import list_blockages
from data.store.storms.storms import list_storms
from data.store.training.calls import list_calls_due
from data.streets.network import StreetNetwork
from data.training import BlockedStreet, Scenario, SpokenCall
from fleet.audit.line_kinds import ACCESS, SEALS
from fleet.simulation.street_blocks import street_meant
from fleet.training.events import TABLES, table_of

MOST_ACTS = 200
"""Lines of the audit log on a timeline, at most: the newest."""

_SEAT_TAKEN = VerbGroup(frozenset(), frozenset({"training.seat_taken"}))
_SET_BACK = VerbGroup(frozenset(), frozenset({"training.set_back"}))
_OWN = VerbGroup(frozenset({"training", "position", "positions"}))


@dataclass(frozen=True, slots=True)
class Happening:
    """A table of the scenario, by its key, from when to when it goes on; `added_by` who added it.

    What takes no time has no end. `number` counts from 0 among those of its key, what was added
    after the file's own; `added_at` is when that was. `street` is the one that it came to, as far
    as that is known.
    """

    key: str
    number: int
    table: TomlTable
    begins_at: datetime
    ends_at: datetime | None
    added_by: str = ""
    added_at: datetime | None = None
    street: Segment | None = None


def happenings(
    scenario: Scenario, events: Iterable[TrainingEvent], began_at: datetime
) -> list[Happening]:
    """Return what comes and has come of a scenario and what was added to it, in order."""
    numbers = Counter[str]()

    def one_of(key: str, table: TomlTable) -> Happening:
        numbers[key] += 1
        return _happening(key, numbers[key] - 1, table, began_at)

    own = [one_of(key, table) for key in TABLES for table in getattr(scenario, key)]
    added = [
        replace(one_of(event.kind, table_of(event)), added_by=event.made_by, added_at=event.at)
        for event in events
    ]
    return sorted([*own, *added], key=lambda one: one.begins_at)


def with_streets(
    tx: Tx, found: Iterable[Happening], network: StreetNetwork, seed: int
) -> list[Happening]:
    """Return what happens with the streets that the simulation chose, or will choose."""
    storm = max(list_storms(tx), key=lambda one: one.id, default=None)
    blocked = {one.text: one.segment_id for one in list_blockages(tx, storm.id)} if storm else {}
    listed = list(found)
    called = list_calls_due(tx, [one.begins_at for one in listed if one.key == "call"])
    calling = {(one.due_at, one.kind): one.segment_id for one in called}

    def street(one: Happening) -> Segment | None:
        known = None
        if isinstance(one.table, SpokenCall):
            known = calling.get((one.begins_at, one.table.kind))
        elif isinstance(one.table, BlockedStreet):
            said = [words for words in one.table.words.values() if words in blocked]
            known = blocked[said[0]] if said else None
        else:
            return street_meant(network, one.table, one.number, seed)
        return None if known is None else network.find(known)

    return [replace(one, street=street(one)) for one in listed]


@dataclass(frozen=True, slots=True)
class Acts:
    """What trainees did: the newest lines first, and each one's last, however long ago."""

    lines: Sequence[Event]
    last: Mapping[str, Event]

    @property
    def told(self) -> tuple[Event, ...]:
        """All these lines."""
        return (*self.lines, *self.last.values())


class TraineeActs:
    """What everybody did who has taken a seat, of which only what is new is read each time.

    The audit log only grows; a rehearsal that is set back is served anew. Read it where nothing is
    written: a line that is taken back would stay.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._players: frozenset[str] = frozenset()
        self._lines: list[Event] = []
        self._last: dict[str, Event] = {}
        self._until = 0

    def since(self, tx: Tx, began_at: datetime) -> Acts:
        """Return what was done since a rehearsal began."""
        with self._lock:
            newest = count_lines(tx)
            seated = AuditFilter(group=_SEAT_TAKEN, since=began_at, after=self._until)
            taken = search_lines(tx, seated, None, MOST_ACTS)
            players = self._players | {line.actor.id for line in taken}
            if players != self._players:  # of who is new, what came before the seat counts too
                self._players, self._lines, self._last, self._until = players, [], {}, 0
            wanted = AuditFilter(
                actors=players, since=began_at, after=self._until, hidden=(ACCESS, SEALS, _OWN)
            )
            new = search_lines(tx, wanted, None, MOST_ACTS) if players else []
            last = last_lines(tx, wanted) if players else []
            self._lines = [*new, *self._lines][:MOST_ACTS]
            self._last = self._last | {line.actor.id: line for line in last}
            self._until = max(newest, self._until)
            return Acts(self._lines, self._last)


def set_backs(tx: Tx, began_at: datetime) -> list[datetime]:
    """Return the moments to which a rehearsal was set back, the newest of the log first."""
    lines = search_lines(tx, AuditFilter(group=_SET_BACK, since=began_at), None, MOST_ACTS)
    return [line.at for line in lines]


def names_in(tx: Tx, subjects: Iterable[str]) -> Mapping[str, SubjectName]:
    """Return what the subjects of lines are called."""
    return names_of(tx, subjects)


def _happening(key: str, number: int, table: TomlTable, began_at: datetime) -> Happening:
    end: timedelta | None = getattr(table, "until_h", None)
    start: timedelta = getattr(table, "at_h" if end is None else "from_h")
    ends_at = None if end is None else began_at + end
    return Happening(key, number, table, began_at + start, ends_at)
