"""How far ends of routes are off, from drives drawn by hand."""

from datetime import timedelta

import numpy as np
import pytest

from data.model import StormId, VehicleId
from fleet.learning.paces import learned_pace
from fleet.learning.scatter import own_scatter_s
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


def test_machines_that_differ_in_one_storm_are_unsure_each_by_itself():
    rows = [
        (a_drive(vehicle_id=VehicleId(n)), 3_600.0, more_s)
        for n, more_s in enumerate((600.0, -600.0, 600.0, -600.0))
    ]
    assert own_scatter_s(rows, StormDrives(), ()) == pytest.approx(100.0)


def test_stops_make_ends_unsure_too():
    rows = [(a_drive(), 3_600.0, 0.0)]
    stops = StormDrives(stops=(MachineStop("dump_truck", 600.0),))
    assert own_scatter_s(rows, stops, ()) == pytest.approx(100.0)


def test_nobody_knows_how_sure_ends_are_before_anything_was_driven():
    assert learned_pace(StormDrives()).scatter is None
