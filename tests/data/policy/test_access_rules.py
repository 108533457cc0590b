"""What a city shows to everybody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import InvalidError
from data.policy.access_rules import PublicRules
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy

USUAL = policy_from_toml(DEFAULT_POLICY)


def test_nothing_is_public_until_somebody_turns_it_on() -> None:
    assert (USUAL.public.map, USUAL.public.open_data) == (False, False)
    assert USUAL.public.delay == timedelta(minutes=15)


def test_what_is_public_is_written_and_read_again() -> None:
    shown = PublicRules(map=True, open_data=True, delay=timedelta(0), licence="ODbL 1.0")
    assert policy_from_toml(toml_from_policy(replace(USUAL, public=shown))).public == shown


@pytest.mark.parametrize(
    "line", ['map = "yes"', "delay_min = -1", "delay_min = 300", 'licence = ""', "trucks = true"]
)
def test_what_it_may_not_say_is_refused_by_its_name(line: str) -> None:
    with pytest.raises(InvalidError, match=f"public.{line.split()[0]}"):
        policy_from_toml(f"{DEFAULT_POLICY.split('[public]')[0]}[public]\n{line}\n")
