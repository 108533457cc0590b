"""A scenario that is made from a storm of the city."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.errors import ConflictError
from data.files.toml_reader import values_of
from data.files.toml_writer import written_toml
from data.model import (
    Alert,
    AlertId,
    AlertKind,
    Blockage,
    BlockageId,
    MachineService,
    OutReason,
    ShiftId,
    SnowSource,
)
from data.store.alerts import add_alert
from data.store.setup.machines import list_vehicles
from data.store.shifts.blockages import add_blockage
from data.store.shifts.shifts import list_shifts
from data.training import HOUR, StreetKind, Trouble, scenario_from_toml
from fleet.requests.intake import receive
from fleet.storms.closures import ClosureWish, close_street
from fleet.storms.machines_in_service import switch_machine
from fleet.storms.snowfall import Fallen, add_snow
from fleet.storms.storm_start import end_storm
from fleet.training.past_storm import scenario_of_storm, spells_of_calls, sums_of
from maps.training.past_storm import titled
from tests import village as v
from tests.fleet.requests.test_intake import a_report
from tests.village_database import DISPATCHER

MINUTE = timedelta(minutes=1)


def after(hours: float):
    return v.NOW + hours * HOUR


@pytest.fixture
def past(tx, storm):
    """A storm of seven hours in which this and that went wrong."""
    fallen = [Fallen(after(2), 20.0), Fallen(after(4), 40.0), Fallen(after(5), 100.0)]
    add_snow(tx, DISPATCHER, storm.id, fallen, SnowSource.HAND, v.village(), after(5))
    first, second = [one.id for one in list_vehicles(tx)][:2]
    out = MachineService(in_service=False, reason=OutReason.BROKEN)
    switch_machine(tx, DISPATCHER, storm.id, second, out, after(1))
    switch_machine(tx, DISPATCHER, storm.id, second, MachineService(in_service=True), after(3))
    silent = Alert(AlertId(0), storm.id, AlertKind.SILENT, first, after(2), after(2.5))
    add_alert(tx, silent)
    add_alert(tx, replace(silent, since=after(4), until=after(4) + 5 * MINUTE))
    wish = ClosureWish(v.MAIN_WEST, None, after(1), after(6), "Mr Karimi's wedding")
    close_street(tx, DISPATCHER, storm.id, v.village(), wish, after(1))
    shift = list_shifts(tx, storm.id)[0]
    place = v.node_at(7)
    blocked = Blockage(
        BlockageId(0), storm.id, v.BLIND, first, ShiftId(shift.id), after(3), place, "Ali's car"
    )
    add_blockage(tx, blocked)
    return end_storm(tx, DISPATCHER, storm.id, after(6.5))


def test_a_past_storm_becomes_a_scenario_that_any_city_can_play(tx, past):
    scenario = scenario_of_storm(tx, past.id, v.village())
    assert scenario.lasts_h == 7 * HOUR
    assert [(one.from_h / HOUR, one.until_h / HOUR, one.cm_h) for one in scenario.snow] == [
        (0, 4, 1.0),
        (4, 5, 6.0),
    ]
    troubles = [
        (one.machine, one.kind, one.from_h / HOUR, one.until_h / HOUR) for one in scenario.trouble
    ]
    assert troubles == [(2, Trouble.BREAKDOWN, 1, 3), (1, Trouble.SILENT, 2, 2.5)]
    (closed,) = scenario.closure
    assert (closed.from_h, closed.until_h, closed.street) == (1 * HOUR, 6 * HOUR, StreetKind.MAIN)
    (blocked,) = scenario.blocked
    assert (blocked.from_h, blocked.until_h) == (3 * HOUR, 7 * HOUR)
    text = written_toml(values_of(titled(scenario, past.started_at, "Asia/Tehran")))
    assert "Karimi" not in text
    assert "Ali" not in text
    read = scenario_from_toml(text)
    assert read.snow == scenario.snow
    assert read.title["fa"].startswith("برف")
    assert read.brief["en"] == "As it was: 7 hours, 10 cm of snow, 0 calls."
    assert sums_of(read).hours == 7


def test_hours_with_as_many_callers_are_one_spell(tx, storm):
    for minute in (5, 70, 80, 130, 140, 300):
        receive(tx, DISPATCHER, a_report(text="Mill Street"), v.NOW + minute * MINUTE)
    end_storm(tx, DISPATCHER, storm.id, after(6))
    scenario = scenario_of_storm(tx, storm.id, v.village())
    spells = [(one.from_h / HOUR, one.until_h / HOUR, one.per_hour) for one in scenario.calls]
    assert spells == [(0, 1, 1), (1, 3, 2), (5, 6, 1)]
    assert "Mill" not in written_toml(values_of(scenario))


def test_an_hour_has_no_more_callers_than_a_scenario_may_have():
    spells = list(spells_of_calls({1: 2_500, 2: 2_000, 3: 7}, 4))
    assert [(one.from_h / HOUR, one.per_hour) for one in spells] == [(1, 2000), (3, 7)]


def test_a_storm_that_goes_on_makes_no_scenario(tx, storm):
    with pytest.raises(ConflictError, match="not over"):
        scenario_of_storm(tx, storm.id, v.village())
