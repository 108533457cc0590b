"""An answer for everybody: who waits for it, who is sent the one before, and for how long."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from api.processes import renewed_answer
from api.processes.cached_response import COSTLY_S, MadeElsewhere, packed_answer_of
from api.processes.renewed_answer import KEPT, LATE, RenewedAnswer

NOW = datetime(2026, 1, 10, 4, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
LONG_AFTER = LATER + LATE


class Maker:
    """Makes an answer once it is let; each has other words, and costs nothing or much."""

    def __init__(self, cost_s: float = 0.0) -> None:
        self.cost_s = cost_s
        self.times = 0
        self.begun, self.go_on = Event(), Event()
        self.go_on.set()

    def __call__(self) -> MadeElsewhere:
        self.begun.set()
        assert self.go_on.wait(10)
        self.times += 1
        return MadeElsewhere(packed_answer_of(b"answer %d" % self.times), self.cost_s)


def fails() -> bytes:
    raise OSError("the database is away")


def asked(answer: RenewedAnswer, make, now: datetime, of: int = 1) -> bytes:
    return gzip.decompress(asyncio.run(answer.packed(make, of, now)).content)


def prepared(make: Maker) -> RenewedAnswer:
    answer = RenewedAnswer("map")
    answer.prepare(make, 1, NOW)
    return answer


def test_all_who_ask_first_wait_for_the_same_answer() -> None:
    make, answer = Maker(), RenewedAnswer("map")
    make.go_on.clear()

    async def all_ask() -> list[bytes]:
        asking = [asyncio.create_task(answer.packed(make, 1, NOW)) for _ in range(5)]
        await asyncio.to_thread(make.begun.wait, 10)
        asking.pop().cancel()  # who goes away takes it from nobody
        make.go_on.set()
        return [gzip.decompress(one.content) for one in await asyncio.gather(*asking)]

    assert asyncio.run(all_ask()) == 4 * [b"answer 1"]
    assert make.times == 1


def test_an_answer_is_the_same_for_half_a_minute() -> None:
    make = Maker()
    answer = prepared(make)
    assert asked(answer, make, LATER - timedelta(seconds=1)) == b"answer 1"
    assert make.times == 1


def test_the_one_before_is_sent_while_the_next_one_is_made() -> None:
    make = Maker()
    answer = prepared(make)
    make.go_on.clear()
    assert asked(answer, make, LATER) == b"answer 1"
    assert asked(answer, make, LATER) == b"answer 1"
    make.go_on.set()
    answer.prepare(make, 1, LATER)  # the one that is being made already
    assert asked(answer, make, LATER) == b"answer 2"
    assert make.times == 2


def test_after_a_while_in_which_nobody_asked_the_next_one_is_waited_for() -> None:
    make = Maker()
    assert asked(prepared(make), make, LONG_AFTER) == b"answer 2"


def test_what_was_made_of_another_city_is_not_sent_any_more() -> None:
    make = Maker()
    answer = prepared(make)
    assert asked(answer, make, NOW, of=2) == b"answer 2"
    with pytest.raises(OSError, match="away"):
        asked(answer, fails, NOW, of=3)


def test_an_answer_that_costs_much_rests_however_fast_the_clock_goes() -> None:
    make = Maker(cost_s=100 * COSTLY_S)
    assert asked(prepared(make), make, LONG_AFTER) == b"answer 1"
    assert make.times == 1


def test_where_none_can_be_made_the_last_one_stays_for_a_while() -> None:
    answer = prepared(Maker())
    assert asked(answer, fails, LONG_AFTER) == b"answer 1"
    assert asked(answer, Maker(), LONG_AFTER) == b"answer 1"  # nothing is tried again so soon
    with pytest.raises(OSError, match="away"):
        asked(answer, fails, NOW + KEPT + LATE)


def test_what_fails_before_there_is_any_answer_is_not_tried_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer, make = RenewedAnswer("map"), Maker()
    for maker in (fails, make, make):
        with pytest.raises(OSError, match="away"):
            asked(answer, maker, NOW)
    assert make.times == 0
    monkeypatch.setattr(renewed_answer, "RETRY_S", 0.0)
    again = RenewedAnswer("map")
    with pytest.raises(OSError, match="away"):
        asked(again, fails, NOW)
    assert asked(again, make, NOW) == b"answer 1"


def test_once_stopped_no_more_are_made() -> None:
    answer = prepared(Maker())
    answer.stop()
    with pytest.raises(RuntimeError):
        answer.prepare(Maker(), 1, LATER)
