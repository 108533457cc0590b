"""The answers that cost much, as a process beside the server makes them from the database."""

from pathlib import Path

from api.config.clock import Clock
from api.config.console import open_city_database
from api.processes.answer_process import answer_until_stopped
from api.processes.cached_response import json_of
from api.processes.child_process import ParentLine
from api.processes.city_state import CityStateHolder
from api.processes.printing.council_figures import FiguresSubject, council_figures
from api.processes.printing.training_debrief import DebriefSubject, debrief_words
from api.public.open_answers import OpenSubject, open_answer
from api.public.public_streets import PublicSubject, public_streets
from api.shifts.stored_route import StoredSubject, stored_route
from data.store.database.city_lock import holding
from data.store.database.engine import Database
from fleet.replay.storm_history import StormHistory
from fleet.reports.storm_statistics import StormRecords

type Subject = FiguresSubject | StoredSubject | PublicSubject | OpenSubject | DebriefSubject
"""What is asked of the process."""


class CityBeside:
    """A city as a process knows it on its own, from what the database and its folder have."""

    def __init__(self, engine: Database, folder: Path, clock: Clock) -> None:
        self.engine = engine
        self.folder = folder
        self.clock = clock
        self.city_state = CityStateHolder(engine)
        self.records = StormRecords()
        self.history = StormHistory(folder / "history", reads_active=True)

    def made(self, subject: Subject) -> bytes:
        """Return an answer as JSON, by the streets and levels of service of this moment."""
        self.city_state.refresh()
        if isinstance(subject, StoredSubject):
            return json_of(stored_route(self, subject))
        if isinstance(subject, PublicSubject):
            return json_of(public_streets(self))
        if isinstance(subject, FiguresSubject):
            return json_of(council_figures(self, subject))
        if isinstance(subject, DebriefSubject):
            return json_of(debrief_words(self, subject))
        return open_answer(self, subject)


def make_answers_as_child(line: ParentLine, folder: Path, clock: Clock) -> None:
    """Make the answers that the server asks for, in a process of its own."""
    engine = open_city_database(folder)
    own = CityBeside(engine, folder, clock)
    line.ready()
    with holding(folder):
        own.made(FiguresSubject())  # reads all records of a storm: a second in a large city
        answer_until_stopped(line, own.made)
    engine.dispose()
