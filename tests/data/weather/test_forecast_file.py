"""Forecasts in the forms of met.no and Open-Meteo, as the services write them."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from data.errors import InvalidError
from data.model.storm_conditions import ForecastSource
from data.weather.forecast_file import forecast_from
from tests.weather_files import met_no_file, open_meteo_file

NOW = datetime(2026, 12, 21, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(fields):
    return forecast_from(json.dumps(fields).encode(), NOW)


def test_snow_of_met_no_is_ten_times_its_water_by_the_symbol():
    found = read(met_no_file(NOW, [("cloudy", 0.0), ("snow", 0.6), ("sleet", 0.6), ("rain", 0.6)]))
    assert found.source is ForecastSource.MET_NO
    assert [hour.snow_mm for hour in found.hours[:4]] == pytest.approx([0.0, 6.0, 3.0, 0.0])
    assert found.hours[1].begins_at == NOW + HOUR
    assert (found.hours[1].temperature_c, found.hours[1].wind_mps) == (-2.0, 3.4)


def test_six_hours_that_met_no_tells_together_are_shared_out():
    fields = met_no_file(NOW, [("snow", 0.6)])
    entry = fields["properties"]["timeseries"][0]["data"]
    entry["next_6_hours"] = {
        "summary": {"symbol_code": "heavysnow"},
        "details": {"precipitation_amount": 6.0},
    }
    del entry["next_1_hours"]
    hours = read(fields).hours
    assert [hour.snow_mm for hour in hours] == pytest.approx([10.0] * 6)


def test_without_a_symbol_the_air_decides_what_falls():
    fields = met_no_file(NOW, [("", 1.0), ("", 1.0)])
    entries = fields["properties"]["timeseries"]
    for entry in entries:
        del entry["data"]["next_1_hours"]["summary"]
    entries[1]["data"]["instant"]["details"]["air_temperature"] = 3.0
    assert [hour.snow_mm for hour in read(fields).hours] == pytest.approx([10.0, 0.0])


def test_open_meteo_gives_the_snow_of_the_hour_before_in_local_time():
    found = read(open_meteo_file(NOW, [0.0, 0.7, 1.4, None]))
    assert (found.source, found.made_at) == (ForecastSource.OPEN_METEO, None)
    hours = {hour.begins_at: hour for hour in found.hours}
    assert hours[NOW].snow_mm == pytest.approx(7.0)
    assert hours[NOW + HOUR].snow_mm == pytest.approx(14.0)
    assert hours[NOW].wind_mps == pytest.approx(10 / 3.6)
    assert NOW + 2 * HOUR not in hours


def test_open_meteo_in_inches_and_fahrenheit_is_converted():
    fields = open_meteo_file(NOW, [0.0, 1.0])
    fields["hourly_units"] |= {"snowfall": "inch", "temperature_2m": "°F", "wind_speed_10m": "kn"}
    hour = read(fields).hours[-1]
    assert hour.snow_mm == pytest.approx(25.4)
    assert hour.temperature_c == pytest.approx((-3.0 - 32) / 1.8)


def without(fields, *path):
    inner = fields
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return fields


def put(fields, value, *path):
    inner = fields
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return fields


MET = met_no_file(NOW, [("snow", 0.6)])
OPEN = open_meteo_file(NOW, [0.0, 0.7])
FIRST = ("properties", "timeseries", 0)
AIR = (*FIRST, "data", "instant", "details", "air_temperature")
FALLS = (*FIRST, "data", "next_1_hours", "details", "precipitation_amount")


@pytest.mark.parametrize(
    ("fields", "field", "got"),
    [
        ({"daily": {}}, "file", "daily"),
        ([], "file", "[]"),
        ((MET, None, ("properties", "meta")), "properties.meta", None),
        (
            (MET, "today", ("properties", "meta", "updated_at")),
            "properties.meta.updated_at",
            "today",
        ),
        ((MET, "noon", (*FIRST, "time")), "properties.timeseries.0.time", "noon"),
        ((MET, "cold", AIR), ".".join(map(str, AIR)), "cold"),
        ((MET, -1, FALLS), ".".join(map(str, FALLS)), -1),
        ((OPEN, "mm", ("hourly_units", "snowfall")), "hourly_units.snowfall", "mm"),
        ((OPEN, [0.0], ("hourly", "snowfall")), "hourly.snowfall", 1),
        ((OPEN, "much", ("hourly", "snowfall", 1)), "hourly.snowfall.1", "much"),
        ((OPEN, None, ("hourly", "snowfall")), "hourly.snowfall", None),
        ((OPEN, "later", ("hourly", "time", 0)), "hourly.time.0", "later"),
    ],
)
def test_a_file_that_does_not_read_names_field_value_and_what_was_expected(fields, field, got):
    if isinstance(fields, tuple):
        whole, value, path = fields
        fields = put(json.loads(json.dumps(whole)), value, *path)
    with pytest.raises(InvalidError) as refused:
        read(fields)
    assert (refused.value.values["field"], refused.value.values["got"]) == (field, got)
    assert refused.value.values["expected"]


def test_a_forecast_of_the_past_is_refused():
    with pytest.raises(InvalidError, match="hours that lie ahead"):
        forecast_from(json.dumps(MET).encode(), NOW + 10 * HOUR)


@pytest.mark.parametrize(
    ("field", "value"),
    [("snowfall", 10**400), ("time", "0001-01-01T00:00"), ("time", "9999-12-31T23:30")],
)
def test_numbers_and_years_beyond_reason_are_refused(field, value):
    fields = open_meteo_file(NOW, [0.0])
    fields["hourly"][field][0] = value
    with pytest.raises(InvalidError, match=rf"hourly\.{field}\.0"):
        read(fields)


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:30:00Z"])
def test_a_year_beyond_reason_of_met_no_is_refused(value):
    fields = met_no_file(NOW, [("snow", 0.6)])
    fields["properties"]["timeseries"][0]["time"] = value
    with pytest.raises(InvalidError, match=r"timeseries\.0\.time"):
        read(fields)
