"""Names by their sound in two scripts."""

import pytest

from data.geocode.text.sounds import phonetic, skeleton, sound_distance


@pytest.mark.parametrize(
    ("persian", "latin"),
    [
        ("کاشانی", "kashani"),
        ("امام", "emam"),
        ("خمینی", "khomeini"),
        ("ولیعصر", "valiasr"),
        ("مدرس", "modarres"),
        ("مدرسه", "madreseh"),
        ("شریعتی", "shariati"),
        ("قاسمی", "ghasemi"),
        ("چمران", "chamran"),
    ],
)
def test_a_name_sounds_alike_in_both_scripts(persian: str, latin: str) -> None:
    one, other = phonetic(persian), phonetic(latin)
    assert skeleton(one) == skeleton(other)
    assert sound_distance(one, other) <= 1.0


def test_other_consonants_are_another_name() -> None:
    assert sound_distance(phonetic("کاشانی"), phonetic("bahoni")) >= 1.0
