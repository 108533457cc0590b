"""Texts that go to and from drivers."""

from data.languages import languages
from data.policy.message_rules import COME_BACK, FROM_DRIVER, TO_DRIVER, WAIT_AT


def test_every_text_for_drivers_is_there_in_every_language_of_the_pages() -> None:
    for text in (COME_BACK, WAIT_AT, *TO_DRIVER, *FROM_DRIVER):
        assert set(text) == set(languages()), text
    assert all("{place}" in said for said in WAIT_AT.values())
