"""Azerbaijani sentences, spelled as English spells Persian names."""

import pytest

from data.geocode.text.transliteration import in_english_letters


@pytest.mark.parametrize(
    ("said", "spelled"),
    [
        ("Şəhriyar xiyabanında", "shehriyar khiyabaninda"),
        ("Çəmran küçəsi, Xəyyam", "chemran kuchesi, kheyyam"),
        ("settarxan xiyabaninda qar var", "settarkhan khiyabaninda qar var"),
        ("xiyabane xayyam", "khiyabane khayyam"),
    ],
)
def test_letters_of_its_own_are_spelled_out(said: str, spelled: str) -> None:
    assert in_english_letters(said) == spelled


@pytest.mark.parametrize(
    "said", ["Max Street is icy", "Straße des 17. Juni", "خیابان خیام", "Saint-Xavier"]
)
def test_other_languages_stay_as_they_are(said: str) -> None:
    assert in_english_letters(said) == said
