"""The time zone of a place."""

import pytest

from data.model import LonLat
from data.setup.time_zones import country_of, time_zone_at


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        (45.07, 37.55, "Asia/Tehran"),  # Urmia, nearer to Yerevan and Baghdad than to Tehran
        (43.38, 38.5, "Europe/Istanbul"),
        (45.41, 39.2, "Asia/Baku"),
        (11.97, 57.7, "Europe/Stockholm"),
        (-74.0, 40.7, "America/New_York"),
        (-30.0, 40.0, ""),
        (-180.0, 90.0, ""),
    ],
)
def test_a_place_has_the_time_zone_of_its_country(lon: float, lat: float, zone: str) -> None:
    assert time_zone_at(LonLat(lon, lat)) == zone


def test_a_time_zone_has_a_country():
    assert country_of("Asia/Tehran") == "IR"
    assert country_of("UTC") == "ZZ"
