"""Coordinates as phones, map links and people give them."""

import pytest

from data.geocode.text.coordinates import coordinates, gives_coordinates
from data.model import LonLat

SYRACUSE = (-76.21, 42.98, -76.07, 43.09)
TEHRAN = (51.36, 35.69, 51.44, 35.73)


@pytest.mark.parametrize(
    "words",
    [
        "43.0481, -76.1474",
        "-76.1474 43.0481",
        "geo:43.0481,-76.1474;u=35",
        "https://maps.example/@43.0481,-76.1474,17z",
        "43.0481 N, 76.1474 W",
        "N43.0481 W76.1474",
        "43.0481° N 76.1474° W",
        "43,0481 -76,1474",
        "43°02'53.16\"N 76°08'50.64\"W",
        "43° 2.886' N, 76° 8.844' W",
        "the tree fell at 43.0481, \u221276.1474 in the park",
    ],
)
def test_a_place_in_the_west_is_read_in_every_notation(words: str) -> None:
    assert coordinates(words, SYRACUSE) == pytest.approx(LonLat(-76.1474, 43.0481), abs=1e-6)


@pytest.mark.parametrize(
    "words",
    [
        "۳۵٫۷۰۱۲، ۵۱٫۴۰۱۲",
        "٣٥.٧٠١٢ ٥١.٤٠١٢",
        "۳۵/۷۰۱۲ و ۵۱/۴۰۱۲",
        "عرض ۳۵٫۷۰۱۲ طول ۵۱٫۴۰۱۲",
        "51.4012,35.7012",
        "۳۵°۴۲′۴٫۳۲″ ۵۱°۲۴′۴٫۳۲″",
    ],
)
def test_a_place_in_iran_is_read_in_every_notation(words: str) -> None:
    assert coordinates(words, TEHRAN) == pytest.approx(LonLat(51.4012, 35.7012), abs=1e-6)


@pytest.mark.parametrize(
    "words", ["12.5 and 13.5", "35.7012", "پلاک ۱۲/۳۴۵", "0.1.2.3", "tel 315-555-0134", "120-124"]
)
def test_other_numbers_are_no_coordinates(words: str) -> None:
    assert not gives_coordinates(words)


def test_coordinates_of_another_city_are_none_of_this_one() -> None:
    assert gives_coordinates("N 35.7012 E 51.4012")
    assert coordinates("N 35.7012 E 51.4012", SYRACUSE) is None
    assert coordinates("43.0481 E, 76.1474 S", SYRACUSE) is None
