"""Names with a word left out or exchanged, and split at syllables."""

from tests.benchmarks.queries.unseen.slips import (
    Slips,
    either,
    exchanged,
    last_words,
    left_out,
    reordered,
    rewritten,
    split,
)

AT_SYLLABLES = (
    r"(?<=\w[ادذرزژو])(?=\w\w)> ",
    r"(?<=\w[ادذرزژو])(?=\w\w)>" + "\u200c",
    "(?<=[a-z][aeiou])(?=[b-df-hj-np-tv-z][a-z]{2})> ",
    "(?<=[a-z][aeiou])(?=[b-df-hj-np-tv-z][a-z]{2})>-",
)
"""Where Persian letters do not join, and after a Latin vowel."""

SLIPS = Slips(
    either(left_out, last_words),
    either(reordered, exchanged),
    either(split, rewritten(AT_SYLLABLES)),
    ("", "", "", "\u200c", "_", "-", "/"),
)
