"""Names of which the beginning alone is said, or from the last word to the first."""

from tests.benchmarks.queries.unseen.slips import Slips, first_words, rewritten, turned

BETWEEN_CONSONANTS = (
    "(?<=[آ-ی]{2})(?=[بپتجچخدرزسشفکگلمنه][آ-ی])> ",
    "(?<=[a-z][b-df-hj-np-tv-z])(?=[b-df-hj-np-tv-z][a-z])> ",
)

SLIPS = Slips(first_words, turned, rewritten(BETWEEN_CONSONANTS), ("", ".", ","))
