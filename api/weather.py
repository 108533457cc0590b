"""The weather: the newest forecast and road weather, taken from files and by hand."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from pydantic import Field

from api.processes.tasks.forecast_task import ForecastTask
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.schemas import Moment, Wire, moment_in
from api.web.uploads import TABLE_LIMIT, content_of
from data.model import StormId
from data.model.storm_conditions import ForecastHour
from data.store.weather import find_forecast, list_feed_states, list_last_road_weather
from data.weather.forecast_file import MOST_HOURS
from fleet.storms.storm_lookup import known_storm
from fleet.weather.forecast_check import check_forecasts
from fleet.weather.forecast_intake import enter_forecast, read_file, take_read
from fleet.weather.weather_feeds import feeds_of
from maps.weather import (
    ForecastCheckView,
    WeatherView,
    check_views,
    feed_views,
    forecast_view,
    road_views,
)

router = APIRouter(route_class=CheckedRoute)

ROADS = timedelta(hours=24)
"""Road weather is shown for so long."""


class ForecastHourIn(Wire):
    """The new snow of one hour, and the air."""

    at: Moment
    snow_cm: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)]
    temperature_c: Annotated[float, Field(ge=-80, le=60, allow_inf_nan=False)] | None = None


class ForecastHoursIn(Wire):
    """A forecast that somebody typed."""

    hours: Annotated[list[ForecastHourIn], Field(min_length=1, max_length=MOST_HOURS)]


@router.get("/api/weather")
def get_weather(context: BoardContext) -> WeatherView:
    """Return the newest forecast, the road weather of the last hours and how feeds answered."""
    return _weather(context)


@router.post("/api/weather/forecast", status_code=201)
def create_forecast_by_hand(wanted: ForecastHoursIn, context: DispatcherContext) -> WeatherView:
    """Enter a forecast by hand: new snow by hour."""
    zone = context.app.city.timezone
    hours = [
        ForecastHour(moment_in(one.at, zone, "at"), round(one.snow_cm * 10, 3), one.temperature_c)
        for one in wanted.hours
    ]
    with context.writing() as tx:
        enter_forecast(tx, context.actor, hours, context.now)
    return _followed(context)


@router.post("/api/weather/file", status_code=201, dependencies=[TABLE_LIMIT])
def import_weather_file(
    file: Annotated[UploadFile, File()], context: DispatcherContext
) -> WeatherView:
    """Take a forecast (JSON of met.no or Open-Meteo) or road weather (CSV) from a file."""
    found = read_file(content_of(file), context.app.city.timezone, context.now)
    with context.writing() as tx:
        take_read(tx, context.actor, found, context.now)
    return _followed(context)


@router.get("/api/storms/{storm_id}/forecasts")
def get_forecast_checks(storm_id: StormId, context: BoardContext) -> list[ForecastCheckView]:
    """Return the forecasts of a storm beside what was measured."""
    with context.reading() as tx:
        return check_views(check_forecasts(tx, known_storm(tx, storm_id), context.now))


def _followed(context: Context) -> WeatherView:
    """Return the weather after the forecast has taken its first step."""
    app = context.app
    ForecastTask(app.engine, app.clock, app.city_state, app.hub).run()
    return _weather(context)


def _weather(context: Context) -> WeatherView:
    policy, now = context.app.policy, context.now
    feeds = feeds_of(policy.weather_feed, context.app.city.bounds)
    with context.reading() as tx:
        forecast = find_forecast(tx, now)
        roads = list_last_road_weather(tx, now - ROADS, now)
        feed_states = list_feed_states(tx)
    return WeatherView(
        forecast=None if forecast is None else forecast_view(forecast, now),
        roads=road_views(roads),
        feeds=feed_views(feeds, feed_states, now),
        needed_cm=policy.snow_ahead_mm / 10,
        within_h=policy.forecast.within / timedelta(hours=1),
        begins=policy.forecast.begins,
    )
