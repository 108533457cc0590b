"""Answers that many boards ask for: made once, and kept as the compressed bytes that are sent."""

import gzip
from collections.abc import Callable
from threading import Lock

from fastapi import Request
from pydantic_core import to_json
from starlette.responses import Response

GZIP_LEVEL = 5


class KeptAnswer:
    """The JSON of the newest source, compressed; the same source is answered by the same bytes.

    Safe from any thread. A source is known as an object: it must never change.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[object, bytes] | None = None

    def packed(self, source: object, view: Callable[[], object]) -> bytes:
        """Return the view of a source as JSON; `view` is called where the source is another."""
        with self._lock:
            if self._kept is None or self._kept[0] is not source:
                self._kept = source, packed_json(view())
            return self._kept[1]


def packed_json(view: object) -> bytes:
    """Return a view as JSON, compressed by gzip."""
    return gzip.compress(to_json(view), GZIP_LEVEL, mtime=0)


def packed_answer(request: Request, content: bytes) -> Response:
    """Return JSON that is compressed by gzip, unpacked for who cannot read that."""
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type="application/json", headers=headers)
