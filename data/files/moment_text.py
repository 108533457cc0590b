"""Times as other programs write them into addresses and forms."""

import re
from datetime import datetime

from data.errors import InvalidError

_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$")
"""The plus sign of an offset, which an address that is not escaped turns into a space."""

_OLDEST_YEAR, _NEWEST_YEAR = 1970, 2200
_SHOWN_LETTERS = 200


def read_moment(name: str, text: str) -> datetime:
    """Parse a time with its zone, as the standard writes it; raise `InvalidError`."""
    try:
        at = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", text))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not _OLDEST_YEAR <= at.year < _NEWEST_YEAR:
        raise InvalidError(name, text[:_SHOWN_LETTERS], "a time such as 2026-01-31T08:00:00Z")
    return at
