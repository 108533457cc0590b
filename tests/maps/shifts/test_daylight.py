"""When the sun is up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data.model import LonLat
from maps.shifts.daylight import daylight, is_dark

TEHRAN, HELSINKI, UTSJOKI = LonLat(51.39, 35.69), LonLat(24.94, 60.17), LonLat(27.03, 69.91)


@pytest.mark.parametrize(
    ("place", "day", "rise", "fall"),
    [
        (TEHRAN, date(2026, 12, 21), "03:40", "13:25"),
        (TEHRAN, date(2026, 6, 21), "01:18", "15:54"),
        (HELSINKI, date(2026, 12, 21), "07:24", "13:13"),
        (HELSINKI, date(2026, 6, 21), "00:54", "19:50"),
    ],
)
def test_the_sun_rises_and_sets_as_in_the_almanac(place, day, rise, fall):
    told = daylight(day, place)
    for moment, clock in zip(told, (rise, fall), strict=True):
        hours, minutes = map(int, clock.split(":"))
        wanted = datetime(day.year, day.month, day.day, hours, minutes, tzinfo=UTC)
        assert abs(moment - wanted) < timedelta(minutes=3)


def test_it_is_dark_all_day_in_the_polar_night_and_never_under_the_midnight_sun():
    noon, midnight = datetime(2026, 12, 21, 10, tzinfo=UTC), datetime(2026, 6, 21, 22, tzinfo=UTC)
    assert is_dark(noon, UTSJOKI)
    assert not is_dark(midnight, UTSJOKI)


def test_it_is_dark_between_sunset_and_sunrise():
    assert is_dark(datetime(2026, 12, 21, 0, 30, tzinfo=UTC), TEHRAN)
    assert not is_dark(datetime(2026, 12, 21, 8, tzinfo=UTC), TEHRAN)
