"""The debrief of a training, read in the server, in a process beside it, or for paper."""

from dataclasses import dataclass
from typing import Protocol

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.printing.training_word import training_word
from data.errors import NotFoundError
from data.model import PlanRun
from data.store.database.engine import Database, Tx, reading
from fleet.accounts.people import names_by_login
from fleet.reports.storm_statistics import StormRecords
from fleet.setup.machine_list import machine_names
from fleet.training.rehearsal import training_of
from fleet.training.scores.debrief import Debrief, DebriefSources, debrief, training_storm
from fleet.training.scores.decision_runs import decision_runs, found_points, search_told_of
from maps.pages.i18n import Translator, translator
from maps.training.debrief import DebriefContext, DebriefView, debrief_view
from maps.training.debrief_paper import debrief_paper


@dataclass(frozen=True, slots=True)
class DebriefSubject:
    """Whose debrief, in which language; of everybody without a `login`."""

    language: str
    login: str | None = None


class DebriefParts(Protocol):
    """What a debrief is read from: parts of a server, of a process beside it, or of a worker."""

    engine: Database
    clock: Clock
    city_state: CityStateHolder
    records: StormRecords


def read_debrief(tx: Tx, parts: DebriefParts) -> tuple[Debrief, PlanRun | None]:
    """Return the debrief of the training here, and the search for moments of decision.

    Raises `NotFoundError` in a real city, and before the storm of a training.
    """
    training, storm = training_of(tx), training_storm(tx)
    if training is None or storm is None:
        raise NotFoundError("training", 1)
    runs = decision_runs(tx, storm.id)
    sources = DebriefSources(
        parts.city_state.now.network,
        parts.city_state.policy_of(tx, storm),
        parts.records,
        parts.clock.speed,
    )
    found = debrief(tx, training, storm, sources, found_points(runs), parts.clock.now())
    return found, search_told_of(runs)


def debrief_words(parts: DebriefParts, subject: DebriefSubject) -> DebriefView:
    """Return a debrief in words."""
    with reading(parts.engine) as tx:
        return _view(tx, parts, subject, _translator(tx, parts, subject.language))


def printed_debrief(parts: DebriefParts, language: str) -> dict[str, object]:
    """Return what `report_pdf` prints of everybody's debrief."""
    with reading(parts.engine) as tx:
        t = _translator(tx, parts, language)
        view, word = _view(tx, parts, DebriefSubject(language), t), training_word(tx, t)
    return debrief_paper(view, parts.city_state.now.city.name, parts.clock.now(), t) | word


def _view(tx: Tx, parts: DebriefParts, subject: DebriefSubject, t: Translator) -> DebriefView:
    found, run = read_debrief(tx, parts)
    around = DebriefContext(names_by_login(tx), machine_names(tx), t)
    return debrief_view(found, run, around, subject.login)


def _translator(tx: Tx, parts: DebriefParts, language: str) -> Translator:
    now = parts.city_state.now
    policy = parts.city_state.policy_of(tx, training_storm(tx))
    return translator(language, now.city.timezone).of_city(policy, now.districts)
