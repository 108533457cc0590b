"""A rehearsal's clock waits for its simulation and for evidence."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from api.config.training_clock import TrainingClock, make_training_clock
from api.training.hosting import kept_pace
from api.training.hosting.kept_pace import KeptPace
from data.store.database.city_database import database_of
from data.store.database.engine import Database
from tests import village as v


@pytest.fixture
def clock(tmp_path: Path) -> TrainingClock:
    """A clock at its highest speed."""
    clock = make_training_clock(tmp_path, v.NOW, 60.0)
    clock.go_on()
    return clock


@pytest.fixture
def engine(city_folder) -> Iterator[Database]:
    """The database of the village, in which no position waits."""
    engine = database_of(city_folder)
    yield engine
    engine.dispose()


def paces(pace: KeptPace, clock: TrainingClock, rounds: int) -> list[float]:
    """Return how fast the clock goes within each of so many rounds, and after the last."""

    async def play() -> list[float]:
        found = []
        for _ in range(rounds):
            async with pace.round():
                found.append(clock.pace)
        return [*found, clock.pace]

    return asyncio.run(play())


def ticks(seconds: float) -> Callable[[], float]:
    """Return a clock of the machine by which each round takes so long."""
    times = count()
    return lambda: next(times) * seconds


def test_it_goes_on_while_rounds_are_quick(clock, engine) -> None:
    assert paces(KeptPace(clock, engine, ticks(0.9)), clock, 3) == [60.0] * 4


def test_it_stands_while_a_round_is_sent_as_long_as_the_one_before_took(clock, engine) -> None:
    assert paces(KeptPace(clock, engine, ticks(1.1)), clock, 2) == [60.0, 0.0, 60.0]
    clock.set_speed(10.0)
    assert paces(KeptPace(clock, engine, ticks(1.1)), clock, 2) == [10.0] * 3


def test_a_round_that_fails_lets_it_go_on(clock, engine) -> None:
    pace = KeptPace(clock, engine, ticks(5.0))
    paces(pace, clock, 1)

    async def fails() -> None:
        async with pace.round():
            assert clock.pace == 0.0
            raise TimeoutError

    with pytest.raises(TimeoutError):
        asyncio.run(fails())
    assert clock.pace == 60.0


def test_it_waits_for_evidence_but_not_where_nobody_matches(clock, engine, monkeypatch) -> None:
    monkeypatch.setattr(kept_pace, "LOOK_S", 0.0)
    asked = []

    def waits(tx: object, now: object) -> timedelta:
        asked.append(clock.pace)
        return timedelta(minutes=3)

    monkeypatch.setattr(kept_pace, "evidence_lag", waits)
    pace = KeptPace(clock, engine, ticks(0.5))
    assert paces(pace, clock, 2) == [0.0, 60.0, 60.0]
    assert asked.count(0.0) > 10  # it was asked for again while the clock stood, and then no more
    monkeypatch.setattr(kept_pace, "evidence_lag", lambda tx, now: timedelta(0))
    paces(pace, clock, 1)
    monkeypatch.setattr(kept_pace, "evidence_lag", waits)
    assert paces(pace, clock, 1) == [0.0, 60.0]  # matching has caught up since
