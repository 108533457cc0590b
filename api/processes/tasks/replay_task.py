"""The periodic task that prepares the history of the newest storm for its replay."""

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.periodic_task import PeriodicTask
from data.store.database.engine import Database, reading
from data.store.storms.storms import list_storms
from fleet.replay.storm_history import StormHistory

PERIOD_S = 30.0
"""Pause between two runs."""


class ReplayTask(PeriodicTask):
    """Keeps the colors of the newest storm computed."""

    pause_s = PERIOD_S

    def __init__(
        self, engine: Database, clock: Clock, city_state: CityStateHolder, history: StormHistory
    ) -> None:
        super().__init__()
        self._engine = engine
        self._clock = clock
        self._city_holder = city_state
        self._history = history

    def run(self) -> None:
        """Read the newest storm, unless its colors are computed."""
        city_state = self._city_holder.now
        with reading(self._engine) as tx:
            for storm in list_storms(tx)[:1]:
                policy = self._city_holder.policy_of(tx, storm)
                self._history.prepare(tx, storm, city_state.network, policy, self._clock.now())
