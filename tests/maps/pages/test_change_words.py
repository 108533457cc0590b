"""Changes of time and way in words."""

import pytest

from maps.pages.change_words import time_change, way_change
from maps.pages.i18n import translator

EN = translator("en", "Asia/Tehran")


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1.24, "1.2 min more"), (-1.24, "1.2 min less"), (3, "3 min more"), (-0.04, "no more time")],
)
def test_less_time_is_never_called_more(minutes, words):
    assert time_change(minutes, EN) == words


@pytest.mark.parametrize(
    ("km", "words"), [(0.3, "0.3 km more"), (-0.3, "0.3 km less"), (0.04, "the same distance")]
)
def test_a_way_that_rounds_to_zero_is_the_same(km, words):
    assert way_change(km, EN) == words
