"""The periodic task that begins the next cycle of streets while it snows."""

from api.processes.periodic_task import CityTask
from data.store.database.engine import reading, transaction
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import find_active_storm
from fleet.replanning.cycles import begin_cycles, next_cycle_due, renew_cycle, stale_cycle
from maps.board.board import run_view, storm_view

PERIOD_S = 20.0
"""Pause between two runs: a cycle takes hours."""


class CycleTask(CityTask):
    """Makes the jobs of the next cycle and queues its plan, and again where its draft grows old.

    A draft whose work the driven plan has by now is discarded.
    """

    pause_s = PERIOD_S

    def run(self) -> bool:
        """Begin cycles that are due and publish the queued run; return whether there is one."""
        now = self._clock.now()
        with reading(self._engine) as tx:
            storm = find_active_storm(tx)
            if storm is None:
                return False
            due = next_cycle_due(tx, storm, get_storm_policy(tx, storm.id), now)
            stale = stale_cycle(tx, storm, now)
        if not due and stale is None:
            return False
        with transaction(self._engine) as tx:
            run = renew_cycle(tx, storm, stale, now) if stale else None
            if due:
                run = begin_cycles(tx, self._city_state.now.network, now) or run
        if stale is not None:
            self._hub.publish("storm", [storm_view(storm)])
        if run is not None:
            self._hub.publish("runs", [run_view(run)])
        return run is not None
