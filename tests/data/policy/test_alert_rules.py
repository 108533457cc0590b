from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import InvalidError
from data.policy.alert_rules import AlertRules
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
