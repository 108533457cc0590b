from dataclasses import replace

from data.model import DepotId, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import Tx
from data.store.setup.machines import (
    find_vehicle_by_name,
    get_vehicle,
    list_depots,
    list_reload_sites,
    list_vehicles,
    save_fleet,
)
from tests import village as v
from tests.village_database import FLEET


def test_the_fleet_comes_back_as_the_file_said(tx: Tx) -> None:
    assert tuple(list_vehicles(tx)) == FLEET.vehicles
    assert tuple(list_depots(tx)) == FLEET.depots
    assert tuple(list_reload_sites(tx)) == FLEET.reload_sites


def test_a_vehicle_keeps_its_id_while_the_file_changes_around_it(tx: Tx) -> None:
    grader = v.a_vehicle(1, name="Grader", type="grader")
    save_fleet(tx, replace(FLEET, vehicles=(grader, v.a_vehicle(2, blade_m=3.7))))
    again = find_vehicle_by_name(tx, "Truck 2")
    assert again is not None
    assert (again.id, again.blade_m) == (VehicleId(2), 3.7)


def test_a_vehicle_that_left_the_file_is_retired_and_can_come_back(tx: Tx) -> None:
    add_device(tx, "phone", VehicleId(1), "hash")
    save_fleet(tx, replace(FLEET, vehicles=(v.a_vehicle(2),)))
    assert [each.name for each in list_vehicles(tx)] == ["Truck 2"]
    assert find_vehicle_by_name(tx, "Truck 1") is None
    assert get_vehicle(tx, VehicleId(1)).name == "Truck 1"

    save_fleet(tx, FLEET)
    assert [each.id for each in list_vehicles(tx)] == [1, 2]


def test_a_depot_of_retired_vehicles_only_is_not_offered(tx: Tx) -> None:
    yard = v.a_depot(7, name="Yard")
    moved = (v.a_vehicle(2, depot_id=DepotId(7)),)
    save_fleet(tx, replace(FLEET, depots=(yard,), vehicles=moved))
    assert [each.name for each in list_depots(tx)] == ["Yard"]
    assert list_vehicles(tx)[0].depot_id == list_depots(tx)[0].id
