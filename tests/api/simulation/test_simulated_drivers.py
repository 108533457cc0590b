"""Drivers whom nobody plays read what dispatchers write in a rehearsal, answer and tap."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from api.config.settings import Settings
from api.simulation.scenario_choice import Person, Script
from api.simulation.simulated_storm import Simulation
from data.model import (
    LegOutcome,
    LegProgress,
    Message,
    ShiftId,
    ShiftState,
    StormId,
    VehicleId,
)
from data.model.training.rehearsal import Training
from data.policy.message_rules import BLADE_IS_DOWN, CALL_DISPATCH, UNDERSTOOD, MessageRules
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.messages.messages import list_messages_of_shift
from data.store.planning.plans import find_published_plan
from data.store.shifts.shifts import get_shift, list_progress, save_shift
from data.store.storms.storms import get_storm
from data.store.training.rehearsal import set_training
from data.store.training.seats import set_controls
from fleet.messages.driver_messages import MessageToDrivers, message_to_drivers
from tests import village as v
from tests.api.conftest import PASSWORD, StillClock
from tests.api.simulation.test_live_training import changing, take
from tests.api.simulation.test_simulated_storm import Scene, acted
from tests.fleet.simulation.test_simulated_trucks import a_route
from tests.village_database import DISPATCHER

SCRIPT = Script(seed=3, calls_per_hour=0, dispatcher=Person("dispatcher", PASSWORD), language="fa")
HALF_MINUTE = timedelta(seconds=30)
SCENARIO = """
lasts_h = 12
title.en = "One"
brief.en = "One"
[[snow]]
from_h = 0
until_h = 1
cm_h = 2
"""
TROUBLE = """
[[trouble]]
machine = 1
from_h = 0
until_h = {until_h}
kind = "{kind}"
"""
ASKS = "Is the blade down? Please tap Done street by street."
LAST_LEG = len(a_route().legs) - 1

Play = Callable[..., None]


@pytest.fixture
def play(settings: Settings, planned_city: Path, clock: StillClock) -> Play:
    """Play scenes in the planned city as a sandbox whose truck has some trouble.

    For each the simulation begins anew, as after a set-back.
    """

    def played(*scenes: Scene, kind: str = "", until_h: float = 9) -> None:
        scenario = SCENARIO + (TROUBLE.format(kind=kind, until_h=until_h) if kind else "")
        training = Training("village", "one", scenario, 1, v.NOW, "sara")
        changing(planned_city, lambda tx: set_training(tx, training))
        for scene in scenes:
            acted(settings, planned_city, clock, scene, SCRIPT)

    return played


async def goes_on(simulation: Simulation, clock: StillClock, minutes: float) -> None:
    for _ in range(round(minutes * 2)):
        clock.moment += HALF_MINUTE
        await simulation.tick()


def write(folder: Path, clock: StillClock, text: str = ASKS) -> None:
    """Write to the truck as a dispatcher does."""
    message, rules = MessageToDrivers([VehicleId(1)], text, "en"), MessageRules()
    changing(
        folder,
        lambda tx: message_to_drivers(
            tx, DISPATCHER, get_storm(tx, StormId(1)), message, rules, clock.moment
        ),
    )


def written(folder: Path) -> list[Message]:
    engine = database_of(folder)
    with reading(engine) as tx:
        thread = list_messages_of_shift(tx, ShiftId(1), 100)
    engine.dispose()
    return thread


def taps(folder: Path) -> list[LegProgress]:
    """Return what the driver has tapped as done, by leg."""
    engine = database_of(folder)
    with reading(engine) as tx:
        plan = find_published_plan(tx, StormId(1))
        over = list_progress(tx, plan.id, ShiftId(1))
    engine.dispose()
    assert all(each.state is LegOutcome.DONE for each in over)
    return sorted(over, key=lambda each: each.leg)


def shift_state(folder: Path) -> ShiftState:
    engine = database_of(folder)
    with reading(engine) as tx:
        state = get_shift(tx, ShiftId(1)).state
    engine.dispose()
    return state


def test_a_message_to_a_simulated_driver_is_read_and_answered(
    play: Play, planned_city: Path
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        for text in (ASKS, CALL_DISPATCH["en"]):
            write(planned_city, clock, text)
        await goes_on(simulation, clock, 20)

    play(scene)
    asked, called, *answers = written(planned_city)
    assert asked.delivered_at == asked.seen_at == v.NOW + HALF_MINUTE
    assert called.seen_at is not None
    assert [(one.from_driver, one.words) for one in answers] == [(True, UNDERSTOOD)]
    assert taps(planned_city) == []


def test_who_is_asked_about_a_dead_sensor_says_that_the_blade_is_down_and_taps_from_then_on(
    play: Play, planned_city: Path
) -> None:
    async def asked(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        await goes_on(simulation, clock, 4)
        write(planned_city, clock)
        await goes_on(simulation, clock, 1)

    async def later(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        await goes_on(simulation, clock, 20)

    play(asked, later, kind="dead")
    _, answer = written(planned_city)
    assert answer.words == BLADE_IS_DOWN
    first, *_, last = taps(planned_city)
    assert first.leg > 0
    assert first.ended_at is not None
    assert answer.sent_at < first.ended_at < v.NOW + timedelta(minutes=5)
    assert last.leg == LAST_LEG


def test_a_driver_who_has_not_come_reads_nothing_until_he_is_there(
    play: Play, planned_city: Path
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        write(planned_city, clock)
        await goes_on(simulation, clock, 8)

    play(scene, kind="absent", until_h=0.1)
    asked, _ = written(planned_city)
    assert asked.seen_at is not None
    assert v.NOW + timedelta(minutes=6) <= asked.seen_at < v.NOW + timedelta(minutes=7)


def test_who_sits_in_the_truck_himself_reads_and_taps_himself(
    play: Play, planned_city: Path
) -> None:
    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        write(planned_city, clock)
        await goes_on(simulation, clock, 1)
        changing(planned_city, lambda tx: take(tx, "driver", VehicleId(1)))
        changing(planned_city, lambda tx: set_controls(tx, VehicleId(1), going=True, blade=True))
        write(planned_city, clock)
        await goes_on(simulation, clock, 20)

    play(scene, kind="dead")
    *_, answer, asked = written(planned_city)
    assert answer.from_driver
    assert asked.seen_at is None
    assert taps(planned_city) == []


def test_a_shift_that_was_begun_for_taps_ends_at_its_time_and_not_before_it_was_prolonged_to(
    play: Play, planned_city: Path
) -> None:
    prolonged = v.a_shift(ends_at=v.NOW + timedelta(hours=9), state=ShiftState.DRIVING)

    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        write(planned_city, clock)
        await goes_on(simulation, clock, 10)
        changing(planned_city, lambda tx: save_shift(tx, prolonged))
        for hours, state in ((8, ShiftState.DRIVING), (9, ShiftState.ENDED)):
            clock.moment = v.NOW + timedelta(hours=hours)
            await goes_on(simulation, clock, 1)
            assert shift_state(planned_city) is state

    play(scene, kind="dead")
