"""Texts that go to and from drivers."""

from dataclasses import replace

import pytest

from data.errors import InvalidError
from data.languages import languages
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy
from data.policy.message_rules import COME_BACK, FROM_DRIVER, TO_DRIVER, WAIT_AT


def test_every_text_for_drivers_is_there_in_every_language_of_the_pages() -> None:
    for text in (COME_BACK, WAIT_AT, *TO_DRIVER, *FROM_DRIVER):
        assert set(text) == set(languages()), text
    assert all("{place}" in said for said in WAIT_AT.values())


def test_a_city_names_the_numbers_that_an_sos_offers_to_call() -> None:
    usual = policy_from_toml(DEFAULT_POLICY)
    assert usual.messages.emergency == ("112",)
    own = replace(usual.messages, emergency=("115", "+98 44 125"))
    written = toml_from_policy(replace(usual, messages=own))
    assert policy_from_toml(written).messages == own
    for wrong in ("call us", "115-"):
        with pytest.raises(InvalidError, match="phone numbers"):
            policy_from_toml(written.replace('"115"', f'"{wrong}"'))
    with pytest.raises(InvalidError, match="at most 4"):
        policy_from_toml(written.replace('"115"', '"110", "113", "115", "125"'))
