"""Phone numbers as people write them, made comparable."""

import unicodedata

LEAST_DIGITS = 4
"""Shorter numbers name nobody."""

COMPARED_DIGITS = 10
"""Last digits that tell numbers apart, whatever country or trunk code stands before them."""


def plain_number(text: str) -> str:
    """Return the last ten digits of a phone number in Latin digits; "" where there are too few.

    So "+98 914 123 4567", "0098-914…" and «۰۹۱۴ ۱۲۳ ۴۵۶۷» are one number.
    """
    digits = "".join(
        str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None
    )
    return digits[-COMPARED_DIGITS:] if len(digits) >= LEAST_DIGITS else ""
