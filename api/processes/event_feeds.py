"""Streams of changes for browsers: each event is serialized once for all its readers."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from api.config.clock import Clock
from fleet.tracking.live_fleet import Hub, Subscription

BEAT_S = 10.0
"""Interval of keep-alive events on a quiet stream; the time comes with other news as often."""

PHONE_BEAT_S = 50.0
"""The same on phones of drivers and crews, whose radios stay awake some ten seconds for each.

Proxies close what is quiet for a minute.
"""

LOOK_S = 0.2
"""How often it is looked whether a clock that may stand has begun to go otherwise."""

GATHER_S = 0.2
"""Pause before each message, so that changes are sent in bunches."""

RETRY_MS = 2_000
"""How soon browsers reconnect after a break."""

MOST_WAITING = 50
"""Bunches that a listener may leave unread: ten seconds at the busiest."""

ALONE = frozenset({"beat", "city", "storm"})
"""Kinds that carry one item, not a list."""

Kinds = frozenset[str] | None

type Shown = Callable[[Any], Any]
"""Returns an item as the readers of a stream may see it."""


def as_it_is(item: object) -> object:
    """Return an item with all that it holds."""
    return item


@dataclass(frozen=True, slots=True)
class Beat:
    """The time, how fast it goes by, and how often it was set back; there is one `id` for all.

    `setting_back` says that the server is about to end, and comes back with an earlier time.
    """

    now: datetime
    speed: float
    epoch: int
    id: int = 0
    setting_back: bool = False


def beat_of(clock: Clock) -> Beat:
    """Return what a beat says now."""
    return Beat(clock.now(), clock.pace, clock.epoch)


class EventFeeds:
    """The streams of a city, by the kinds of events that are read; use it in one event loop.

    A listener that leaves more than `MOST_WAITING` bunches unread is cut off: what waits for it is
    dropped and its stream ends. Its browser connects anew and reloads everything.
    """

    def __init__(self, hub: Hub, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock
        self._feeds: dict[tuple[Kinds, Shown, float | None], _Feed] = {}

    async def listen(
        self, kinds: Kinds = None, shown: Shown = as_it_is, beat_s: float | None = None
    ) -> AsyncGenerator[bytes]:
        """Yield the lines of an event stream, limited to some kinds where given.

        On a quiet one there is a beat every `beat_s`, by default `BEAT_S`; by a clock that may
        stand also at first, and as soon as it goes otherwise.
        """
        key = kinds, shown, beat_s
        feed = self._feeds.get(key)
        if feed is None or feed.over:
            feed = self._feeds[key] = _Feed(self._hub, self._clock, *key)
        listener = feed.join()
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            if self._clock.may_stand:  # it may go otherwise than the reader was told before
                yield _lines("beat", beat_of(self._clock))
            while (lines := await listener.get()) is not None:
                yield lines
        finally:
            feed.leave(listener)
            if not feed.listeners and self._feeds.get(key) is feed:
                del self._feeds[key]
                feed.stop()

    def cut_off(self) -> None:
        """End all streams, since changes may be lost: browsers connect anew and reload."""
        for feed in list(self._feeds.values()):
            feed.cut_off()


class _Listener:
    """Bunches that one reader has not taken yet; `None` ends the stream."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        self.get = self._waiting.get

    def put(self, lines: bytes) -> bool:
        """Queue a bunch; return whether there was room."""
        if self._waiting.full():
            return False
        self._waiting.put_nowait(lines)
        return True

    def end(self) -> None:
        """Drop what waits, and end the stream."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)


class _Feed:
    """One subscription, whose events are serialized once and passed on to all listeners."""

    def __init__(
        self, hub: Hub, clock: Clock, kinds: Kinds, shown: Shown, beat_s: float | None
    ) -> None:
        self._hub = hub
        self._clock = clock
        self._shown = shown
        self._beat_s = beat_s
        self._number = 0
        self._told = clock.pace, clock.epoch
        self._told_at_s = time.monotonic()
        self._awake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.listeners: set[_Listener] = set()
        self._news: Subscription = hub.subscribe(self._wake, kinds)
        self._task = asyncio.create_task(self._run())

    @property
    def over(self) -> bool:
        """Whether nothing is passed on any more: the server stops, or the feed has failed."""
        return self._task.done()

    def join(self) -> _Listener:
        """Return a new listener."""
        listener = _Listener()
        self.listeners.add(listener)
        self._news.listeners = len(self.listeners)
        if self._hub.closed.is_set():
            listener.end()
        return listener

    def leave(self, listener: _Listener) -> None:
        """Pass nothing more on to a listener."""
        self.listeners.discard(listener)
        self._news.listeners = len(self.listeners)

    def stop(self) -> None:
        """End the subscription."""
        self._hub.unsubscribe(self._news)
        self._task.cancel()

    def cut_off(self) -> None:
        """End the streams of all present listeners, from any thread."""
        self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        for listener in list(self.listeners):
            listener.end()
            self.leave(listener)

    def _wake(self) -> None:
        self._loop.call_soon_threadsafe(self._awake.set)

    async def _run(self) -> None:
        try:
            await self._follow()
        finally:
            for listener in self.listeners:
                listener.end()

    async def _follow(self) -> None:
        while not self._hub.closed.is_set():
            if not await self._news_come():
                self._pass_on(self._event("beat", [beat_of(self._clock)]))
                continue
            if self._hub.closed.is_set():
                return
            await asyncio.sleep(GATHER_S)
            self._awake.clear()
            news = [self._event(*each) for each in self._news.take()]
            if news and self._clock_is_news():
                news.append(self._event("beat", [beat_of(self._clock)]))
            self._pass_on(b"".join(news))

    async def _news_come(self) -> bool:
        """Wait for news, or until there should be a beat; return whether there are some."""
        until_s = time.monotonic() + (self._beat_s or BEAT_S)
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                wait_s = min(left_s, LOOK_S) if self._clock.may_stand else left_s
                await asyncio.wait_for(self._awake.wait(), wait_s)
            except TimeoutError:
                if self._clock_goes_otherwise():
                    return False
            else:
                return True
        return False

    def _clock_is_news(self) -> bool:
        """Whether readers may go by another clock: news come all the time, but no quiet moment."""
        waited_s = time.monotonic() - self._told_at_s
        return self._clock_goes_otherwise() or waited_s >= BEAT_S

    def _clock_goes_otherwise(self) -> bool:
        return self._told != (self._clock.pace, self._clock.epoch)

    def _pass_on(self, lines: bytes) -> None:
        for listener in list(self.listeners) if lines else ():
            if not listener.put(lines):
                listener.end()
                self.leave(listener)

    def _event(self, kind: str, items: list[Any]) -> bytes:
        self._number += 1
        if kind == "beat":
            self._told, self._told_at_s = (items[-1].speed, items[-1].epoch), time.monotonic()
        shown = [self._shown(one) for one in (items[-1:] if kind in ALONE else items)]
        return b"id: %d\n" % self._number + _lines(kind, shown[0] if kind in ALONE else shown)


def _lines(kind: str, content: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), to_json(content))
