"""Forecasts of snow, road weather, and how weather feeds answered, as rows."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from data.files.json_records import to_plain
from data.model.storm_conditions import (
    FeedState,
    Forecast,
    ForecastHour,
    ForecastSource,
    RoadWeather,
)
from data.store.database.engine import Tx
from data.store.database.records import first_record, only_record, records, row_of
from data.store.schema import forecast, road_weather, weather_feed


def add_forecast(
    tx: Tx,
    source: ForecastSource,
    made_at: datetime,
    hours: Sequence[ForecastHour],
    received_at: datetime,
    received_by: str,
) -> Forecast:
    """Add a forecast; the caller writes the event."""
    values = {
        "source": source,
        "made_at": made_at,
        "received_at": received_at,
        "received_by": received_by,
        "hours": to_plain(tuple[ForecastHour, ...], tuple(hours)),
    }
    return only_record(Forecast, tx.execute(insert(forecast).values(**values).returning(forecast)))


def find_forecast(tx: Tx, at: datetime) -> Forecast | None:
    """Return the newest forecast that was there by a time."""
    query = select(forecast).where(forecast.c.made_at <= at, forecast.c.received_at <= at)
    newest = query.order_by(forecast.c.made_at.desc(), forecast.c.id.desc()).limit(1)
    return first_record(Forecast, tx.execute(newest))


def last_forecast_at(tx: Tx, at: datetime) -> datetime | None:
    """Return when the newest forecast was made that was there by a time."""
    there = (forecast.c.made_at <= at) & (forecast.c.received_at <= at)
    return tx.execute(select(func.max(forecast.c.made_at)).where(there)).scalar()


def find_same_forecast(tx: Tx, source: ForecastSource, made_at: datetime) -> Forecast | None:
    """Return the forecast that a source made at a time, where it is known already."""
    query = select(forecast).where(forecast.c.source == source, forecast.c.made_at == made_at)
    return first_record(Forecast, tx.execute(query.order_by(forecast.c.id.desc()).limit(1)))


def add_road_weather(tx: Tx, measured: Sequence[RoadWeather]) -> None:
    """Keep what stations measured; what one measured at the same time before is replaced."""
    rows = [row_of(one, road_weather) for one in measured]
    if not rows:
        return
    key, new = ["station", "at"], insert_or_update(road_weather)
    rest = {name: new.excluded[name] for name in rows[0] if name not in key}
    tx.execute(new.on_conflict_do_update(index_elements=key, set_=rest), rows)


def list_road_weather(tx: Tx, since: datetime, until: datetime) -> list[RoadWeather]:
    """Return what stations measured between two times, in order."""
    within = (road_weather.c.at >= since) & (road_weather.c.at <= until)
    query = select(road_weather).where(within).order_by(road_weather.c.at)
    return records(RoadWeather, tx.execute(query))


def list_last_road_weather(tx: Tx, since: datetime, until: datetime) -> list[RoadWeather]:
    """Return what each station measured last between two times, by its name."""
    last = (
        select(road_weather.c.station, func.max(road_weather.c.at).label("at"))
        .where(road_weather.c.at >= since, road_weather.c.at <= until)
        .group_by(road_weather.c.station)
        .subquery()
    )
    same = (road_weather.c.station == last.c.station) & (road_weather.c.at == last.c.at)
    query = select(road_weather).join(last, same).order_by(road_weather.c.station)
    return records(RoadWeather, tx.execute(query))


def forget_weather(tx: Tx, before: datetime) -> None:
    """Remove forecasts that were made, and road weather that was measured, before a time."""
    tx.execute(delete(forecast).where(forecast.c.made_at < before))
    tx.execute(delete(road_weather).where(road_weather.c.at < before))


def list_feed_states(tx: Tx) -> list[FeedState]:
    """Return how weather feeds answered, of each kind the one that was asked last."""
    return records(FeedState, tx.execute(select(weather_feed).order_by(weather_feed.c.kind)))


def set_feed_state(tx: Tx, state: FeedState) -> None:
    """Keep how a feed answered, in place of another one of its kind."""
    values = row_of(state, weather_feed)
    new = insert_or_update(weather_feed).values(**values)
    rest = {name: value for name, value in values.items() if name != "kind"}
    tx.execute(new.on_conflict_do_update(index_elements=["kind"], set_=rest))
