"""What a forecast says of the snow ahead: how much by when, and the first flake."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model.storm_conditions import Forecast, ForecastHour

HOUR = timedelta(hours=1)

FLAKE_MM = 1.0
"""It snows in an hour with at least so much; less does not lie."""

STALE = timedelta(hours=12)
"""Nothing is begun by a forecast that was made so long ago."""


@dataclass(frozen=True, slots=True)
class SnowAhead:
    """Snow that is expected: when it begins, and how much falls within the time looked at."""

    first_at: datetime
    depth_mm: float


def is_stale(forecast: Forecast, now: datetime) -> bool:
    """Whether a forecast is too old to act on."""
    return now - forecast.made_at >= STALE


def hours_ahead(forecast: Forecast, now: datetime, within: timedelta) -> list[ForecastHour]:
    """Return the hours that are not over and begin within a time."""
    return [one for one in forecast.hours if now - HOUR < one.begins_at < now + within]


def first_flake(hours: Iterable[ForecastHour]) -> datetime | None:
    """Return when it begins to snow."""
    return next((one.begins_at for one in hours if one.snow_mm >= FLAKE_MM), None)


def snow_ahead(forecast: Forecast, now: datetime, within: timedelta) -> SnowAhead | None:
    """Return the snow that is expected within a time; `None` where none is."""
    hours = hours_ahead(forecast, now, within)
    first_at = first_flake(hours)
    if first_at is None:
        return None
    return SnowAhead(first_at, sum(one.snow_mm for one in hours))
