"""Names that people give in two languages."""

from maps.pages.i18n import translator


def test_a_name_in_two_languages_is_said_in_the_readers():
    english, persian = translator("en"), translator("fa")
    assert english.name_here("برف / Snow") == "Snow"
    assert persian.name_here("برف / Snow") == "برف"
    assert persian.name_here("Snow of 29 November") == "Snow of 29 November"
    assert english.name_here("Ice / Snow") == "Ice / Snow"
