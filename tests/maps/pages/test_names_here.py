"""Names in two languages: given by people, and of districts."""

from data.model import District
from maps.pages.i18n import translator
from maps.pages.tables import district_text
from tests.village_database import POLICY


def test_a_name_in_two_languages_is_said_in_the_readers():
    english, persian = translator("en"), translator("fa")
    assert english.name_here("برف / Snow") == "Snow"
    assert persian.name_here("برف / Snow") == "برف"
    assert persian.name_here("Snow of 29 November") == "Snow of 29 November"
    assert english.name_here("Ice / Snow") == "Ice / Snow"


def test_a_storm_that_nobody_has_named_is_called_by_its_day_in_the_readers_calendar() -> None:
    english, persian = translator("en", "Asia/Tehran"), translator("fa", "Asia/Tehran")
    assert english.name_here("2026-11-30 (2)") == "Snow of 30 Nov (2)"
    assert persian.name_here("2026-11-30 (2)") == "برف ۹ آذر (۲)"


def test_a_district_is_called_as_the_reader_calls_it():
    districts = [
        District("منطقهٔ ۱", {"fa": ("منطقهٔ ۱",), "en": ("District 1", "Area 1")}),
        District("Old town", {"en": ("Old town",)}),
    ]
    english = translator("en").of_city(POLICY, districts)
    persian = translator("fa").of_city(POLICY, districts)

    assert district_text("منطقهٔ ۱", english) == "District 1"
    assert district_text("منطقهٔ ۱", persian) == "منطقهٔ ۱"
    assert district_text("Old town", persian) == "Old town"
    assert district_text("", english) == "Outside all districts"
    assert english.texts()["district:منطقهٔ ۱"] == "District 1"
