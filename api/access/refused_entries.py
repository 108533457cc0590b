"""Log lines about people and systems that were refused at the sign-in, without naming them.

Equal marks are the same account or address; nobody can tell which, and they change with each start.
"""

import hashlib
import hmac
import logging
import secrets
from enum import StrEnum

from api.access.auth import subscriber

MARK_LETTERS = 8

_KEY = secrets.token_bytes(32)
_log = logging.getLogger(__name__)


class EntryWay(StrEnum):
    """What somebody tried to come in by."""

    PASSWORD = "password"  # noqa: S105 - what was tried, and no password
    SECOND_STEP = "second step"
    RESET_CODE = "code for a new password"
    SHIFT_CODE = "code of a shift"
    TICKET = "ticket of the province"
    API_KEY = "key"


class RefusedEntry(StrEnum):
    """Why a city lets nobody in who comes from its province."""

    ROLE = "role"
    TICKET = "ticket"


def log_refused(proof: EntryWay, address: str, account: str = "") -> None:
    """Log that a wrong proof came from an address; IPv6 by its /64 network, as it is counted."""
    who = f" of account {_mark(account)}" if account else ""
    _log.warning("a wrong %s%s from address %s", proof, who, _mark(subscriber(address)))


def _mark(text: str) -> str:
    return hmac.new(_KEY, text.casefold().encode(), hashlib.sha256).hexdigest()[:MARK_LETTERS]
