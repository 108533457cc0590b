"""Request bodies, read up to a size limit."""

import json

from fastapi import HTTPException, Request

from data.errors import InvalidError

HALF_LETTER = b"\\u"
"""A JSON escape, which may encode half a surrogate pair."""


async def limited_body(request: Request, most_bytes: int) -> bytes:
    """Return the request body; raise 413 as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise HTTPException(413)
    return bytes(body)


def json_of(body: bytes) -> object:
    """Return the parsed JSON; raise `InvalidError` where it or its text is malformed."""
    try:
        value: object = json.loads(body)
        if HALF_LETTER in body:
            json.dumps(value, ensure_ascii=False).encode()  # half a letter can be read, not stored
    except (ValueError, RecursionError):
        raise InvalidError("body", "", "well-formed JSON") from None
    return value
