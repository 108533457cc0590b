"""SHA-256 digests as the audit log writes them."""

import hashlib
import json
from datetime import datetime


def digest_of(said: object) -> str:
    """Return the SHA-256 of something as the audit log writes it: JSON, keys in order."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain_value(value: object) -> object:
    """Return the value of a column as JSON can hold it: times as text, bytes as their digest."""
    if isinstance(value, datetime):
        return value.isoformat()
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value
