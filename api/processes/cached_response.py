"""Cached JSON answers, stored as the compressed bytes that are sent."""

import gzip
from collections.abc import Callable
from threading import Lock

from fastapi import Request
from pydantic_core import to_json
from starlette.responses import Response

GZIP_LEVEL = 5


class KeptAnswer:
    """The compressed JSON of one source object; reused while the source is the same object.

    Safe from any thread. A source is known as an object: it must never change.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[object, bytes] | None = None

    def packed(self, source: object, view: Callable[[], object]) -> bytes:
        """Return the compressed JSON of a source; `view` is called where the source is new."""
        with self._lock:
            if self._kept is None or self._kept[0] is not source:
                self._kept = source, packed_json(view())
            return self._kept[1]


def packed_json(view: object) -> bytes:
    """Return a view as gzip-compressed JSON."""
    return gzip.compress(to_json(view), GZIP_LEVEL, mtime=0)


def packed_answer(request: Request, content: bytes) -> Response:
    """Return a response of gzip-compressed JSON, unpacked for clients without gzip."""
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type="application/json", headers=headers)
