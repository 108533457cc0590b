"""Forecasts in the form of MET Norway: locationforecast/2.0, compact or complete.

https://docs.api.met.no/doc/ForecastJSON: each entry tells the air at its time, and what falls in
the next hour, six or twelve hours. Hours stand one by one for two or three days, then every sixth.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from data.errors import InvalidError
from data.model.storm_conditions import ForecastHour
from data.weather.json_fields import (
    NEED_OBJECT,
    Fields,
    list_in,
    number_in,
    object_in,
    utc_in,
)

SNOW_PER_WATER = 10.0
"""Depth of new snow over the depth of its water: ten to one, the usual rule of forecasters.

Dry snow is deeper: Baxter et al. (2005), Weather and Forecasting 20, find a mean of 13 in the
United States. The services that give snow in cm say it themselves.
"""

SNOWS_BELOW_C = 1.0
"""Without a symbol, what falls is snow where the air at 2 m is at most so warm."""

_HOUR = timedelta(hours=1)
_SPANS = (("next_1_hours", 1), ("next_6_hours", 6))


def is_met_no(fields: Fields) -> bool:
    """Whether a file has this form."""
    return "properties" in fields


def made_at(fields: Fields) -> datetime:
    """Return when the forecast was made."""
    properties = object_in(fields, "", "properties")
    meta = object_in(properties, "properties", "meta")
    return utc_in(meta, "properties.meta", "updated_at")


def hours_of(fields: Fields) -> list[ForecastHour]:
    """Return the hours, in order; each of six that are told together gets a sixth of their snow."""
    series = list_in(object_in(fields, "", "properties"), "properties", "timeseries")
    found: dict[datetime, ForecastHour] = {}
    for index, entry in enumerate(series):
        path = f"properties.timeseries.{index}"
        if not isinstance(entry, dict):
            raise InvalidError(path, entry, NEED_OBJECT)
        for hour in _hours(entry, path):
            found[hour.begins_at] = hour
    return [found[at] for at in sorted(found)]


def _hours(entry: Fields, path: str) -> Iterator[ForecastHour]:
    begins_at, data = utc_in(entry, path, "time"), object_in(entry, path, "data")
    path = f"{path}.data"
    air = object_in(object_in(data, path, "instant"), f"{path}.instant", "details")
    of_air = f"{path}.instant.details"
    temperature_c = number_in(air, of_air, "air_temperature", -80.0, 60.0)
    wind_mps = number_in(air, of_air, "wind_speed", 0.0, 120.0)
    for name, hours in _SPANS:
        if name in data:
            span = object_in(data, path, name)
            snow_mm = _snow_mm(span, f"{path}.{name}", temperature_c) / hours
            for step in range(hours):
                yield ForecastHour(begins_at + step * _HOUR, snow_mm, temperature_c, wind_mps)
            return


def _snow_mm(span: Fields, path: str, temperature_c: float | None) -> float:
    """Return the snow of a span: what falls, by its symbol or the air, times the usual ratio."""
    falls = object_in(span, path, "details") if "details" in span else {}
    water_mm = number_in(falls, f"{path}.details", "precipitation_amount", 0.0, 500.0) or 0.0
    summary = object_in(span, path, "summary") if "summary" in span else {}
    symbol = str(summary.get("symbol_code", ""))
    if not symbol:
        snows = temperature_c is not None and temperature_c <= SNOWS_BELOW_C
        return water_mm * SNOW_PER_WATER * snows
    share = 1.0 if "snow" in symbol else 0.5 if "sleet" in symbol else 0.0
    return water_mm * SNOW_PER_WATER * share
