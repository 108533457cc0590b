"""The periodic task that lets a forecast of snow make a storm, warn of it and begin it."""

from api.processes.periodic_task import CityTask
from data.model import Storm
from data.store.database.engine import reading, transaction
from data.store.storms.storms import find_active_storm
from data.store.weather import find_forecast
from fleet.context import CityContext
from fleet.weather.forecast_storms import follow_forecast
from maps.board.board import storm_view

PERIOD_S = 20.0
"""Pause between two looks."""


class ForecastTask(CityTask):
    """Takes the step that the newest forecast asks for; nothing while a storm is on."""

    pause_s = PERIOD_S

    def run(self) -> Storm | None:
        """Take a step; return the storm that it changed."""
        now = self._clock.now()
        with reading(self._engine) as tx:
            if find_active_storm(tx) is not None or find_forecast(tx, now) is None:
                return None
        city = self._city_state.now
        with transaction(self._engine) as tx:
            storm = follow_forecast(CityContext(tx, city.network, city.policy, now))
        if storm is not None and storm.phase.on:
            self._city_state.refresh()
            self._hub.publish("storm", [storm_view(storm)])
        return storm
