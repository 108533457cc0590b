"""The periodic task that lets a forecast of snow make a storm, warn of it and begin it."""

from api.processes.periodic_task import CityTask
from data.model import Storm
from data.store.database.engine import reading, transaction
from fleet.context import CityContext
from fleet.weather.forecast_storms import follow_forecast, forecast_step
from maps.board.board import storm_view

PERIOD_S = 20.0
"""Pause between two looks."""


class ForecastTask(CityTask):
    """Takes the step that the newest forecast asks for; nothing while a storm is on."""

    pause_s = PERIOD_S

    def run(self) -> Storm | None:
        """Take a step; return the storm that it changed."""
        now, city = self._clock.now(), self._city_state.now
        with reading(self._engine) as tx:
            step = forecast_step(CityContext(tx, city.network, city.policy, now))
        if step is None:
            return None
        with transaction(self._engine) as tx:
            storm = follow_forecast(CityContext(tx, city.network, city.policy, now))
        if storm is not None and storm.phase.on:
            self._city_state.refresh()
            self._hub.publish("storm", [storm_view(storm)])
        return storm
