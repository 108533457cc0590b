"""Answers that are made once for all readers: when anew, by whom, and how many are kept."""

import gzip
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from api.processes.cached_response import (
    COSTLY_S,
    LATE_S,
    REST_SHARE,
    MadeElsewhere,
    SharedAnswer,
    SharedAnswers,
    packed_answer_of,
)


class Maker:
    """Counts how often an answer is made; each has other words."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return b"answer %d" % self.times


def test_an_answer_of_the_same_revision_is_not_made_again() -> None:
    shared, make = SharedAnswer(), Maker()
    first, again = (shared.packed(make, ("evidence", 7)) for _ in range(2))
    assert make.times == 1
    assert first is again
    assert gzip.decompress(first.content) == b"answer 1"


def test_a_new_revision_has_new_bytes_and_a_new_tag() -> None:
    shared, make = SharedAnswer(), Maker()
    before, after = (shared.packed(make, revision) for revision in (1, 2))
    assert (gzip.decompress(before.content), gzip.decompress(after.content)) == (
        b"answer 1",
        b"answer 2",
    )
    assert before.etag != after.etag


def test_a_new_revision_that_says_the_same_keeps_its_tag() -> None:
    shared = SharedAnswer()
    before, after = (shared.packed(lambda: b"as it was", revision) for revision in (1, 2))
    assert before.etag == after.etag


def test_without_a_revision_nothing_is_reused_later() -> None:
    shared, make = SharedAnswer(), Maker()
    for _ in range(2):
        shared.packed(make)
    assert make.times == 2


def together(readers: int, read: Callable[[], object]) -> list[object]:
    """Let some readers ask at the same time."""
    start = Barrier(readers)

    def asked() -> object:
        start.wait()
        return read()

    with ThreadPoolExecutor(readers) as pool:
        return [each.result() for each in [pool.submit(asked) for _ in range(readers)]]


def test_many_readers_at_once_wait_for_the_one_that_makes_it() -> None:
    shared, make = SharedAnswer(), Maker()
    answers = together(20, lambda: shared.packed(make, 1))
    assert make.times == 1
    assert len({id(one) for one in answers}) == 1


def test_readers_that_come_while_an_older_answer_is_made_share_the_next_one() -> None:
    shared, make = SharedAnswer(), Maker()
    begun, go_on = Event(), Event()

    def slow() -> bytes:
        begun.set()
        go_on.wait()
        return b"older"

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(shared.packed, slow, 1)
        begun.wait()
        asked_s = time.monotonic()
        later = [
            pool.submit(shared.packed, make, revision, asked_s=asked_s) for revision in range(2, 7)
        ]
        go_on.set()
        contents = {gzip.decompress(one.result().content) for one in later}
    assert gzip.decompress(first.result().content) == b"older"
    assert contents == {b"answer 1"}


class Costly(Maker):
    """Takes twice as much of the processor as an answer may that is never old."""

    def __init__(self) -> None:
        super().__init__()
        self.spent_s = 0.0

    def __call__(self) -> bytes:
        self.spent_s += 2 * COSTLY_S
        return super().__call__()


def shared_after_its_first_time(make: Costly) -> SharedAnswer:
    """Return a costly answer that was made once."""
    shared = SharedAnswer(lambda: make.spent_s)
    shared.packed(make, 0)
    make.times = 0
    return shared


def test_an_answer_that_costs_much_the_first_time_alone_does_not_rest() -> None:
    make = Costly()
    shared = SharedAnswer(lambda: make.spent_s)
    shared.packed(make, 1)
    assert shared.resting(time.monotonic()) is None
    assert gzip.decompress(shared.packed(Maker(), 2).content) == b"answer 1"
    assert shared.resting(time.monotonic()) is None


def test_what_a_prepared_answer_costs_counts_at_once() -> None:
    make = Costly()
    shared = SharedAnswer(lambda: make.spent_s)
    shared.prepare(make, 1)
    rests = shared.resting(time.monotonic())
    assert rests is not None
    assert gzip.decompress(rests.content) == b"answer 1"


def test_a_costly_answer_rests_before_it_is_made_anew() -> None:
    make = Costly()
    shared = shared_after_its_first_time(make)
    began_s = time.monotonic()
    first = shared.packed(make, 1)
    rest_s = REST_SHARE * 2 * COSTLY_S
    assert shared.packed(make, 2, asked_s=began_s + 0.9 * rest_s) is first
    later = shared.packed(make, 2, asked_s=time.monotonic() + rest_s)
    assert gzip.decompress(later.content) == b"answer 2"


def test_nobody_waits_while_a_costly_answer_is_made_anew() -> None:
    make, begun, go_on = Costly(), Event(), Event()
    shared = shared_after_its_first_time(make)
    first = shared.packed(make, 1)

    def slow() -> bytes:
        begun.set()
        go_on.wait()
        return make()

    later_s = time.monotonic() + 2 * REST_SHARE * 2 * COSTLY_S
    with ThreadPoolExecutor(1) as pool:
        anew = pool.submit(shared.packed, slow, 2, asked_s=later_s)
        begun.wait()
        meanwhile = shared.packed(make, 2, asked_s=later_s)
        go_on.set()
        assert gzip.decompress(anew.result().content) == b"answer 2"
    assert meanwhile is first


def test_a_costly_answer_that_rests_is_sent_without_asking_what_has_changed() -> None:
    make = Costly()
    shared = shared_after_its_first_time(make)
    first = shared.packed(make, 1)
    rest_s = REST_SHARE * 2 * COSTLY_S
    assert shared.resting(time.monotonic()) is first
    assert shared.resting(time.monotonic() + rest_s) is None


def test_an_answer_whose_rest_ended_long_ago_is_waited_for() -> None:
    begun, go_on = Event(), Event()

    def make() -> bytes:
        begun.set()
        assert go_on.wait(10)
        return b"of the morning"

    shared = SharedAnswer(iter([0.0, 2 * COSTLY_S, 0.0, 2 * COSTLY_S]).__next__)
    shared.prepare(lambda: b"of the evening", 1)
    rested_s = time.monotonic() + REST_SHARE * 2 * COSTLY_S
    early_s, late_s = rested_s + LATE_S / 2, rested_s + LATE_S
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(shared.packed, make, 2, asked_s=late_s)
        assert begun.wait(10)
        assert shared.resting(late_s) is None
        assert gzip.decompress(shared.packed(make, 3, asked_s=early_s).content).endswith(b"evening")
        second = pool.submit(shared.packed, make, 2, asked_s=late_s)
        go_on.set()
        for answer in (first, second):
            assert gzip.decompress(answer.result(10).content) == b"of the morning"


def test_a_cheap_answer_is_never_sent_without_asking_what_has_changed() -> None:
    shared = SharedAnswer(lambda: 0.0)
    shared.packed(Maker(), 1)
    assert shared.resting(time.monotonic()) is None


def test_what_another_process_has_made_rests_for_what_it_cost_there() -> None:
    made = MadeElsewhere(packed_answer_of(b"made elsewhere"), 2 * COSTLY_S)
    shared = SharedAnswer(lambda: 0.0)
    for revision in range(2):
        assert shared.packed(lambda: made, revision) is made.packed
    assert shared.resting(time.monotonic()) is made.packed


def test_a_maker_that_fails_keeps_nobody_else_waiting() -> None:
    def fails() -> bytes:
        raise OSError("the database is away")

    shared = SharedAnswer()
    with pytest.raises(OSError, match="away"):
        shared.packed(fails, 1)
    assert gzip.decompress(shared.packed(Maker(), 1).content) == b"answer 1"


def test_only_the_answers_used_last_are_kept() -> None:
    answers = SharedAnswers(most=2)
    first = answers.of(("figures", 1))
    answers.of(("figures", 2))
    assert answers.of(("figures", 1)) is first
    answers.of(("figures", 3))
    answers.of(("figures", 4))
    assert answers.of(("figures", 1)) is not first
