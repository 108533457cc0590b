"""Forecasts and road weather come in: from files, from a feed, or by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from data.errors import InvalidError
from data.model import Actor
from data.model.storm_conditions import Forecast, ForecastHour, ForecastSource, RoadWeather
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.weather import (
    add_forecast,
    add_road_weather,
    find_same_forecast,
    forget_weather,
    list_road_weather,
)
from data.weather.forecast_file import MOST_HOURS, FileForecast, forecast_from
from data.weather.road_weather_csv import road_weather_from_csv

KEPT = timedelta(days=400)
"""So long are forecasts and road weather kept: a winter can be compared with the one before."""

BEHIND, AHEAD = timedelta(days=7), timedelta(days=1)
"""So long before now a forecast may have been made, and so long after it by a wrong clock."""

_HOUR = timedelta(hours=1)

_BLANK = b"\xef\xbb\xbf \t\r\n"


def take_forecast(tx: Tx, actor: Actor, found: FileForecast, now: datetime) -> Forecast:
    """Keep the forecast of a file; one that is known already is returned as it is."""
    made_at = found.made_at or now
    if not now - BEHIND <= made_at <= now + AHEAD:
        raise InvalidError("made_at", made_at.isoformat(), "a forecast of the last seven days")
    known = find_same_forecast(tx, found.source, made_at) if found.made_at else None
    if known is not None and _says(known.hours, found.hours):
        return known
    return _added(tx, actor, found.source, min(made_at, now), found.hours, now)


def read_file(content: bytes, timezone: str, now: datetime) -> FileForecast | Sequence[RoadWeather]:
    """Return what a file says: a forecast as JSON, or road weather as CSV.

    Reading a large file takes seconds: do it before a writing transaction.
    """
    if content.lstrip(_BLANK)[:1] in {b"{", b"["}:
        return forecast_from(content, now)
    measured, mistakes = road_weather_from_csv(content, timezone)
    if mistakes:
        wrong = mistakes[0]
        place = f"{wrong.line}: {wrong.field}" if wrong.line else "file"
        raise InvalidError(place, wrong.got, wrong.expected)
    return measured


def take_read(
    tx: Tx, actor: Actor, found: FileForecast | Sequence[RoadWeather], now: datetime
) -> Forecast | Sequence[RoadWeather]:
    """Keep what was read from a file, whole or not at all."""
    if isinstance(found, FileForecast):
        return take_forecast(tx, actor, found, now)
    take_road_weather(tx, actor, found, now)
    return found


def enter_forecast(tx: Tx, actor: Actor, hours: Sequence[ForecastHour], now: datetime) -> Forecast:
    """Keep a forecast that somebody typed, for hours that are not over."""
    ordered = sorted(hours, key=lambda hour: hour.begins_at)
    for one in ordered:
        if not now - _HOUR < one.begins_at <= now + MOST_HOURS * _HOUR:
            raise InvalidError("at", one.begins_at.isoformat(), "an hour of the next five days")
    for before, after in pairwise(ordered):
        if after.begins_at - before.begins_at < _HOUR:
            raise InvalidError("at", after.begins_at.isoformat(), "every hour once")
    return _added(tx, actor, ForecastSource.HAND, now, ordered, now)


def take_road_weather(tx: Tx, actor: Actor, measured: Sequence[RoadWeather], now: datetime) -> None:
    """Keep what stations of road weather measured."""
    for one in measured:
        if one.at > now + AHEAD:
            raise InvalidError("time", one.at.isoformat(), "a time that is not ahead")
    last = {(one.station, one.at): one for one in measured}
    times = [one.at for one in measured]
    known = set(list_road_weather(tx, min(times), max(times))) if times else set()
    news = [one for one in last.values() if one not in known]
    if not news:
        return
    add_road_weather(tx, news)
    stations = sorted({one.station for one in news})
    after = {"stations": stations, "entries": len(news)}
    add_event(tx, now, actor, "weather.measured", "city", after=after)


def _says(known: Sequence[ForecastHour], hours: Sequence[ForecastHour]) -> bool:
    """Whether a forecast that is known says all of these hours; its first may be over by now."""
    return [one for one in known if one.begins_at >= hours[0].begins_at] == [*hours]


def _added(
    tx: Tx,
    actor: Actor,
    source: ForecastSource,
    made_at: datetime,
    hours: Sequence[ForecastHour],
    now: datetime,
) -> Forecast:
    forget_weather(tx, now - KEPT)
    added = add_forecast(tx, source, made_at, hours, now, actor.id)
    after = {
        "source": source,
        "made_at": made_at.isoformat(),
        "hours": len(hours),
        "snow_mm": round(sum(hour.snow_mm for hour in hours), 1),
    }
    add_event(tx, now, actor, "weather.forecast", f"forecast:{added.id}", after=after)
    return added
