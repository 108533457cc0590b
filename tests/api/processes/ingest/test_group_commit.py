import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.access.auth import TooManyError
from api.processes.ingest.group_commit import CommitLimits, GroupCommit
from data.errors import DiskFullError

LIMITS = CommitLimits(gather_s=0.0, waiting=10, together=4)


class Book:
    """Where items are written; a commit with a negative one fails as a whole."""

    def __init__(self) -> None:
        self.commits: list[list[int]] = []
        self.told: list[int] = []

    def commit(self, items: Sequence[int]) -> list[str]:
        if min(items) < 0:
            raise ValueError("negative")
        self.commits.append(list(items))
        return [str(item) for item in items]

    def tell(self, items: Sequence[int], outcomes: Sequence[str]) -> None:
        assert [str(item) for item in items] == list(outcomes)
        self.told += items


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def commits(book: Book) -> Iterator[GroupCommit[int, str]]:
    with ThreadPoolExecutor(1) as thread:
        yield GroupCommit(book.commit, book.tell, thread, LIMITS)


def sent(commits, items, *, wait_for_room=True):
    return [asyncio.create_task(commits.store(item, wait_for_room=wait_for_room)) for item in items]


def test_those_who_come_together_share_a_commit_and_each_gets_an_answer(book, commits):
    async def scene():
        came = sent(commits, range(8))
        await asyncio.sleep(0)
        commits.start()
        answers = await asyncio.gather(*came)
        await commits.stop()
        return answers

    assert asyncio.run(scene()) == [str(n) for n in range(8)]
    assert book.commits == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert book.told == list(range(8))


def test_what_cannot_be_stored_is_refused_alone(book, commits):
    async def scene():
        came = sent(commits, [1, -1, 2])
        await asyncio.sleep(0)
        commits.start()
        answers = await asyncio.gather(*came, return_exceptions=True)
        await commits.stop()
        return answers

    first, poison, last = asyncio.run(scene())
    assert (first, last) == ("1", "2")
    assert isinstance(poison, ValueError)
    assert sorted(book.told) == [1, 2]


def test_a_full_disk_refuses_all_at_once(book):
    attempts: list[int] = []

    def full(items):
        attempts.append(len(items))
        raise DiskFullError

    async def scene(thread):
        commits = GroupCommit(full, book.tell, thread, LIMITS)
        came = sent(commits, range(4))
        await asyncio.sleep(0)
        commits.start()
        answers = await asyncio.gather(*came, return_exceptions=True)
        await commits.stop()
        return answers

    with ThreadPoolExecutor(1) as thread:
        answers = asyncio.run(scene(thread))
    assert [type(answer) for answer in answers] == [DiskFullError] * 4
    assert attempts == [4]


def test_senders_wait_for_room_or_are_refused_as_they_wish(book, commits):
    async def scene():
        patient = sent(commits, range(12))
        await asyncio.sleep(0)
        hasty = sent(commits, [99], wait_for_room=False)
        await asyncio.sleep(0)
        commits.start()
        answers = await asyncio.gather(*patient, *hasty, return_exceptions=True)
        await commits.stop()
        return answers

    *patient, hasty = asyncio.run(scene())
    assert patient == [str(n) for n in range(12)]
    assert isinstance(hasty, TooManyError)


def test_who_waits_when_it_stops_is_written_and_who_comes_later_is_refused(book, commits):
    async def scene():
        came = sent(commits, range(13))  # more than there is room for
        await asyncio.sleep(0)
        commits.start()
        stopping = asyncio.create_task(commits.stop())
        await asyncio.sleep(0)
        late = sent(commits, [99])
        await stopping
        return await asyncio.gather(*came, *late, return_exceptions=True)

    *came, late = asyncio.run(scene())
    assert came == [str(n) for n in range(13)]
    assert isinstance(late, TooManyError)
    assert sorted(book.told) == list(range(13))


def test_who_hangs_up_holds_up_nobody(book, commits):
    async def scene():
        gone, stays = sent(commits, [1, 2])
        await asyncio.sleep(0)
        gone.cancel()
        commits.start()
        answer = await stays
        await commits.stop()
        return answer

    assert asyncio.run(scene()) == "2"
    assert book.commits == [[1, 2]]


def test_a_failing_callback_after_a_commit_stops_nothing(commits, book, monkeypatch, caplog):
    async def scene():
        commits.start()
        answers = [await commits.store(n, wait_for_room=True) for n in (1, 2)]
        await commits.stop()
        return answers

    monkeypatch.setattr(book, "told", None)
    assert asyncio.run(scene()) == ["1", "2"]
    assert "could not be passed on" in caplog.text


def test_after_a_commit_that_many_shared_the_next_one_gathers_for_longer():
    limits = CommitLimits(gather_s=0.01, waiting=10, together=4, many=3, many_gather_s=0.05)
    assert [limits.pause_s(shared) for shared in (0, 2, 3, 4)] == [0.01, 0.01, 0.05, 0.05]
    assert LIMITS.pause_s(4) == 0.0
