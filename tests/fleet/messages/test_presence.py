from datetime import timedelta

from fleet.messages.presence import GONE_S, MOST, MemoryPresence
from tests.seconds import Seconds
from tests.village import NOW


def test_a_board_is_told_once_of_what_stays_the_same() -> None:
    room = MemoryPresence(Seconds())
    mine, told = room.enter("ali", "tab-one-1", "request:1", editing=False, now=NOW)
    assert told == [mine]
    again = room.enter("ali", "tab-one-1", "request:1", editing=False, now=NOW + timedelta(1))
    assert again == (mine, [])


def test_what_one_turns_to_is_told_with_its_time() -> None:
    room = MemoryPresence(Seconds())
    mine, _ = room.enter("ali", "tab-one-1", "request:1", editing=False, now=NOW)
    later = NOW + timedelta(minutes=1)
    now_mine, told = room.enter("ali", "tab-one-1", "request:1", editing=True, now=later)
    assert told == [now_mine]
    assert (now_mine.id, now_mine.editing, now_mine.since) == (mine.id, True, later)


def test_a_board_that_falls_silent_is_gone_for_all() -> None:
    clock = Seconds()
    room = MemoryPresence(clock)
    ali, _ = room.enter("ali", "tab-one-1", "", editing=False, now=NOW)
    clock.now_s = GONE_S + 1
    assert room.present() == []
    sara, told = room.enter("sara", "tab-two-2", "", editing=False, now=NOW)
    assert [(one.id, one.here) for one in told] == [(sara.id, True), (ali.id, False)]


def test_two_tabs_of_one_person_are_two_boards_and_leave_one_by_one() -> None:
    room = MemoryPresence(Seconds())
    first, _ = room.enter("ali", "tab-one-1", "", editing=False, now=NOW)
    second, _ = room.enter("ali", "tab-two-2", "", editing=False, now=NOW)
    assert [one.id for one in room.leave("ali", "tab-one-1")] == [first.id]
    assert room.leave("ali", "tab-one-1") == []
    assert [one.id for one in room.present()] == [second.id]


def test_a_program_that_opens_boards_for_ever_fills_no_memory() -> None:
    clock = Seconds()
    room = MemoryPresence(clock)
    for number in range(MOST + 5):
        clock.now_s = number / 1000
        room.enter("robot", f"tab-{number:06d}", "", editing=False, now=NOW)
    assert len(room.present()) == MOST
