"""Group commit: one transaction for items of several senders, each answered after it.

What was acknowledged is on the disk. A sender whose item cannot be stored hears why, and the
others' items are stored all the same.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass

from api.access.auth import TooManyError
from data.store.database.engine import DatabaseUnavailable

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CommitLimits:
    """How long the writer gathers (s), how many items may wait, and how many share a commit.

    After a commit that `many` shared, it gathers for `many_gather_s`: a commit has a price of its
    own, and where much comes, few large ones leave more of the processor to those who send.
    """

    gather_s: float
    waiting: int
    together: int
    many: int = 0
    many_gather_s: float = 0.0

    def pause_s(self, shared: int) -> float:
        """Return how long to gather after a commit that so many items shared."""
        return self.many_gather_s if 0 < self.many <= shared else self.gather_s


type Pending[Item, Outcome] = tuple[Item, asyncio.Future[Outcome]]


class GroupCommit[Item, Outcome]:
    """Stores items of many senders in shared transactions; use it in one event loop.

    `commit` stores items in one transaction, all or none, and returns an outcome for each; it runs
    in a thread of `executor`. `on_stored` gets items and outcomes after the commit, in the event
    loop, before their senders are answered.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Outcome]],
        on_stored: Callable[[Sequence[Item], Sequence[Outcome]], None],
        executor: Executor,
        limits: CommitLimits,
    ) -> None:
        self._commit = commit
        self._on_stored = on_stored
        self._executor = executor
        self._limits = limits
        self._queue: asyncio.Queue[Pending[Item, Outcome] | None] = asyncio.Queue(limits.waiting)
        self._unanswered: set[asyncio.Future[Outcome]] = set()
        self._writer: asyncio.Task[None] | None = None
        self._stopping = False

    def start(self) -> None:
        """Start the writer; call it in the event loop of the senders."""
        self._writer = asyncio.create_task(self._write())

    async def stop(self) -> None:
        """Write pending items and answer their senders; later items are refused."""
        if self._writer is None:
            return
        self._stopping = True
        while self._unanswered:
            await asyncio.wait(self._unanswered)
        await self._queue.put(None)
        await self._writer
        self._writer = None

    async def store(self, item: Item, *, wait_for_room: bool) -> Outcome:
        """Return the outcome of an item once it is on the disk.

        Where too many wait already, wait before the queue or raise `TooManyError`, as asked. Raises
        what storing the item raised, and `TooManyError` after `stop`.
        """
        if self._stopping:
            raise TooManyError(1)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._unanswered.add(answer)
        try:
            if wait_for_room:
                await self._queue.put((item, answer))
            else:
                self._queue.put_nowait((item, answer))
            return await answer
        except asyncio.QueueFull as full:
            raise TooManyError(1) from full
        finally:
            answer.cancel()  # of a sender who hung up; no more than that once it is answered
            self._unanswered.discard(answer)

    async def _write(self) -> None:
        open_for_more, shared = True, 0
        while open_for_more:
            first = await self._queue.get()
            await asyncio.sleep(self._limits.pause_s(shared))
            batch = [first]
            with suppress(asyncio.QueueEmpty):
                while len(batch) < self._limits.together:
                    batch.append(self._queue.get_nowait())
            open_for_more, shared = None not in batch, len(batch)
            await self._write_together([one for one in batch if one is not None])

    async def _write_together(self, batch: Sequence[Pending[Item, Outcome]]) -> None:
        if not batch:
            return
        items = [item for item, _ in batch]
        try:
            outcomes = await self._committed(items)
            answers = list(zip(batch, outcomes, strict=True))
        except DatabaseUnavailable as error:  # nobody's mistake: it would fail for each of them
            for one in batch:
                _refuse(one, error)
            return
        except Exception as error:  # every sender must hear of it, the innocent ones may go on
            if len(batch) == 1:
                _refuse(batch[0], error)
            else:
                for one in batch:
                    await self._write_together([one])
            return
        self._notify(items, outcomes)
        for (_, answer), outcome in answers:
            if not answer.done():  # else the sender hung up
                answer.set_result(outcome)

    async def _committed(self, items: Sequence[Item]) -> Sequence[Outcome]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._commit, items)

    def _notify(self, items: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
        try:
            self._on_stored(items, outcomes)
        except Exception:  # the senders' items are stored, and others wait
            _log.exception("what was stored could not be passed on")


def _refuse[Item, Outcome](pending: Pending[Item, Outcome], error: Exception) -> None:
    _, answer = pending
    if not answer.done():
        answer.set_exception(error)
