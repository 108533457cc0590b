"""What is printed of a storm for the council, with the figures that its page has."""

from dataclasses import dataclass
from datetime import datetime

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.printing.council_figures import FiguresSubject, council_figures
from api.processes.printing.training_word import training_word
from data.errors import NotFoundError
from data.model import Storm, StormId
from data.store.database.engine import Database, Tx, reading
from fleet.evidence.storm_evidence import painted_storm, plowed_times
from fleet.reports.storm_statistics import StormRecords
from fleet.storms.storm_lookup import known_storm
from fleet.what_if.hindsight import hindsight_runs
from maps.pages.i18n import Translator, translator
from maps.reports.coverage_table import CoveragePicture
from maps.reports.machine_gain import gain_answers
from maps.reports.paper.storm_report import StormPapers, storm_brief, storm_map, storm_report


@dataclass(frozen=True, slots=True)
class ReportWish:
    """Which storm's report, beside which other storm, in which language; or its brief."""

    figures: FiguresSubject
    language: str
    brief: bool


class ReportSources:
    """What a report is made from: a city's database, read at one moment."""

    def __init__(self, engine: Database, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.city_state = CityStateHolder(engine)
        self.records = StormRecords()


def printed_report(sources: ReportSources, wish: ReportWish) -> dict[str, object]:
    """Return what `report_pdf` prints; raise `NotFoundError` where there has been no storm."""
    view = council_figures(sources, wish.figures)
    if view.storm is None or view.at is None:
        raise NotFoundError("storm", wish.figures.storm or 0)
    with reading(sources.engine) as tx:
        storm = known_storm(tx, StormId(view.storm.id))
        picture = _picture(tx, sources, storm, view.at)
        cleared = plowed_times(tx, picture.network, storm)
        asked = hindsight_runs(tx, storm.id)
        t = _translator(sources, picture, wish.language)
        word = training_word(tx, t)
    papers = StormPapers(view, picture, cleared, tuple(gain_answers(asked, t).values()))
    return (storm_brief(papers, t) if wish.brief else storm_report(papers, t)) | word


def printed_map(sources: ReportSources, storm_id: StormId, language: str) -> dict[str, object]:
    """Return what `map_png` draws of a storm, as its streets are now or were at its end."""
    now = sources.clock.now()
    with reading(sources.engine) as tx:
        storm = known_storm(tx, storm_id)
        picture = _picture(tx, sources, storm, storm.ended_at or now)
        t = _translator(sources, picture, language)
        word = training_word(tx, t)
    return storm_map(picture, now, t) | word


def _picture(tx: Tx, sources: ReportSources, storm: Storm, at: datetime) -> CoveragePicture:
    city_state = sources.city_state.now
    policy = sources.city_state.policy_of(tx, storm)
    states, coverages = painted_storm(tx, city_state.network, policy, storm, at)
    return CoveragePicture(
        city_state.city, city_state.network, policy, storm, at, states, tuple(coverages)
    )


def _translator(sources: ReportSources, picture: CoveragePicture, language: str) -> Translator:
    city_state = sources.city_state.now
    t = translator(language, city_state.city.timezone)
    return t.of_city(picture.policy, city_state.districts)
