from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from api.config.settings import Settings
from api.simulation.scenario_choice import Person, Script
from api.simulation.simulated_storm import Simulation
from data.model import StormId
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.messages.handover_notes import list_notes_of_storm
from data.store.shifts.blockages import list_open_blockages
from data.store.storms.closures import list_all_closures
from data.training import HOUR, BlockedStreet, ClosedStreet, StreetKind, ToldWords, shipped_scenario
from fleet.simulation import street_blocks
from tests.api.conftest import PASSWORD, StillClock
from tests.api.simulation.test_simulated_storm import acted

MINISTER = {"en": "The minister leaves from {place} in an hour"}
CLOSED = {"en": "{place} is closed, a bus burns", "fa": "{place} بسته است"}
STUCK = {"en": "A truck stands across the street"}
INCIDENTS = replace(
    shipped_scenario("first-night"),
    calls=(),
    call=(),
    message=(ToldWords(0.1 * HOUR, MINISTER),),
    closure=(ClosedStreet(0.1 * HOUR, 1 * HOUR, StreetKind.MAIN, CLOSED),),
    blocked=(BlockedStreet(0 * HOUR, 1 * HOUR, StreetKind.RESIDENTIAL, STUCK),),
)
SCRIPT = Script(
    seed=3,
    calls_per_hour=0,
    dispatcher=Person("dispatcher", PASSWORD),
    scenario=INCIDENTS,
)


def test_what_a_scenario_tells_closes_and_blocks_comes_to_the_board_once(
    settings: Settings, planned_city: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(street_blocks, "SOON", timedelta(0))  # the village's routes are short

    async def scene(simulation: Simulation, clock: StillClock) -> None:
        await simulation.begin(print)
        for _ in range(25):
            clock.moment += timedelta(seconds=30)
            await simulation.tick()

    for _ in range(2):  # it ends in the middle and begins anew, as after a set-back
        acted(settings, planned_city, clock, scene, SCRIPT)
    engine = database_of(planned_city)
    with reading(engine) as tx:
        notes = list_notes_of_storm(tx, StormId(1))
        closed = list_all_closures(tx, StormId(1))
        blocked = list_open_blockages(tx, StormId(1))
    engine.dispose()
    told = [note.text for note in notes]
    assert len(told) == 2
    assert [note.texts["en"] for note in notes] == told
    (of_closure,) = [note for note in notes if "closed" in note.text]
    assert " بسته است" in of_closure.texts["fa"]  # each reads it in their own language
    assert any(text.startswith("The minister leaves from ") for text in told)
    assert not any("{place}" in text for text in told)
    (closure,) = closed
    assert closure.reason.endswith(" is closed, a bus burns")
    (blockage,) = [one for one in blocked if one.text == STUCK["en"]]
    assert blockage.segment_id != closure.segment_id
