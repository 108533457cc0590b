"""A forecast of snow from a file, in the form of any service that is known."""

from datetime import datetime, timedelta
from typing import NamedTuple

from data.errors import InvalidError
from data.model.storm_conditions import ForecastHour, ForecastSource
from data.weather import met_no, open_meteo
from data.weather.json_fields import Fields, fields_of

_HOUR = timedelta(hours=1)

MOST_HOURS = 120
"""Hours of a forecast that are kept: five days."""

NEED_FORM = "the JSON of met.no (properties) or of Open-Meteo (hourly)"


class FileForecast(NamedTuple):
    """What a file forecasts; `made_at` is `None` where it does not say."""

    source: ForecastSource
    made_at: datetime | None
    hours: tuple[ForecastHour, ...]


def forecast_from(content: bytes, now: datetime) -> FileForecast:
    """Return the forecast of a file, hours that are over left out.

    Raises `InvalidError` with the first field that does not read, or where no hour lies ahead.
    """
    fields = fields_of(content)
    source, made_at, hours = _read(fields)
    ahead = [hour for hour in hours if hour.begins_at > now - _HOUR]
    if not ahead:
        last = hours[-1].begins_at.isoformat() if hours else ""
        raise InvalidError("file", last, "hours that lie ahead")
    return FileForecast(source, made_at, tuple(ahead[:MOST_HOURS]))


def _read(fields: Fields) -> FileForecast:
    if met_no.is_met_no(fields):
        hours = met_no.hours_of(fields)
        return FileForecast(ForecastSource.MET_NO, met_no.made_at(fields), tuple(hours))
    if open_meteo.is_open_meteo(fields):
        return FileForecast(ForecastSource.OPEN_METEO, None, tuple(open_meteo.hours_of(fields)))
    raise InvalidError("file", ", ".join(list(fields)[:5]), NEED_FORM)
