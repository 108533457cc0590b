"""What own and hired machines cost side by side, worked out by hand."""

from dataclasses import replace

import pytest

from data.model import CallOut, CallOutId, CallOutState, StormId, VehicleId
from fleet.reports.own_and_hired import MoneySpent
from fleet.reports.storm_costs import MachineCost, TruckCost
from fleet.storms.call_outs import Hire
from tests import village as v

OWN, HIRED = v.a_vehicle(), v.a_vehicle(2, owner="contractor", company="Snow Ltd")
CALL = CallOut(
    CallOutId(1), StormId(1), HIRED.id, CallOutState.ARRIVED, v.NOW, "leila", rate_h=50.0
)


def truck(vehicle, hires=(), **cost) -> TruckCost:
    return TruckCost(vehicle, MachineCost(vehicle.name, **cost), tuple(hires))


SPENT = MoneySpent(
    "IRR",
    [
        truck(OWN, paid_h=5.0, work_m=6_000.0, machines_cost=200.0, material_cost=40.0),
        truck(
            HIRED, [Hire(CALL, HIRED, 4.0, 2.0)], paid_h=4.0, work_m=2_000.0, machines_cost=200.0
        ),
        truck(replace(OWN, id=VehicleId(9))),  # was never used
    ],
    {OWN.id: 120.0},
    crews_h=6.0,
    crews_cost=60.0,
)


def test_cleared_kilometres_are_shared_out_by_the_metres_at_work():
    # 16 lane-km for 8 km at work: 12 by the own machine for 240, 4 by the hired one for 200.
    money = SPENT.by(16_000.0)

    assert (money.own.cleared_m, money.hired.cleared_m) == (12_000.0, 4_000.0)
    assert (money.own.cost_per_km, money.hired.cost_per_km) == (20.0, 50.0)
    assert money.total.cost_per_km == pytest.approx(440 / 16)
    assert (money.own.machines, money.hired.machines, money.total.machines) == (1, 1, 2)


def test_what_is_estimated_or_doubtful_is_told():
    money = SPENT.by(16_000.0)

    assert (money.own.assumed_kg, money.hired.assumed_kg) == (120.0, 0.0)
    assert (money.open_hires, money.doubtful_hires) == (1, 1)


def test_where_nothing_was_cleared_there_is_no_cost_of_a_kilometre():
    assert SPENT.by(0.0).total.cost_per_km is None
