"""A rehearsal's clock waits for its simulation and for evidence."""

import asyncio
from collections.abc import Iterator
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
    """Return how fast the clock goes at the end of each of so many rounds, and after the last."""

    async def play() -> list[float]:
        found = []
        for _ in range(rounds):
            async with pace.round():
                for _ in range(3):
                    await asyncio.sleep(0)
                found.append(clock.pace)
        return [*found, clock.pace]

    return asyncio.run(play())


def test_it_goes_on_while_rounds_are_quick(clock, engine) -> None:
    assert paces(KeptPace(clock, engine), clock, 2) == [60.0] * 3


def test_it_stands_for_the_rest_of_a_round_that_takes_long(clock, engine, monkeypatch) -> None:
    monkeypatch.setattr(kept_pace, "MOST_BEHIND", timedelta(0))
    assert paces(KeptPace(clock, engine), clock, 2) == [0.0, 0.0, 60.0]
    clock.pause()
    assert paces(KeptPace(clock, engine), clock, 1) == [0.0, 0.0]


def test_a_round_that_fails_lets_it_go_on(clock, engine, monkeypatch) -> None:
    monkeypatch.setattr(kept_pace, "MOST_BEHIND", timedelta(0))

    async def fails() -> None:
        async with KeptPace(clock, engine).round():
            for _ in range(3):
                await asyncio.sleep(0)
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
    ticks = count()
    pace = KeptPace(clock, engine, lambda: next(ticks) / 2)
    assert paces(pace, clock, 1) == [60.0, 60.0]
    assert asked.count(0.0) > 10  # it was asked for again while the clock stood
    asked.clear()
    assert paces(pace, clock, 1) == [60.0, 60.0]
    assert asked == [60.0]  # and then no more
    monkeypatch.setattr(kept_pace, "evidence_lag", lambda tx, now: timedelta(0))
    paces(pace, clock, 1)
    monkeypatch.setattr(kept_pace, "evidence_lag", waits)
    paces(pace, clock, 1)
    assert asked.count(0.0) > 10  # matching has caught up since
