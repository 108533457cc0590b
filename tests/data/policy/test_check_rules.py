"""The city's own list of what drivers check before a shift."""

from dataclasses import replace

import pytest

from data.errors import InvalidError
from data.languages import languages
from data.policy.check_rules import USUAL_ITEMS, CheckItem, CheckRules
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy

USUAL = policy_from_toml(DEFAULT_POLICY)


def test_the_usual_list_is_said_in_every_language_of_the_pages() -> None:
    assert USUAL.vehicle_check.items == USUAL_ITEMS
    assert all(set(item.name) == set(languages()) for item in USUAL_ITEMS)


def test_a_point_may_be_of_some_machines_only() -> None:
    codes = {item.code for item in USUAL.vehicle_check.items_of("grader")}
    assert "spreader" not in codes
    assert codes < {item.code for item in USUAL.vehicle_check.items_of("salt_spreader")}


def test_a_city_writes_its_own_list_or_none() -> None:
    wing = CheckItem("own_1", {"fa": "بال"}, grave=True, machines=("grader",))
    own = replace(USUAL, vehicle_check=CheckRules((wing,)))
    assert policy_from_toml(toml_from_policy(own)).vehicle_check.items == (wing,)
    none = replace(USUAL, vehicle_check=CheckRules(()))
    assert policy_from_toml(toml_from_policy(none)).vehicle_check.items == ()


@pytest.mark.parametrize(
    ("items", "says"),
    [
        ('[{ code = "A B", name = { en = "Wing" } }]', "small Latin letters"),
        ('[{ code = "wing", name = {} }]', "code of its language"),
        ('[{ code = "wing", name = { en = "W" }, machines = ["sled"] }]', "list of"),
        ('[{ code = "w", name = { en = "W" } }, { code = "w", name = { en = "V" } }]', "once"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(items: str, says: str) -> None:
    text = f"{DEFAULT_POLICY}\n[vehicle_check]\nitems = {items}\n"
    with pytest.raises(InvalidError, match=says):
        policy_from_toml(text)
