"""Names found by a word that is spelled nearly like them."""

from hypothesis import given
from hypothesis import strategies as st

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


@given(st.text("ابتسیم", min_size=3, max_size=14), WORDS)
def test_edits_are_counted_as_by_the_plain_table(one: str, other: str) -> None:
    found = SpellingIndex([other]).near(one)
    edits = plain_distance(one, other)
    assert found in ([], [(0, edits)])
    assert not found or edits <= edits_allowed(len(one))


@given(st.lists(st.text("abcde", min_size=3, max_size=8), min_size=1, max_size=12, unique=True))
def test_a_name_is_found_with_one_letter_left_out(names: list[str]) -> None:
    index = SpellingIndex(names)
    for nth, name in enumerate(names):
        for at in range(len(name)):
            typed = name[:at] + name[at + 1 :]
            if edits_allowed(len(typed)):
                assert (nth, 1) in index.near(typed) or (nth, 0) in index.near(typed)
