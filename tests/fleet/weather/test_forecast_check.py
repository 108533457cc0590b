"""A forecast beside what was measured."""

from datetime import timedelta

import pytest

from data.model import SnowSource
from data.model.storm_conditions import ForecastHour
from data.store.database.engine import Tx
from fleet.storms.snowfall import Fallen, add_snow
from fleet.storms.storm_start import start_storm
from fleet.weather.forecast_check import check_forecasts
from fleet.weather.forecast_intake import enter_forecast
from tests import village as v
from tests.village_database import DISPATCHER, POLICY

HOUR = timedelta(hours=1)


def test_a_forecast_that_said_too_much_too_early_is_told_in_cm_and_hours(tx: Tx) -> None:
    hours = [ForecastHour(v.NOW + each * HOUR, 20.0) for each in range(4)]
    enter_forecast(tx, DISPATCHER, hours, v.NOW)
    storm = start_storm(tx, DISPATCHER, "Snow", v.village(), POLICY, v.NOW)
    later = v.NOW + 4 * HOUR
    fallen = [Fallen(v.NOW + 2 * HOUR, 0.0), Fallen(later, 40.0)]
    storm = add_snow(tx, DISPATCHER, storm.id, fallen, SnowSource.HAND, v.village(), later)
    [check] = check_forecasts(tx, storm, later)
    assert check.error_mm == pytest.approx(40.0)
    assert check.late == 2 * HOUR  # 2 cm by 05:00 were forecast, and fell by 07:00
    assert (check.curve[0].fallen_mm, check.curve[-1].fallen_mm) == (0.0, 80.0)


def test_what_somebody_entered_for_a_time_ahead_is_no_measurement(tx: Tx) -> None:
    enter_forecast(tx, DISPATCHER, [ForecastHour(v.NOW, 20.0)], v.NOW)
    storm = start_storm(tx, DISPATCHER, "Snow", v.village(), POLICY, v.NOW)
    ahead = [Fallen(v.NOW + 2 * HOUR, 50.0)]
    storm = add_snow(tx, DISPATCHER, storm.id, ahead, SnowSource.HAND, v.village(), v.NOW)
    [check] = check_forecasts(tx, storm, v.NOW + 3 * HOUR)
    assert (check.until, check.error_mm, check.late) == (None, None, None)


def test_without_a_forecast_there_is_nothing_to_compare(tx: Tx) -> None:
    storm = start_storm(tx, DISPATCHER, "Snow", v.village(), POLICY, v.NOW)
    assert check_forecasts(tx, storm, v.NOW) == []


def test_a_forecast_made_in_the_storm_goes_on_from_what_was_measured_by_then(tx: Tx) -> None:
    storm = start_storm(tx, DISPATCHER, "Snow", v.village(), POLICY, v.NOW)
    made_at = v.NOW + 4 * HOUR
    enter_forecast(tx, DISPATCHER, [ForecastHour(made_at, 20.0)], made_at)
    later = made_at + HOUR
    fallen = [Fallen(later, 100.0)]
    storm = add_snow(tx, DISPATCHER, storm.id, fallen, SnowSource.HAND, v.village(), later)
    [check] = check_forecasts(tx, storm, later)
    assert [point.fallen_mm for point in check.curve] == pytest.approx([80.0, 100.0])
    assert check.error_mm == pytest.approx(0.0)
    assert check.late == timedelta(0)
