"""Cached answers for all boards of a city: street colors, sums by class, packed JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from api.processes.cached_response import KeptAnswer, SharedAnswer, SharedAnswers
from api.processes.city_state import CitySnapshot, CityStateHolder
from api.processes.ingest.live_positions import Consumer
from api.processes.renewed_answer import RenewedAnswer
from data.model import JobState, SegmentId, ServiceClass, Storm
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.reports import newest_rows
from data.store.work import list_jobs
from fleet.coverage.coverage_states import painted
from fleet.routes.class_finish import ClassFinish
from fleet.tracking.live_fleet import Hub
from maps.board.board import ClassView, States
from maps.board.class_sums import ClassSums

FRESH = timedelta(seconds=30)
"""Colors that were published or computed within this time are used again."""

MINUTE_S = 60

OPEN_FILES_KEPT = 8
"""Files of the open data in memory; one of a large city takes some 5 MB."""


@dataclass(frozen=True, slots=True)
class _Painting:
    """The colors of all streets as computed here, and for which city, storm and time."""

    city_state: CitySnapshot
    storm: Storm | None
    at: datetime
    states: States
    number: int = 0

    def changed(self, colors: States) -> "_Painting":
        """Return this with newer colors of some of its streets."""
        newer = {street: colors[street] for street in colors.keys() & self.states.keys()}
        return replace(self, states={**self.states, **newer}, number=self.number + 1)

    def is_of(
        self, city_state: CitySnapshot, storm: Storm | None, since: datetime, until: datetime
    ) -> bool:
        return city_state is self.city_state and storm == self.storm and since <= self.at <= until


class BoardCache:
    """Colors and sums by class for all boards of a city, and their shared answers.

    `newest_figures` is the one of `reports` that shows the newest storm to the council.
    """

    def __init__(self, city_state: CityStateHolder, consumer: Consumer, hub: Hub) -> None:
        self._city_state = city_state
        self._hub = hub
        self._consumer = consumer
        self._sums: ClassSums | None = None
        self._painting: _Painting | None = None
        self._paint_lock = Lock()
        self._received: dict[SegmentId, tuple[int, int]] = {}
        self.board = SharedAnswer()
        self.wall = SharedAnswer()
        self.figures = SharedAnswer()
        self.plowed = SharedAnswer()
        self.done = KeptAnswer()
        self.timeline = KeptAnswer()
        self.reports = SharedAnswers()
        self.newest_figures = SharedAnswer()
        self.public_map = RenewedAnswer("public map")
        self.public_lists = SharedAnswers()
        self.open_data = SharedAnswers()
        self.open_files = SharedAnswers(OPEN_FILES_KEPT)

    def states(self, tx: Tx, storm: Storm | None, now: datetime) -> States:
        """Return the color of every street as boards last got it.

        Before anything was published, after a start or where a storm has just changed, colors are
        computed here: a large city takes a fifth of a second, so it is done once for all requests.
        """
        city_state, since = self._city_state.now, now - FRESH
        published = self._consumer.published_colors(storm, city_state.network, since, now)
        if published is not None:
            return published
        with self._paint_lock:
            known = self._painting
            if known is None or not known.is_of(city_state, storm, since, now):
                known = _painting(tx, city_state, storm, now)
                known = self._painting = known.changed(self._received)
        return known.states

    def receive_colors(self, rows: Iterable[tuple[int, int, int]]) -> None:
        """Take over colors that the server that leads has published.

        Colors are computed here without the published ones, and published ones never repeated.
        """
        newer = {SegmentId(street): (forward, back) for street, forward, back in rows}
        with self._paint_lock:
            self._received |= newer
            if self._painting is not None:
                self._painting = self._painting.changed(newer)

    def forget_colors(self) -> None:
        """Compute all colors anew: published ones may have been missed."""
        with self._paint_lock:
            self._received.clear()
            self._painting = None

    def revision(self, tx: Tx, now: datetime) -> tuple[object, ...]:
        """Return what changes with everything that reports and lists rest on.

        That is the city, what people changed, evidence, and the minute, since work falls due.
        """
        minute = int(now.timestamp() // MINUTE_S)
        evidence = self._hub.published("evidence")
        return self._city_state.now.city.revision, evidence, newest_rows(tx), minute

    def states_revision(self, storm: Storm | None, now: datetime) -> tuple[object, ...] | None:
        """Return what changes with `states`; `None` where they are not known yet."""
        city_state, since = self._city_state.now, now - FRESH
        number = self._consumer.published_revision(storm, city_state.network, since, now)
        if number is not None:
            return "published", number
        known = self._painting
        if known is None or not known.is_of(city_state, storm, since, now):
            return None
        return "computed", known.at, known.number

    def classes(
        self, states: States, finishes: Mapping[ServiceClass, ClassFinish]
    ) -> tuple[ClassView, ...]:
        """Return the progress of each class, `finishes` included."""
        city_state, sums = self._city_state.now, self._sums
        if sums is None or not sums.is_made_for(city_state.network, city_state.policy):
            sums = self._sums = ClassSums(city_state.network, city_state.policy)
        return sums.views(states, finishes)


def _painting(tx: Tx, city_state: CitySnapshot, storm: Storm | None, now: datetime) -> _Painting:
    coverages = list_coverage(tx, storm.id) if storm else []
    jobs = list_jobs(tx, storm.id, JobState.OPEN) if storm else []
    states = painted(city_state.network, city_state.policy, storm, coverages, jobs, now)
    return _Painting(city_state, storm, now, states)
