"""The colors that another process tells."""

from dataclasses import replace
from datetime import timedelta

from fleet.coverage.street_colors import ReceivedColors, Whole
from tests import village as v

AN_HOUR = timedelta(hours=1)
WHOLE = Whole(None, v.village().version, v.NOW)


def test_later_news_replace_the_colors_of_their_streets_alone() -> None:
    colors = ReceivedColors()
    colors.receive([(v.SCHOOL, 1, 1), (v.MILL, 2, 2)], WHOLE)
    colors.receive([(v.MILL, 3, 2)], WHOLE)
    assert colors.latest == {v.SCHOOL: (1, 1), v.MILL: (3, 2)}


def test_colors_of_other_streets_are_forgotten() -> None:
    colors = ReceivedColors()
    colors.receive([(v.SCHOOL, 1, 1)], WHOLE)
    colors.receive([(v.MILL, 2, 2)], replace(WHOLE, network_version="newer"))
    assert colors.latest == {v.MILL: (2, 2)}


def test_colors_are_of_their_time_their_storm_and_their_streets() -> None:
    network = v.village()
    assert WHOLE.is_of(None, network, v.NOW, v.NOW)
    assert not replace(WHOLE, network_version="older").is_of(None, network, v.NOW, v.NOW)
    assert not WHOLE.is_of(None, network, v.NOW + AN_HOUR, v.NOW + AN_HOUR)
