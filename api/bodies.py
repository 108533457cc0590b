"""Bodies of requests, read with a limit."""

import json

from fastapi import HTTPException, Request

from data.errors import InvalidError


async def limited_body(request: Request, most_bytes: int) -> bytes:
    """Return what was sent; answer 413 as soon as it is too much."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise HTTPException(413)
    return bytes(body)


def json_of(body: bytes) -> object:
    """Return what a body says; raise `InvalidError` where it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidError("body", "", "well-formed JSON") from None
