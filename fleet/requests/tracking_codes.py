"""Tracking codes: with its reference and code anybody can follow a request."""

import hmac
import re
import secrets
import unicodedata

from data.errors import NotFoundError
from data.model import ServiceRequest
from data.store.database.engine import Tx
from data.store.requests.tracking_codes import find_tracked

CODE_DIGITS = 8
"""Long enough that guessing at the rates of `api/access` takes years, short enough to type."""

REFERENCE = "B-"
"""What references begin with."""

WRITTEN_NUMBER = re.compile(r"[^\W\d_]\s?-?\s?\d{1,15}|(?!0|۰|٠)\d{1,15}")
"""A number of a request as people write it; one that begins with zero is a phone's."""


def new_code() -> str:
    """Return a random code of digits, which can be typed on any phone."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def tracked_request(tx: Tx, reference: str, code: str) -> ServiceRequest:
    """Return the request of a reference and its code, as people type them.

    Raises the same `NotFoundError` for an unknown reference and for a wrong code.
    """
    wanted = plain_reference(reference)
    found = find_tracked(tx, wanted)
    if found is None or not hmac.compare_digest(found[1], _digits(code)):
        raise NotFoundError("request", wanted)
    return found[0]


def plain_reference(text: str) -> str:
    """Return a reference in its normal form: "b ۱۲", "B-0012" and "12" are the same."""
    digits = _digits(text).lstrip("0")
    return f"{REFERENCE}{digits:0>4}"


def _digits(text: str) -> str:
    """Return the digits of a text as 0 to 9, from any script."""
    found = (unicodedata.decimal(letter, None) for letter in text)
    return "".join(str(digit) for digit in found if digit is not None)
