"""The weather feeds of a city: which there are, when each is asked, and when it is silent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model.storm_conditions import FeedFault, FeedKind, FeedState
from data.policy.alert_rules import WeatherFeedRules
from data.store.database.engine import Tx
from data.store.weather import last_forecast_at, list_feed_states

SILENT = timedelta(hours=6)
"""A feed that was not read for so long is an alarm, before its forecasts are too old to act on."""

FIRST_AGAIN, LAST_AGAIN = timedelta(minutes=5), timedelta(days=1)
"""Who does not answer is asked again so soon, who refuses at last so late."""

_PASSING = frozenset((FeedFault.UNREACHABLE, FeedFault.DOWN))
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class WeatherFeed:
    """An address that is asked for the weather, and how often."""

    kind: FeedKind
    address: str
    every: timedelta


def feeds_of(
    rules: WeatherFeedRules, bounds: tuple[float, float, float, float]
) -> list[WeatherFeed]:
    """Return the feeds of a city with these bounds; none where they are off.

    Its middle stands in addresses by four digits at most, as MET Norway asks: more would only miss
    its cache.
    """
    if not rules.on:
        return []
    west, south, east, north = bounds
    lat, lon = f"{(south + north) / 2:.4f}", f"{(west + east) / 2:.4f}"
    told = (
        (FeedKind.FORECAST, rules.forecast, rules.forecast_every),
        (FeedKind.ROAD, rules.road, rules.road_every),
    )
    return [
        WeatherFeed(kind, address.replace("{lat}", lat).replace("{lon}", lon), every)
        for kind, address, every in told
        if address
    ]


def state_of(feed: WeatherFeed, known: Iterable[FeedState]) -> FeedState | None:
    """Return how a feed answered; `None` where this address was never asked."""
    return next(
        (one for one in known if (one.kind, one.address) == (feed.kind, feed.address)), None
    )


def is_due(feed: WeatherFeed, state: FeedState | None, now: datetime) -> bool:
    """Whether a feed is to be asked now: also where the clock was set back since it was."""
    if state is None or state.asked_at > now:
        return True
    wait = feed.every if state.fault is None else _wait_after(state.fault, state.tries, feed.every)
    return now >= max(state.asked_at + wait, state.not_before or now)


def is_silent(state: FeedState, now: datetime) -> bool:
    """Whether a feed has brought nothing for a while."""
    return now - (state.read_at or state.since) >= SILENT


def forecast_since(tx: Tx, rules: WeatherFeedRules, now: datetime) -> datetime | None:
    """Return when the newest forecast was made; `None` where no feed is to bring one.

    Where none ever came, it is since when the feed is asked, `None` before it was.
    """
    if not (rules.on and rules.forecast):
        return None
    asked = [one.since for one in list_feed_states(tx) if one.kind is FeedKind.FORECAST]
    return max(filter(None, (last_forecast_at(tx, now), *asked)), default=None)


def _wait_after(fault: FeedFault, tries: int, every: timedelta) -> timedelta:
    """Return how long to wait after so many tries that failed alike, each time twice as long.

    Who does not answer may soon; who refused would refuse again, and blocks who asks too often.
    """
    first = FIRST_AGAIN if fault in _PASSING else every
    last = LAST_AGAIN if fault is FeedFault.REFUSED else every
    doublings = min(max(tries - 1, 0), _DOUBLINGS)
    return min(first * (1 << doublings), last)
