"""Which weather feeds a city has, and when each is asked again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model.storm_conditions import FeedFault, FeedKind, FeedState
from data.policy.alert_rules import WeatherFeedRules
from fleet.weather.weather_feeds import WeatherFeed, feeds_of, is_due, is_silent, state_of
from tests import village as v

MINUTE = timedelta(minutes=1)
ADDRESS = "https://weather.example.org/?lat={lat}&lon={lon}"
FEED = WeatherFeed(FeedKind.FORECAST, "https://weather.example.org/", 60 * MINUTE)
READ = FeedState(FEED.kind, FEED.address, v.NOW, v.NOW, read_at=v.NOW)


def test_there_is_no_feed_until_it_is_turned_on() -> None:
    rules, bounds = WeatherFeedRules(forecast=ADDRESS), (45.0, 37.5, 45.123457, 37.6)
    assert feeds_of(rules, bounds) == []
    [feed] = feeds_of(replace(rules, on=True), bounds)
    assert feed.address == "https://weather.example.org/?lat=37.5500&lon=45.0617"


def test_another_address_was_never_asked() -> None:
    assert state_of(FEED, [READ]) == READ
    assert state_of(replace(FEED, address=f"{FEED.address}x"), [READ]) is None


@pytest.mark.parametrize(
    ("fault", "tries", "not_before_min", "due_min"),
    [
        (None, 0, None, 60),
        (None, 0, 90, 90),
        (FeedFault.UNREACHABLE, 1, None, 5),
        (FeedFault.DOWN, 3, None, 20),
        (FeedFault.UNREACHABLE, 99, None, 60),
        (FeedFault.DOWN, 1, 30, 30),
        (FeedFault.REFUSED, 1, None, 60),
        (FeedFault.REFUSED, 3, None, 240),
        (FeedFault.REFUSED, 99, None, 24 * 60),
        (FeedFault.UNREADABLE, 99, None, 60),
    ],
)
def test_a_feed_is_asked_again_in_its_rhythm_and_later_the_oftener_it_failed(
    fault: FeedFault | None, tries: int, not_before_min: int | None, due_min: int
) -> None:
    not_before = None if not_before_min is None else v.NOW + not_before_min * MINUTE
    state = replace(READ, fault=fault, tries=tries, not_before=not_before)
    assert not is_due(FEED, state, v.NOW + (due_min - 1) * MINUTE)
    assert is_due(FEED, state, v.NOW + due_min * MINUTE)


def test_a_feed_is_asked_where_it_never_was_and_where_the_clock_was_set_back() -> None:
    assert is_due(FEED, None, v.NOW)
    assert is_due(FEED, READ, v.NOW - MINUTE)


def test_a_feed_that_was_not_read_for_six_hours_is_silent() -> None:
    assert not is_silent(READ, v.NOW + 359 * MINUTE)
    assert is_silent(READ, v.NOW + 360 * MINUTE)
    assert is_silent(replace(READ, read_at=None), v.NOW + 360 * MINUTE)
