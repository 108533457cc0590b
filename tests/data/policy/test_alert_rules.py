from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import InvalidError
from data.policy.alert_rules import AlertRules, WeatherFeedRules
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy


def test_a_policy_without_thresholds_has_the_usual_ones() -> None:
    without = DEFAULT_POLICY[: DEFAULT_POLICY.index("[alerts]")]
    assert policy_from_toml(without).alerts == AlertRules()
    assert policy_from_toml(DEFAULT_POLICY).alerts == AlertRules()


def test_thresholds_are_written_and_read_again() -> None:
    wanted = AlertRules(stop=timedelta(minutes=7), speed_over_kmh=12.5, blade_down_m=900)
    policy = replace(policy_from_toml(DEFAULT_POLICY), alerts=wanted)
    assert policy_from_toml(toml_from_policy(policy)).alerts == wanted


@pytest.mark.parametrize("line", ["stop_min = 0", "blade_down_m = 5", "speed_over_kmh = -1"])
def test_a_threshold_out_of_bounds_is_refused_by_name(line: str) -> None:
    name = line.split()[0]
    text = DEFAULT_POLICY[: DEFAULT_POLICY.index("[alerts]")] + f"[alerts]\n{line}\n"
    with pytest.raises(InvalidError, match=name):
        policy_from_toml(text)


def test_the_weather_is_not_asked_for_until_somebody_turns_it_on() -> None:
    assert policy_from_toml(DEFAULT_POLICY).weather_feed == WeatherFeedRules()
    assert not WeatherFeedRules().on


def test_a_weather_feed_is_written_and_read_again() -> None:
    rules = WeatherFeedRules(
        on=True,
        forecast="https://weather.example.org/{lat}/{lon}?hourly=snowfall",
        forecast_every=timedelta(minutes=30),
        road="http://rwis.example.org:8080/latest.csv",
    )
    policy = replace(policy_from_toml(DEFAULT_POLICY), weather_feed=rules)
    assert policy_from_toml(toml_from_policy(policy)).weather_feed == rules


@pytest.mark.parametrize(
    "line",
    [
        "forecast_min = 10",
        'forecast = "file:///etc/passwd"',
        'forecast = "https://somebody:secret@example.org/"',
        'road = "https://example.org/a b"',
        'road = "https://"',
        "road = 5",
    ],
)
def test_what_a_weather_feed_may_not_say_is_refused_by_its_name(line: str) -> None:
    with pytest.raises(InvalidError, match=f"weather_feed.{line.split()[0]}"):
        policy_from_toml(f"{DEFAULT_POLICY.split('[weather_feed]')[0]}[weather_feed]\n{line}\n")


def test_a_weather_feed_without_an_address_is_not_turned_on() -> None:
    with pytest.raises(InvalidError, match=r"weather_feed\.forecast"):
        policy_from_toml(f"{DEFAULT_POLICY.split('[weather_feed]')[0]}[weather_feed]\non = true\n")
