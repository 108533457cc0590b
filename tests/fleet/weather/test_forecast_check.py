"""A forecast beside what was measured."""

from datetime import timedelta

import pytest

from data.model import SnowSource
from data.model.storm_conditions import ForecastHour
from data.store.database.engine import Tx
from fleet.simulation.simulated_weather import fallen_cm
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


def test_a_whole_storm_with_a_forecast_each_hour_is_told_by_the_first_and_the_last(tx: Tx) -> None:
    """Every forecast says a quarter too much, two hours too early."""

    def forecast_mm(hours: int) -> float:
        fallen = [fallen_cm((hours + each) * HOUR) for each in (2, 3)]
        return (fallen[1] - fallen[0]) * 12.5

    for made_h in (-6, -3):
        hours = [ForecastHour(v.NOW + each * HOUR, forecast_mm(each)) for each in range(made_h, 30)]
        enter_forecast(tx, DISPATCHER, hours, v.NOW + made_h * HOUR)
    storm = start_storm(tx, DISPATCHER, "Snow", v.village(), POLICY, v.NOW)
    for hour in range(1, 25):
        now = v.NOW + hour * HOUR
        hours = [ForecastHour(v.NOW + each * HOUR, forecast_mm(each)) for each in range(hour, 30)]
        enter_forecast(tx, DISPATCHER, hours, now)
        fallen = [Fallen(now, fallen_cm(hour * HOUR) * 10)]
        storm = add_snow(tx, DISPATCHER, storm.id, fallen, SnowSource.HAND, v.village(), now)
    first, last = check_forecasts(tx, storm, v.NOW + 24 * HOUR)
    assert first.forecast.made_at == v.NOW - 3 * HOUR
    assert first.error_mm == pytest.approx(1.25 * (132 + 24) - 132)  # two hours of the next spell
    assert first.late == timedelta(hours=5.5) - timedelta(hours=2.4)  # half of 132 mm
    assert (last.forecast.made_at, last.until) == (v.NOW + 24 * HOUR, None)
