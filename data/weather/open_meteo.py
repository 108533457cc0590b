"""Forecasts in the form of Open-Meteo: /v1/forecast with hourly snowfall.

https://open-meteo.com/en/docs: lists by hour, snowfall in cm as the sum of the hour before. Times
are local with the offset beside them, or seconds since 1970.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from data.errors import InvalidError, Need
from data.model.storm_conditions import ForecastHour
from data.weather.json_fields import NEED_MOMENT, YEARS, Fields, list_in, number, object_in

_HOUR = timedelta(hours=1)

_SNOW_MM: Mapping[str, float] = {"cm": 10.0, "inch": 25.4}
_WIND_MPS: Mapping[str, float] = {"m/s": 1.0, "km/h": 1 / 3.6, "mp/h": 0.44704, "kn": 0.514444}
_WIND_NAMES = ("wind_speed_10m", "windspeed_10m")


def is_open_meteo(fields: Fields) -> bool:
    """Whether a file has this form."""
    return "hourly" in fields


def hours_of(fields: Fields) -> list[ForecastHour]:
    """Return the hours, in order; an hour without a value for snow is left out."""
    hourly = object_in(fields, "", "hourly")
    units = object_in(fields, "", "hourly_units")
    offset_s = number(fields.get("utc_offset_seconds", 0), "utc_offset_seconds", -50400, 50400)
    zone = timezone(timedelta(seconds=offset_s or 0.0))
    times = list_in(hourly, "hourly", "time")
    snow_mm = _snow(hourly, units, len(times))
    air_c = _air(hourly, units, len(times))
    wind_mps = _wind(hourly, units, len(times))
    ends = [_moment(each, f"hourly.time.{index}", zone) for index, each in enumerate(times)]
    found = {
        end - _HOUR: ForecastHour(end - _HOUR, snow, air, wind)
        for end, snow, air, wind in zip(ends, snow_mm, air_c, wind_mps, strict=True)
        if snow is not None
    }
    return [found[at] for at in sorted(found)]


def _snow(hourly: Fields, units: Fields, count: int) -> list[float | None]:
    factor = _factor(units, "snowfall", _SNOW_MM)
    fallen = _values(hourly, "snowfall", count, 0.0, 200.0)
    return [None if each is None else each * factor for each in fallen]


def _air(hourly: Fields, units: Fields, count: int) -> list[float | None]:
    name = "temperature_2m"
    if name not in hourly:
        return [None] * count
    degrees = _values(hourly, name, count, -112.0, 140.0)
    if units.get(name) == "°F":
        return [None if each is None else (each - 32) / 1.8 for each in degrees]
    if units.get(name) != "°C":
        raise InvalidError(f"hourly_units.{name}", units.get(name), "°C or °F")
    return degrees


def _wind(hourly: Fields, units: Fields, count: int) -> list[float | None]:
    name = next((each for each in _WIND_NAMES if each in hourly), None)
    if name is None:
        return [None] * count
    factor = _factor(units, name, _WIND_MPS)
    return [
        None if each is None else each * factor for each in _values(hourly, name, count, 0.0, 400.0)
    ]


def _factor(units: Fields, name: str, known: Mapping[str, float]) -> float:
    unit = units.get(name)
    if not isinstance(unit, str) or unit not in known:
        need = Need("one of {expected}", expected=", ".join(known))
        raise InvalidError(f"hourly_units.{name}", unit, need)
    return known[unit]


def _values(hourly: Fields, name: str, count: int, low: float, high: float) -> list[float | None]:
    found = list_in(hourly, "hourly", name)
    if len(found) != count:
        need = Need("{count} values, one for each time", count=count)
        raise InvalidError(f"hourly.{name}", len(found), need)
    return [number(one, f"hourly.{name}.{at}", low, high) for at, one in enumerate(found)]


def _moment(value: object, path: str, zone: timezone) -> datetime:
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            at = datetime.fromtimestamp(value, UTC)
        else:
            at = datetime.fromisoformat(str(value)).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidError(path, value, NEED_MOMENT) from error
    if at.year not in YEARS:
        raise InvalidError(path, value, NEED_MOMENT)
    return at
