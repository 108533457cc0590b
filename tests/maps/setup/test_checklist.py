"""What the overview of the set-up says of a city."""

from dataclasses import replace
from typing import Any

import pytest

from data.model import District, Role, User, UserId, VehicleId
from data.policy.city_policy import DEFAULT_POLICY
from data.setup.fleet_file import (
    FleetFile,
    default_fleet,
    fleet_from_toml,
    with_depots,
    with_depots_of,
)
from fleet.setup.setup_steps import SetupRecords
from maps.pages.i18n import translator
from maps.setup.checklist import checklist_view
from tests import village as v

REPORT = {"segments": 21, "length_km": 3.4, "unreachable": 0}
HASH = "hash"
OF_PROVINCE: dict[str, Any] = {"password_hash": "", "of_province": True}


def a_user(number: int, *roles: Role, **more: Any) -> User:
    return User(UserId(number), f"user-{number}", roles, "fa", **{"password_hash": HASH} | more)


def a_city(**changes: Any) -> SetupRecords:
    """A city where everything is arranged, but for the changes."""
    arranged = SetupRecords(
        report=REPORT,
        fleet=FleetFile((v.a_depot(),), (v.a_reload_site(),), (v.a_vehicle(1),)),
        policy_text=DEFAULT_POLICY.replace("cycle_h = 3", "cycle_h = 2"),
        districts=[District("One", {"": ("One",)})],
        people=[a_user(1, Role.ADMINISTRATOR), a_user(2, Role.DISPATCHER)],
        tracked=frozenset({VehicleId(1)}),
        heard=frozenset({VehicleId(1)}),
    )
    return replace(arranged, **changes)


def states(city: SetupRecords) -> dict[str, str]:
    return {step.name: step.state for step in checklist_view(city, translator("en")).steps}


def test_a_city_where_everything_is_arranged_has_nothing_next() -> None:
    view = checklist_view(a_city(), translator("en"))
    assert set(states(a_city()).values()) == {"done"}
    assert (view.done, view.needed, view.next) == (7, 7, None)


def examples(language: str = "en") -> FleetFile:
    """The machines that a new city starts with."""
    depots = (v.a_depot(),)
    return with_depots(fleet_from_toml(with_depots_of(default_fleet(language), depots)), depots)


def with_one_renamed(fleet: FleetFile) -> FleetFile:
    first, *others = fleet.vehicles
    own = replace(first, name="Volvo 12", assumed=False)
    return replace(fleet, vehicles=(own, *others))


@pytest.mark.parametrize(
    ("changes", "step", "state"),
    [
        ({"fleet": FleetFile((replace(v.a_depot(), assumed=True),), (), ())}, "depots", "assumed"),
        ({"fleet": FleetFile((v.a_depot(),), (), ())}, "machines", "missing"),
        ({"fleet": examples()}, "machines", "assumed"),
        ({"fleet": with_one_renamed(examples("fa"))}, "machines", "assumed"),
        ({"tracked": frozenset(), "heard": frozenset()}, "trackers", "missing"),
        ({"heard": frozenset()}, "trackers", "missing"),
        ({"fleet": examples()}, "trackers", "partial"),
        ({"policy_text": DEFAULT_POLICY}, "policy", "assumed"),
        ({"people": [a_user(1, Role.ADMINISTRATOR)]}, "people", "missing"),
        ({"people": [a_user(2, Role.DISPATCHER, password_hash="")]}, "people", "missing"),
        ({"people": [a_user(2, Role.DISPATCHER, disabled=True)]}, "people", "missing"),
        ({"people": [a_user(2, Role.DISPATCHER, **OF_PROVINCE)]}, "people", "done"),
        ({"districts": []}, "districts", "optional"),
    ],
)
def test_what_is_not_arranged_is_told(changes: dict[str, Any], step: str, state: str) -> None:
    assert states(a_city(**changes))[step] == state


def test_districts_may_wait_and_are_not_counted() -> None:
    view = checklist_view(a_city(districts=[]), translator("en"))
    assert (view.done, view.needed, view.next) == (6, 6, None)


def test_the_first_thing_that_is_not_arranged_comes_next() -> None:
    view = checklist_view(a_city(policy_text=DEFAULT_POLICY, people=[]), translator("en"))
    assert view.next is not None
    assert view.next.path == "/setup/policy"


def test_streets_beyond_reach_are_told_but_keep_nobody_waiting() -> None:
    view = checklist_view(a_city(report=REPORT | {"unreachable": 3}), translator("fa"))
    assert view.steps[0].state == "done"
    assert view.steps[0].text.endswith("به ۳ قطعه نمی‌توان رسید.")


def test_machines_and_trackers_are_counted() -> None:
    city = a_city(fleet=with_one_renamed(examples()))
    told = {step.name: step.text for step in checklist_view(city, translator("en")).steps}
    assert told["machines"].startswith("The figures of 11 of 12 machines are assumed.")
    assert told["trackers"].startswith("1 of 12 machines have a tracker or a driver's phone")


def policy_told(policy_text: str, language: str) -> str:
    steps = checklist_view(a_city(policy_text=policy_text), translator(language)).steps
    return next(step.text for step in steps if step.name == "policy")


def test_languages_without_names_of_the_classes_are_told():
    usual = next(line for line in DEFAULT_POLICY.splitlines() if line.startswith("name = "))
    own = DEFAULT_POLICY.replace(usual, 'name = { en = "Arteries", fa = "شریان‌ها" }', 1)
    everywhere = DEFAULT_POLICY.replace(usual, 'name = "Arteries"', 1)

    told = policy_told(own, "en")
    assert "lack names in: " in told
    assert "Azərbaycanca" in told
    assert "فارسی" not in told
    assert policy_told(everywhere, "en") == "Set by your city"
