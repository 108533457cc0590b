"""The clock of a sandbox: paused, sped up and set back, in all processes that read it."""

from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.config import training_clock
from api.config.training_clock import (
    CLOCK_FILE,
    KEEP_S,
    TrainingClock,
    find_training_clock,
    make_training_clock,
)
from data.errors import BarfrubError, InvalidError
from tests import village as v


class Seconds:
    """A monotonic clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.ns = 5_000_000_000
        self.each_reading_s = 0.0

    def __call__(self) -> int:
        self.pass_by(self.each_reading_s)
        return self.ns

    def pass_by(self, seconds: float) -> None:
        self.ns += int(seconds * 1e9)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def clock(tmp_path: Path, seconds: Seconds) -> TrainingClock:
    make_training_clock(tmp_path, v.NOW, 10)
    return TrainingClock(tmp_path, seconds)


def gone_s(clock: TrainingClock) -> float:
    return (clock.now() - v.NOW).total_seconds()


def test_a_new_one_stands_until_somebody_lets_it_go_on(
    clock: TrainingClock, seconds: Seconds
) -> None:
    seconds.pass_by(5)
    assert (gone_s(clock), clock.pace, clock.speed) == (0, 0, 10)
    clock.go_on()
    seconds.pass_by(5)
    assert (gone_s(clock), clock.pace) == (50, 10)


def test_it_goes_on_from_where_it_was_paused(clock: TrainingClock, seconds: Seconds) -> None:
    clock.go_on()
    seconds.pass_by(5)
    clock.pause()
    seconds.pass_by(100)
    assert gone_s(clock) == 50
    clock.go_on()
    seconds.pass_by(1)
    assert gone_s(clock) == 60


def test_another_speed_holds_from_then_on(clock: TrainingClock, seconds: Seconds) -> None:
    clock.go_on()
    seconds.pass_by(5)
    clock.set_speed(0.5)
    seconds.pass_by(10)
    assert gone_s(clock) == 55


@pytest.mark.parametrize("speed", [0, 0.05, 61, float("nan")])
def test_no_other_speed_is_taken(clock: TrainingClock, speed: float) -> None:
    with pytest.raises(InvalidError):
        clock.set_speed(speed)


def test_set_back_it_stands_and_counts_that(clock: TrainingClock, seconds: Seconds) -> None:
    clock.go_on()
    seconds.pass_by(60)
    clock.set_back(v.NOW + timedelta(minutes=2))
    seconds.pass_by(60)
    assert (gone_s(clock), clock.pace, clock.epoch) == (120, 0, 1)


def test_another_process_reads_the_same_clock(clock: TrainingClock) -> None:
    other = copy(clock)  # as it is opened where it is sent to
    clock.set_back(v.NOW + timedelta(hours=3))
    assert other.now() == v.NOW + timedelta(hours=3)
    assert other.training


def test_it_stands_after_the_machine_was_started_anew(
    tmp_path: Path, monkeypatch: Any, seconds: Seconds
) -> None:
    before = make_training_clock(tmp_path, v.NOW, 10)
    before.go_on()
    monkeypatch.setattr(training_clock, "this_boot", lambda: b"the next boot 16")
    clock = TrainingClock(tmp_path, seconds)
    assert clock.pace == 0
    assert clock.now() < v.NOW + timedelta(seconds=1)


def test_after_a_kill_no_moment_comes_twice(clock: TrainingClock, seconds: Seconds) -> None:
    clock.go_on()
    seconds.pass_by(1)
    clock.keep()
    seconds.pass_by(3600)  # nobody wrote it down any more
    clock.recover()
    assert gone_s(clock) == 10 + 2 * KEEP_S * 10
    assert clock.pace == 0


def test_no_moment_comes_twice_on_a_machine_that_is_busy(
    clock: TrainingClock, seconds: Seconds
) -> None:
    clock.go_on()
    began_ns, seconds.each_reading_s = seconds.ns, 0.05
    for _ in range(20):
        clock.keep()
    assert gone_s(clock) == pytest.approx(10 * (seconds.ns - began_ns) / 1e9)


def test_what_an_instructor_decides_while_it_is_held_holds_afterwards(
    clock: TrainingClock, seconds: Seconds
) -> None:
    clock.go_on()
    with clock.held():
        seconds.pass_by(5)
        assert (gone_s(clock), clock.pace, clock.paused) == (0, 0, False)
        copy(clock).keep()
        assert clock.pace == 0
        clock.pause()
    assert (clock.pace, clock.paused) == (0, True)
    clock.go_on()
    with clock.held():
        pass
    seconds.pass_by(5)
    assert gone_s(clock) == 50


def test_it_goes_on_when_who_held_it_has_died(clock: TrainingClock, tmp_path: Path) -> None:
    clock.go_on()
    held = clock.held()
    held.__enter__()
    said = (tmp_path / CLOCK_FILE).read_bytes()
    held.__exit__(None, None, None)
    (tmp_path / CLOCK_FILE).write_bytes(said)  # as a process that was killed leaves it
    assert clock.pace == 0
    clock.keep()
    assert clock.pace == 10


def test_a_damaged_file_is_told(clock: TrainingClock, tmp_path: Path) -> None:
    (tmp_path / CLOCK_FILE).write_bytes(bytes(60))
    with pytest.raises(BarfrubError, match="damaged"):
        clock.now()


def test_a_real_installation_has_none(tmp_path: Path) -> None:
    assert find_training_clock(tmp_path) is None
