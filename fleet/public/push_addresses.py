"""Which addresses of browsers are written to: those of the push services of their makers."""

import base64
import binascii
import re
from urllib.parse import urlsplit

from data.errors import InvalidError
from data.model.requests.street_watches import PushAddress

PUSH_HOSTS = frozenset(
    ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
)
"""Hosts of the services of Chrome and its kin, Firefox and Safari."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_BELOW = re.compile(rf"(?:{_LABEL}\.)+(?:notify\.windows|push\.apple)\.com")
"""Edge, and what Apple says of Safari, has hosts by the region."""

LONGEST = 1_000
KEY_BYTES, SECRET_BYTES = 65, 16
"""A point of P-256, uncompressed, and the secret beside it (RFC 8291)."""

UNCOMPRESSED = 4


def push_address(endpoint: str, key: str, secret: str) -> PushAddress:
    """Return where a browser gets messages; raise `InvalidError` where that is no push service.

    Anybody can send any address: none but these services is ever asked for anything.
    """
    if not _is_service(endpoint):
        raise InvalidError("endpoint", "", "an address of a push service that we know")
    point = _decoded(key)
    if len(point) != KEY_BYTES or point[0] != UNCOMPRESSED or len(_decoded(secret)) != SECRET_BYTES:
        raise InvalidError("endpoint", "", "the keys of a browser")
    return PushAddress(endpoint, key, secret)


def _is_service(endpoint: str) -> bool:
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port is None and "@" not in parts.netloc
    return plain and (host in PUSH_HOSTS or _BELOW.fullmatch(host) is not None)


def _decoded(text: str) -> bytes:
    """Return what is written in base64 for addresses; nothing where it is not."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
