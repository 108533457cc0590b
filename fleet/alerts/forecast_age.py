"""Alert sign of a forecast that grows old though a feed is to bring new ones."""

from collections.abc import Iterator
from datetime import timedelta

from data.model import AlertKind
from fleet.alerts.alert_conditions import Sign
from fleet.context import CityContext
from fleet.weather.weather_feeds import forecast_since

OLD = timedelta(hours=9)
"""Services of the world make a forecast every six hours and need one: 12 h count no more."""

STEP = timedelta(hours=3)
"""The age is told in steps of so much."""


def forecast_age_signs(city: CityContext) -> Iterator[Sign]:
    """Yield that no new forecast has come for long."""
    since = forecast_since(city.tx, city.policy.weather_feed, city.now)
    if since is None or city.now - since < OLD:
        return
    hours = (city.now - since) // STEP * round(STEP / timedelta(hours=1))
    yield Sign(AlertKind.FORECAST_OLD, None, since + OLD, facts={"hours": hours})
