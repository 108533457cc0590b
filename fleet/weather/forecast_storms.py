"""A forecast of snow makes a storm, puts it on alert and, where the policy says so, begins it.

Each step happens once. A dispatcher's word counts more: a storm that somebody called off is not
made again for the same snow, and one that was brought back from alert stays there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import Actor, ActorKind, Storm, StormPhase
from data.model.storm_conditions import RoadState, RoadWeather
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.storms.storm_conditions import list_moves, list_snow_entries
from data.store.storms.storms import (
    find_active_storm,
    get_storm,
    list_all_storms,
    list_coming_storms,
    set_expected,
)
from data.store.weather import find_forecast, list_road_weather
from fleet.context import CityContext
from fleet.storms.snowfall import holding
from fleet.storms.storm_phases import forecast_storm, move_storm
from fleet.storms.storm_start import storm_name
from fleet.weather.snow_ahead import FLAKE_MM, SnowAhead, first_flake, is_stale, snow_ahead

FORECASTER = Actor(ActorKind.SYSTEM, "forecast")
"""Who the audit log names where a forecast moves a storm."""

SAME = timedelta(hours=12)
"""Snow that begins so near to a storm's expected time is that storm's."""

PAUSE = timedelta(hours=6)
"""Snow that pauses for less goes on: hydrology parts falls of rain by as many dry hours."""

RESTS = timedelta(hours=3)
"""So long after a storm was closed no other is made."""

SHIFTED = timedelta(minutes=30)
"""A first flake that moves by less moves no storm."""

SEEN_LATELY = timedelta(hours=1)
"""Road weather that is older does not say that it snows."""

SEEN = timedelta(hours=3)
"""So far back goes what a station is compared with."""


@dataclass(frozen=True, slots=True)
class ForecastStep:
    """What a forecast asks for: that a storm is made, comes into a phase, or is expected later.

    `storm` is `None` for one that is to be made, `to` where only its time `at` moves.
    """

    storm: Storm | None
    to: StormPhase | None
    at: datetime


def follow_forecast(city: CityContext) -> Storm | None:
    """Take the one step that the forecast asks for now; return the storm that it changed."""
    step = forecast_step(city)
    if step is None:
        return None
    tx, now = city.tx, city.now
    if step.storm is None:
        name = storm_name(tx, step.at)
        return forecast_storm(tx, FORECASTER, name, StormPhase.FORECAST, step.at, now)
    if step.to is None:
        return _expected(tx, step.storm, step.at, now)
    return move_storm(tx, FORECASTER, step.storm.id, step.storm.phase, step.to, city.network, now)


def forecast_step(city: CityContext) -> ForecastStep | None:
    """Return the one step that the forecast asks for now; only reads."""
    tx = city.tx
    if find_active_storm(tx) is not None:
        return None
    ahead = expected_snow(city)
    storm = coming_storm(tx, ahead)
    if storm is not None:
        return _next_step(city, storm, ahead)
    if ahead is None or ahead.depth_mm < city.policy.snow_ahead_mm or _declined(tx, ahead):
        return None
    return ForecastStep(None, StormPhase.FORECAST, ahead.first_at)


def expected_snow(city: CityContext) -> SnowAhead | None:
    """Return the snow that the newest forecast expects within the policy's hours.

    `None` without snow, and where the forecast is too old.
    """
    forecast = find_forecast(city.tx, city.now)
    if forecast is None or is_stale(forecast, city.now):
        return None
    return snow_ahead(forecast, city.now, city.policy.forecast.within)


def coming_storm(tx: Tx, ahead: SnowAhead | None) -> Storm | None:
    """Return the storm that has not begun and that this snow belongs to.

    That is one that a forecast made, or that somebody expects at about that time.
    """
    for storm in list_coming_storms(tx):
        near = ahead is not None and abs(storm.started_at - ahead.first_at) <= SAME
        if near or _is_own(tx, storm):
            return storm
    return None


def _next_step(city: CityContext, storm: Storm, ahead: SnowAhead | None) -> ForecastStep | None:
    tx, now, rules = city.tx, city.now, city.policy.forecast
    if rules.begins and _snows(city, storm, ahead):
        return ForecastStep(storm, StormPhase.ACTIVE, now)
    if ahead is None:
        return None
    snows_already = max(ahead.first_at, storm.started_at) <= now
    shifted = abs(ahead.first_at - storm.started_at) >= SHIFTED and not snows_already
    if shifted and _is_own(tx, storm):
        return ForecastStep(storm, None, ahead.first_at)
    near = ahead.first_at - now <= rules.alert
    warned = any(move.phase is StormPhase.ALERT for move in list_moves(tx, storm.id))
    if storm.phase is StormPhase.FORECAST and near and not warned:
        return ForecastStep(storm, StormPhase.ALERT, now)
    return None


def _snows(city: CityContext, storm: Storm, ahead: SnowAhead | None) -> bool:
    """Whether snow has begun: by what was measured, else by the forecast.

    Stations count only while the forecast snow is as near as for an alert.
    """
    tx, now = city.tx, city.now
    entries = holding(list_snow_entries(tx, storm.id))
    if any(one.at <= now and one.fallen_mm > 0 for one in entries):
        return True
    if ahead is None or ahead.first_at - now > city.policy.forecast.alert:
        return False
    return ahead.first_at <= now or _whitens(list_road_weather(tx, now - SEEN, now), now)


def _whitens(measured: Iterable[RoadWeather], now: datetime) -> bool:
    """Whether a station saw snow fall lately: it lies deeper, or on a road that had none.

    Snow that lay there before says nothing: a road may be white since yesterday.
    """
    by_station: dict[str, list[RoadWeather]] = {}
    for one in measured:
        by_station.setdefault(one.station, []).append(one)
    return any(
        _deeper([one.snow_mm for one in seen if one.snow_mm is not None])
        or _covered([one.state for one in seen if one.state is not None])
        for seen in by_station.values()
        if seen[-1].at >= now - SEEN_LATELY
    )


def _deeper(depths_mm: Sequence[float]) -> bool:
    return bool(depths_mm) and depths_mm[-1] - min(depths_mm) >= FLAKE_MM


def _covered(states: Sequence[RoadState]) -> bool:
    return bool(states) and states[-1] is RoadState.SNOW and set(states) != {RoadState.SNOW}


def _declined(tx: Tx, ahead: SnowAhead) -> bool:
    """Whether a dispatcher said that this snow makes no storm, or has just closed one."""
    snows_since = _snows_since(tx, ahead.first_at)
    for storm in list_all_storms(tx):
        same = snows_since - SAME <= storm.started_at <= ahead.first_at + SAME
        if storm.phase is StormPhase.CALLED_OFF and same:
            return True
        if storm.ended_at is not None and storm.phase is StormPhase.CLOSED:
            return storm.ended_at + RESTS > ahead.first_at  # the last one that began
    return False


def _snows_since(tx: Tx, at: datetime) -> datetime:
    """Return since when the snow of an hour falls, by the forecasts of the hours before it."""
    while True:
        before = at - PAUSE
        forecast = find_forecast(tx, before)
        hours = () if forecast is None else forecast.hours
        earlier = first_flake(one for one in hours if before <= one.begins_at < at)
        if earlier is None:
            return at
        at = earlier


def _is_own(tx: Tx, storm: Storm) -> bool:
    """Whether a forecast made the storm."""
    return list_moves(tx, storm.id)[0].moved_by == FORECASTER.id


def _expected(tx: Tx, storm: Storm, first_at: datetime, now: datetime) -> Storm:
    """Move the time that a storm is expected at."""
    set_expected(tx, storm.id, first_at)
    before = {"expected_at": storm.started_at.isoformat()}
    after = {"expected_at": first_at.isoformat()}
    add_event(tx, now, FORECASTER, "storm.expected", f"storm:{storm.id}", before, after)
    return get_storm(tx, storm.id)
