"""Spellings compared letter by letter, and names by their sound in two scripts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.geocode.text.spelling_distance import distance, skeleton, sound_distance, spoken
from data.geocode.text.spelling_index import SpellingIndex, edits_allowed

WORDS = st.text("ابتسیم", max_size=9)


def plain_distance(one: str, other: str) -> int:
    """Return the restricted edit distance by the table that everybody knows."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, across in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != across))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], across):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_edits_are_counted_as_by_the_plain_table(one: str, other: str) -> None:
    assert distance(one, other, 20) == plain_distance(one, other)


@given(WORDS, WORDS, st.integers(0, 3))
def test_more_edits_than_the_limit_are_not_told_apart(one: str, other: str, limit: int) -> None:
    assert distance(one, other, limit) == min(plain_distance(one, other), limit + 1)


@settings(deadline=None)
@given(st.lists(st.text("abcde", min_size=3, max_size=8), min_size=1, max_size=12, unique=True))
def test_a_name_is_found_with_one_letter_left_out(names: list[str]) -> None:
    index = SpellingIndex(names)
    for nth, name in enumerate(names):
        for at in range(len(name)):
            typed = name[:at] + name[at + 1 :]
            if edits_allowed(len(typed)):
                assert (nth, 1) in index.near(typed) or (nth, 0) in index.near(typed)


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
    one, other = spoken(persian), spoken(latin)
    assert skeleton(one) == skeleton(other)
    assert sound_distance(one, other) <= 1.0


def test_other_consonants_are_another_name() -> None:
    assert sound_distance(spoken("کاشانی"), spoken("bahoni")) >= 1.0
