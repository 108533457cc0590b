"""The weather as its pages show it: hours ahead, road weather, forecasts beside the truth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from data.model.storm_conditions import (
    FeedFault,
    FeedKind,
    FeedState,
    Forecast,
    ForecastSource,
    RoadState,
    RoadWeather,
)
from fleet.weather.forecast_check import ForecastCheck
from fleet.weather.snow_ahead import HOUR, first_flake, hours_ahead, is_stale
from fleet.weather.weather_feeds import WeatherFeed, is_silent, state_of

SHOWN = timedelta(hours=48)
"""So many hours ahead are shown."""


@dataclass(frozen=True, slots=True)
class ForecastHourView:
    """An hour of the forecast from `at` on."""

    at: datetime
    snow_cm: float
    temperature_c: float | None
    wind_mps: float | None


@dataclass(frozen=True, slots=True)
class RoadWeatherView:
    """What a station measured last."""

    station: str
    at: datetime
    road_c: float | None
    air_c: float | None
    state: RoadState | None
    snow_cm: float | None


@dataclass(frozen=True, slots=True)
class ForecastView:
    """The newest forecast: its hours ahead, when snow begins and how much falls in them.

    `stale` is whether it is too old to act on.
    """

    source: ForecastSource
    made_at: datetime
    received_by: str
    stale: bool
    hours: tuple[ForecastHourView, ...]
    first_at: datetime | None
    snow_cm: float


@dataclass(frozen=True, slots=True)
class WeatherFeedView:
    """A weather feed: when it was asked and read last, and why the last try failed, if it did.

    `silent_since` is since when it has brought nothing, where that is long.
    """

    kind: FeedKind
    host: str
    asked_at: datetime | None
    read_at: datetime | None
    fault: FeedFault | None
    detail: str
    silent_since: datetime | None


@dataclass(frozen=True, slots=True)
class WeatherView:
    """The newest forecast, if any, the road weather of the last hours, and the feeds that are on.

    A storm is forecast where `needed_cm` are expected `within_h`; where `begins`, it begins at the
    first flake by itself.
    """

    forecast: ForecastView | None
    roads: tuple[RoadWeatherView, ...]
    feeds: tuple[WeatherFeedView, ...]
    needed_cm: float
    within_h: float
    begins: bool


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """How much snow had fallen by a time, as forecast."""

    at: datetime
    fallen_cm: float


@dataclass(frozen=True, slots=True)
class ForecastCheckView:
    """A forecast beside what was measured `until`: cm too much, hours that snow came later."""

    source: ForecastSource
    made_at: datetime
    curve: tuple[ForecastPoint, ...]
    until: datetime | None
    error_cm: float | None
    late_h: float | None


def forecast_view(forecast: Forecast, now: datetime) -> ForecastView:
    """Return a forecast for its strip."""
    hours = hours_ahead(forecast, now, SHOWN)[: SHOWN // HOUR]
    return ForecastView(
        source=forecast.source,
        made_at=forecast.made_at,
        received_by=forecast.received_by,
        stale=is_stale(forecast, now),
        hours=tuple(
            ForecastHourView(
                one.begins_at, _cm(one.snow_mm), _tenths(one.temperature_c), _tenths(one.wind_mps)
            )
            for one in hours
        ),
        first_at=first_flake(hours),
        snow_cm=_cm(sum(one.snow_mm for one in hours)),
    )


def road_views(measured: Iterable[RoadWeather]) -> tuple[RoadWeatherView, ...]:
    """Return what stations measured, for a table."""
    return tuple(
        RoadWeatherView(
            one.station,
            one.at,
            _tenths(one.road_c),
            _tenths(one.air_c),
            one.state,
            None if one.snow_mm is None else _cm(one.snow_mm),
        )
        for one in measured
    )


def feed_views(
    feeds: Iterable[WeatherFeed], known: Sequence[FeedState], now: datetime
) -> tuple[WeatherFeedView, ...]:
    """Return how weather feeds answered; an address is shown by its host alone."""
    return tuple(_feed_view(feed, state_of(feed, known), now) for feed in feeds)


def _feed_view(feed: WeatherFeed, state: FeedState | None, now: datetime) -> WeatherFeedView:
    host = urlsplit(feed.address).hostname or ""
    if state is None:
        return WeatherFeedView(feed.kind, host, None, None, None, "", None)
    silent_since = (state.read_at or state.since) if is_silent(state, now) else None
    return WeatherFeedView(
        feed.kind, host, state.asked_at, state.read_at, state.fault, state.detail, silent_since
    )


def check_views(checks: Sequence[ForecastCheck]) -> list[ForecastCheckView]:
    """Return forecasts of a storm beside what was measured."""
    return [
        ForecastCheckView(
            source=one.forecast.source,
            made_at=one.forecast.made_at,
            curve=tuple(ForecastPoint(point.at, _cm(point.fallen_mm)) for point in one.curve),
            until=one.until,
            error_cm=None if one.error_mm is None else _cm(one.error_mm),
            late_h=None if one.late is None else round(one.late / timedelta(hours=1), 1),
        )
        for one in checks
    ]


def _cm(depth_mm: float) -> float:
    return round(depth_mm / 10, 2)


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
