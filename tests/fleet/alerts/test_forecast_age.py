"""A forecast that grows old is an alert where a feed is to bring new ones."""

from dataclasses import replace
from datetime import timedelta

from data.model.storm_conditions import FeedKind, FeedState, ForecastHour
from data.policy.alert_rules import WeatherFeedRules
from data.policy.city_policy import Policy
from data.store.database.engine import Tx
from data.store.weather import set_feed_state
from fleet.alerts.forecast_age import forecast_age_signs
from fleet.context import CityContext
from fleet.weather.forecast_intake import enter_forecast
from tests import village as v
from tests.village_database import DISPATCHER, POLICY

HOUR = timedelta(hours=1)
ADDRESS = "https://weather.example.org/"
FED = replace(POLICY, weather_feed=WeatherFeedRules(on=True, forecast=ADDRESS))


def told(tx: Tx, hours: float, policy: Policy = FED) -> list[dict[str, object]]:
    """Return what is said of the forecast so many hours after it was made."""
    city = CityContext(tx, v.village(), policy, v.NOW + hours * HOUR)
    return [{**one.facts} for one in forecast_age_signs(city)]


def test_a_forecast_of_nine_hours_ago_is_old_where_a_feed_is_on(tx: Tx) -> None:
    enter_forecast(tx, DISPATCHER, [ForecastHour(v.NOW, 20.0)], v.NOW)
    assert told(tx, 8.9) == []
    assert told(tx, 9) == told(tx, 11) == [{"hours": 9}]
    assert told(tx, 12) == [{"hours": 12}]
    assert told(tx, 12, POLICY) == []


def test_a_feed_that_never_brought_one_is_known_by_when_it_was_first_asked(tx: Tx) -> None:
    assert told(tx, 20) == []
    set_feed_state(tx, FeedState(FeedKind.FORECAST, ADDRESS, v.NOW, v.NOW))
    assert told(tx, 9) == [{"hours": 9}]
