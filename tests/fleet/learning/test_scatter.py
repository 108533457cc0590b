"""How far ends of routes are off, from drives drawn by hand."""

from dataclasses import replace
from datetime import timedelta
from math import sqrt
from operator import attrgetter

import numpy as np
import pytest

from data.model import StormId, VehicleId
from data.streets.turn_costs import TURN_COST_S
from fleet.learning.paces import (
    ForeseenDrive,
    foreseen_drives,
    learned_pace,
    own_scatter_s,
    storm_sd,
)
from fleet.learning.street_drives import MachineStop, StormDrives
from tests import village as v
from tests.fleet.learning.test_paces import a_drive, spread

STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.MILL, v.TULIP, v.ORCHARD, v.RING, v.SCHOOL, v.ROSE)


def storms(shares, machines=8, drives=20):
    """The same drives in some storms, in each of which all take a share as long."""
    return StormDrives(
        tuple(
            drive
            for n, share in enumerate(shares)
            for machine in range(machines)
            for drive in spread(
                drives,
                share,
                seed=100 * n + machine,
                storm_id=StormId(n + 1),
                vehicle_id=VehicleId(machine + 1),
                segment_id=STREETS[machine],
                started_at=v.NOW + timedelta(days=n),
            )
        )
    )


def test_storms_that_differ_make_ends_less_sure_than_storms_alike():
    alike, apart = (
        learned_pace(storms(shares)).scatter
        for shares in ([1.0] * 6, np.exp([0.3, -0.3, 0.2, -0.2, 0.3, -0.3]))
    )
    assert alike.storm_sd < 0.12
    assert apart.storm_sd == pytest.approx(0.28, abs=0.08)


def test_one_storm_alone_does_not_say_that_storms_are_alike():
    assert 0.1 < learned_pace(storms([1.0])).scatter.storm_sd < 0.25


def test_a_storm_is_foreseen_by_what_others_teach_and_not_by_itself():
    seen, turns = storms([1.0, 1.1, 0.9]).drives, dict(TURN_COST_S)
    slow = [replace(one, seconds=2.0 * one.seconds) if one.storm_id == 2 else one for one in seen]
    before, after = (
        {one.drive.storm_id: one.expected_s for one in foreseen_drives(drives, turns)}
        for drives in (seen, slow)
    )
    assert after[2] == before[2]
    assert after[1] > before[1]


def test_every_drive_is_foreseen_once_of_one_storm_and_of_more_than_parts():
    for shares in ([1.0], [1.0] * 7):
        seen = storms(shares, machines=2, drives=6).drives
        found = [one.drive for one in foreseen_drives(seen, dict(TURN_COST_S))]
        key = attrgetter("storm_id", "vehicle_id", "seconds")
        assert sorted(found, key=key) == sorted(seen, key=key)


def test_what_one_storm_alone_was_slow_in_makes_ends_as_unsure_as_it_was():
    whole = [3_600.0 * share for share in (1.2, 0.8, 1.2, 0.8, 1.2, 0.8)]
    rows = [
        ForeseenDrive(a_drive(storm_id=StormId(n)), 3_600.0, seconds - 3_600.0)
        for n, seconds in enumerate(whole)
    ]
    off2, worth = 6 * 0.2**2, 2 * 0.15**2
    assert sqrt((0.9 * off2 + worth) / 8) < storm_sd(rows) < sqrt((off2 + worth) / 8)


def test_machines_that_differ_in_one_storm_are_unsure_each_by_itself():
    rows = [
        ForeseenDrive(a_drive(vehicle_id=VehicleId(n)), 3_600.0, more_s)
        for n, more_s in enumerate((600.0, -600.0, 600.0, -600.0))
    ]
    alone = own_scatter_s(rows, StormDrives(), ())
    assert alone == pytest.approx(100.0 * 4 / 3)  # of four, one tells what they have in common
    longer = [row._replace(more_s=row.more_s + 900.0) for row in rows]
    assert own_scatter_s(longer, StormDrives(), ()) == pytest.approx(alone)


def test_stops_make_ends_unsure_too():
    rows = [ForeseenDrive(a_drive(), 3_600.0, 0.0)]
    stops = StormDrives(stops=(MachineStop("dump_truck", 600.0),))
    assert own_scatter_s(rows, stops, ()) == pytest.approx(100.0)


def test_nobody_knows_how_sure_ends_are_before_anything_was_driven():
    assert learned_pace(StormDrives()).scatter is None
