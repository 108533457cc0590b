"""What boards show of a whole city: colors of streets, the storm, plan runs and questions."""

import time
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from api.processes.city_state import CitySnapshot
from api.processes.ingest.run_views import shown_run
from data.model import RunKind, SegmentId, Storm
from data.store.database.engine import Tx
from data.store.planning.plan_runs import count_ahead, list_recent_runs, list_runs
from data.store.storms.storms import find_active_storm, get_storm
from fleet.coverage.street_colors import Colors
from fleet.evidence.evidence_pipeline import Digest
from fleet.tracking.live_fleet import Hub
from maps.board.board import RunView, storm_view
from maps.what_if import QuestionNews, question_news

REPAINT = timedelta(seconds=15)
"""How often all streets are repainted for their age, by the storm's clock."""

REPAINT_S = 5.0
"""Least time between two repaints, in real seconds."""

RUNS = 20
"""Plan runs whose progress is published, the newest."""


class BoardPublisher:
    """Publishes what has changed since the last time; one per city.

    `colors` are those published last.
    """

    def __init__(self, hub: Hub, city_state: CitySnapshot) -> None:
        self._hub = hub
        self._storm: Storm | None = None
        self._runs: dict[int, RunView] = {}
        self._questions: dict[int, QuestionNews] = {}
        self._announced: deque[SegmentId] = deque()
        self.use_city_state(city_state)

    def use_city_state(self, city_state: CitySnapshot) -> None:
        """Go on with new streets or levels of service; all streets are repainted."""
        self._network = city_state.network
        self.colors = Colors(city_state.network, city_state.policy)
        self.repaint_soon()

    def repaint_soon(self) -> None:
        """Repaint all streets the next time."""
        self._repainted: tuple[datetime, float] | None = None

    def announce_streets(self, streets: Iterable[SegmentId]) -> None:
        """Publish streets whose evidence was stored elsewhere, the next time; from any thread."""
        self._announced.extend(streets)

    def publish(self, tx: Tx, found: Digest, now: datetime) -> None:
        """Publish what positions and taps have proved, and whatever else has changed."""
        storm = find_active_storm(tx)
        self._publish_colors(tx, storm, found, now)
        self._publish_storm(tx, storm)
        self._publish_announced(tx, now)
        self._publish_runs(tx, storm)
        self._publish_questions(tx, storm)

    def _publish_colors(self, tx: Tx, storm: Storm | None, found: Digest, now: datetime) -> None:
        self.colors.cover(found.coverage)
        if self._due(storm, now):
            self.colors.load(tx, storm)
            self._repainted = (now, time.monotonic())
            rows, plowed = self.colors.changed(now), self.colors.plowed()
        else:
            touched = {row.segment_id for row in found.coverage}
            rows, plowed = self.colors.changed(now, touched), self.colors.plowed(touched)
        self._hub.publish("coverage", rows)
        self._hub.publish("plowed", plowed)
        self._hub.publish("evidence", [(street,) for street in found.streets])

    def _due(self, storm: Storm | None, now: datetime) -> bool:
        """Whether to repaint all streets: after a while, or where the storm has changed."""
        if self._repainted is None or storm != self._storm:
            return True
        at, at_s = self._repainted
        return now - at >= REPAINT and time.monotonic() - at_s >= REPAINT_S

    def _publish_storm(self, tx: Tx, storm: Storm | None) -> None:
        if storm != self._storm:
            changed_storm = storm or (get_storm(tx, self._storm.id) if self._storm else None)
            self._hub.publish("storm", [storm_view(changed_storm)] if changed_storm else [])
        self._storm = storm

    def _publish_announced(self, tx: Tx, now: datetime) -> None:
        """Publish streets whose evidence was stored elsewhere, as it is stored now."""
        announced = {self._announced.popleft() for _ in range(len(self._announced))}
        known = {one for one in announced if self._network.find(one) is not None}
        if known:
            self.colors.read_again(tx, known)
            self._hub.publish("coverage", self.colors.changed(now, known))
            self._hub.publish("plowed", self.colors.plowed(known))
        self._hub.publish("evidence", [(street,) for street in announced])

    def _publish_runs(self, tx: Tx, storm: Storm | None) -> None:
        runs = list_recent_runs(tx, storm.id, RUNS) if storm else []
        views = [shown_run(tx, run) for run in runs]
        changed = [view for view in views if self._runs.get(view.id) != view]
        self._runs |= {view.id: view for view in changed}
        self._hub.publish("runs", changed)

    def _publish_questions(self, tx: Tx, storm: Storm | None) -> None:
        runs = list_runs(tx, storm.id, RUNS, [RunKind.WHATIF]) if storm else []
        views = [question_news(run, count_ahead(tx, run)) for run in runs]
        changed = [view for view in views if self._questions.get(view.id) != view]
        self._questions |= {view.id: view for view in changed}
        self._hub.publish("what_ifs", changed)
