"""Cached answers, stored as the compressed bytes that are sent, each made once for all readers."""

import gzip
import hashlib
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import inf
from threading import Lock

from cachetools import LRUCache
from fastapi import Request
from pydantic_core import to_json
from starlette.responses import Response

GZIP_LEVEL = 5

JSON = "application/json"

READERS_OWN = "private, no-cache"
"""`Cache-Control` of what only people with a role may read: their browser keeps it, and asks
whether it still holds."""

ANYBODYS = "public, no-cache"
"""`Cache-Control` of what everybody may read: proxies keep it too, and ask whether it holds."""

COSTLY_S = 0.05
"""Processor time of making an answer above which it may be somewhat old."""

REST_SHARE = 20
"""A costly answer is not made anew for so many times what it took: a twentieth of a processor."""

LATE_S = 60.0
"""How long after its rest an answer is still sent while the next one is made."""

ANSWERS_KEPT = 128
"""Answers of one city in memory; a large one takes some 200 kB."""


@dataclass(frozen=True, slots=True)
class PackedAnswer:
    """The bytes of an answer, compressed by gzip; `etag` follows from what they say."""

    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class MadeElsewhere:
    """An answer that another process has made, and what it cost of the processor there."""

    packed: PackedAnswer
    cost_s: float


type Make = Callable[[], bytes | MadeElsewhere]
"""Makes an answer."""


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


@dataclass(frozen=True, slots=True)
class _Made:
    """An answer of a revision, by when it was begun and what it cost of the processor."""

    packed: PackedAnswer
    revision: Hashable
    began_s: float
    cost_s: float

    @property
    def costly(self) -> bool:
        return self.cost_s > COSTLY_S

    @property
    def rests_until_s(self) -> float:
        return self.began_s + REST_SHARE * self.cost_s

    def rests(self, asked_s: float) -> bool:
        """Whether it is too soon to make it anew, whatever has changed."""
        return self.costly and asked_s < self.rests_until_s

    def stands_in(self, asked_s: float) -> bool:
        """Whether it is sent while the next one is made."""
        return self.costly and asked_s < self.rests_until_s + LATE_S

    def holds(self, revision: Hashable, asked_s: float) -> bool:
        """Whether it answers a question about a revision, asked at this time."""
        same = revision is not None and revision == self.revision
        return same or self.rests(asked_s) or self.began_s >= asked_s


class SharedAnswer:
    """One answer shared by concurrent requests; safe from any thread.

    A request is answered by what is of its `revision`, or by what was begun after it came. So an
    answer is never older than the question, one request at a time makes it, and those that come
    meanwhile share the next one. Without a revision nothing is reused later.

    An answer that costs more than `COSTLY_S` may be older: it rests for `REST_SHARE` times its
    cost, and who asks while the next one is made gets the one before, up to `LATE_S` after its
    rest. Its cost is the lower one of the last two times, since the first time much else is read
    and compiled.
    """

    def __init__(self, cost_now: Callable[[], float] = time.thread_time) -> None:
        self._cost_now = cost_now
        self._lock = Lock()
        self._made: _Made | None = None
        self._last_cost_s = 0.0

    def resting(self, asked_s: float) -> PackedAnswer | None:
        """Return what may be sent without asking for the revision; `None` where there is nothing.

        It neither reads the database nor waits, so that an event loop may call it.
        """
        before = self._made
        if before is None:
            return None
        made_now = self._lock.locked() and before.stands_in(asked_s)
        return before.packed if made_now or before.rests(asked_s) else None

    def held(self, revision: Hashable) -> PackedAnswer | None:
        """Return what answers a question about a revision at once; `None` where it must be made."""
        asked_s, before = time.monotonic(), self._made
        if before is None:
            return None
        return before.packed if before.holds(revision, asked_s) else self.resting(asked_s)

    def prepare(self, make: Make, revision: Hashable) -> None:
        """Make the answer before anybody asks.

        What it rests on must have been read before: what it costs this time counts.
        """
        self._last_cost_s = inf
        self.packed(make, revision)

    def packed(
        self, make: Make, revision: Hashable = None, *, asked_s: float | None = None
    ) -> PackedAnswer:
        """Return what `make` returns, compressed by gzip.

        `revision` was read at `asked_s` (of the monotonic clock) or later; by default now.
        """
        asked_s = time.monotonic() if asked_s is None else asked_s
        before = self._made
        if before is not None and before.holds(revision, asked_s):
            return before.packed
        if before is None or not before.stands_in(asked_s):
            self._lock.acquire()
        elif not self._lock.acquire(blocking=False):
            return before.packed
        try:
            if self._made is None or not self._made.holds(revision, asked_s):
                began_s, cost_s = time.monotonic(), self._cost_now()
                made = make()
                if not isinstance(made, MadeElsewhere):
                    made = MadeElsewhere(packed_answer_of(made), 0.0)
                cost_s = self._cost_now() - cost_s + made.cost_s
                lower_s = min(cost_s, self._last_cost_s)
                self._made = _Made(made.packed, revision, began_s, lower_s)
                self._last_cost_s = cost_s
            return self._made.packed
        finally:
            self._lock.release()


class SharedAnswers:
    """The shared answers of a city by what each is about; those used last are kept."""

    def __init__(self, most: int = ANSWERS_KEPT) -> None:
        self._lock = Lock()
        self._known: LRUCache[Hashable, SharedAnswer] = LRUCache(most)

    def of(self, subject: Hashable) -> SharedAnswer:
        """Return the answer about a subject, which names all that sets readers' answers apart."""
        with self._lock:
            found = self._known.get(subject)
            if found is None:
                found = self._known[subject] = SharedAnswer()
            return found


def json_of(view: object) -> bytes:
    """Return a view as JSON."""
    return to_json(view)


def packed_json(view: object) -> bytes:
    """Return a view as gzip-compressed JSON."""
    return gzip.compress(to_json(view), GZIP_LEVEL, mtime=0)


def packed_answer(request: Request, content: bytes) -> Response:
    """Return a response of gzip-compressed JSON, unpacked for clients without gzip."""
    return _response(request, content, JSON, {})


def shared_answer(
    request: Request, packed: PackedAnswer, kept: str, media_type: str = JSON
) -> Response:
    """Return a response that the reader keeps; 304 without a body where he has it already.

    `kept` is its `Cache-Control`.
    """
    headers = {"ETag": packed.etag, "Cache-Control": kept}
    if _knows(request, packed.etag):
        return Response(status_code=304, headers=headers | {"Vary": "Accept-Encoding"})
    return _response(request, packed.content, media_type, headers)


def packed_answer_of(plain: bytes) -> PackedAnswer:
    """Return the bytes of an answer compressed, with the tag that follows from them."""
    digest = hashlib.sha256(plain).hexdigest()[:32]
    # Weak: the same tag stands for the compressed and the plain bytes.
    return PackedAnswer(gzip.compress(plain, GZIP_LEVEL, mtime=0), f'W/"{digest}"')


def _knows(request: Request, etag: str) -> bool:
    """Whether the client names this tag as one that it has (RFC 9110, 13.1.2)."""
    named = request.headers.get("if-none-match", "")
    bare = etag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") == bare for one in named.split(","))


def _response(
    request: Request, content: bytes, media_type: str, headers: dict[str, str]
) -> Response:
    headers = headers | {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        content = gzip.decompress(content)
    return Response(content, media_type=media_type, headers=headers)
