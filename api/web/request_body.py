"""Limits on request bodies: their size, and the depth of their JSON."""

import json
import re

from fastapi import Request

from data.errors import BarfrubError, InvalidError, Need

MOST_BODY_BYTES = 256_000
"""Size of a request body, except on routes that take files, which declare a limit of their own."""

FORM_BYTES = 64_000
"""Size of what a form sends beside its file."""

MOST_DEPTH = 32
"""Nested lists and objects in a JSON body; the deepest of our own pages sends 8."""

HALF_LETTER = b"\\u"
"""A JSON escape, which may encode half a surrogate pair."""

_TEXT_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


class TooLargeError(BarfrubError):
    """Raised for a body or a file above its size limit."""

    code = "too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(f"larger than {most_bytes} bytes", most_kb=most_bytes // 1000)


def announced_bytes(request: Request) -> int:
    """Return the size of the body according to its headers; 0 where they do not tell."""
    announced = request.headers.get("content-length", "")
    return int(announced) if announced.isdecimal() else 0


async def limited_body(request: Request, most_bytes: int) -> bytes:
    """Return the request body; raise `TooLargeError` as soon as it is known to be too large."""
    if announced_bytes(request) > most_bytes:
        raise TooLargeError(most_bytes)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise TooLargeError(most_bytes)
    return bytes(body)


def json_of(body: bytes) -> object:
    """Return the parsed JSON; raise `InvalidError` where it or its text is malformed."""
    require_shallow(body)
    try:
        value: object = json.loads(body.decode("utf-8-sig"))
        if HALF_LETTER in body:
            json.dumps(value, ensure_ascii=False).encode()  # half a letter can be read, not stored
    except (ValueError, RecursionError):
        raise InvalidError("body", "", "well-formed JSON") from None
    return value


def require_json(body: bytes) -> None:
    """Raise `InvalidError` for JSON that is nested too deep, or has text that cannot be stored.

    FastAPI, which parses it afterwards, takes halves of surrogate pairs for letters.
    """
    require_shallow(body)
    if HALF_LETTER in body or not body.isascii():
        json_of(body)


def require_shallow(body: bytes) -> None:
    """Raise `InvalidError` where JSON is nested deeper than `MOST_DEPTH`."""
    if body.count(b"[") + body.count(b"{") <= MOST_DEPTH:
        return
    depth = 0
    for found in _TEXT_OR_BRACKET.finditer(body):
        letter = body[found.start()]
        if letter in b"[{":
            depth += 1
        elif letter in b"]}":
            depth -= 1
        if depth > MOST_DEPTH:
            need = Need("JSON that is nested at most {count} deep", count=MOST_DEPTH)
            raise InvalidError("body", "", need)
