"""Several trackers that are off the same way show that the server's clock is wrong."""

from datetime import timedelta

from data.model import DeviceId
from fleet.tracking.tracker_clocks import WITHIN_S, TrackerClocks
from tests.village import NOW

MINUTE = timedelta(minutes=1)


def clocks_with(*ahead_min: float, seen_s: float = 0.0) -> TrackerClocks:
    clocks = TrackerClocks()
    for number, ahead in enumerate(ahead_min):
        clocks.record(DeviceId(number), ahead * MINUTE, seen_s)
    return clocks


def test_three_trackers_ahead_are_right_at_once() -> None:
    off = clocks_with(180, 181, 179).disagreement(NOW, 1.0)
    assert off is not None
    assert (off.ahead, off.trackers) == (180 * MINUTE, 3)


def test_two_trackers_or_three_of_many_say_nothing() -> None:
    assert clocks_with(180, 181).disagreement(NOW, 1.0) is None
    assert clocks_with(180, 181, 179, 0, 0, 0, 0).disagreement(NOW, 1.0) is None


def test_trackers_off_in_both_directions_are_wrong_themselves() -> None:
    assert clocks_with(180, 181, -180, -181).disagreement(NOW, 1.0) is None


def test_trackers_behind_may_send_what_they_stored_so_it_must_last() -> None:
    clocks = clocks_with(-30, -31, -29)
    assert clocks.disagreement(NOW, 1.0) is None
    for number in range(3):
        clocks.record(DeviceId(number), -30 * MINUTE, WITHIN_S)
    off = clocks.disagreement(NOW + 10 * MINUTE, WITHIN_S + 2)
    assert off is not None
    assert off.ahead == -30 * MINUTE


def test_the_newest_of_what_a_tracker_sends_in_a_while_speaks() -> None:
    clocks = clocks_with(-30, -31, -29)
    for number in range(3):
        clocks.record(DeviceId(number), timedelta(0), 1.0)
        clocks.record(DeviceId(number), -20 * MINUTE, 2.0)
    assert clocks.disagreement(NOW, WITHIN_S - 1) is None


def test_after_a_jump_trackers_are_asked_anew() -> None:
    clocks = clocks_with(180, 181, 179)
    clocks.forget()
    assert clocks.disagreement(NOW, 1.0) is None
