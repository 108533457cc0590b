from dataclasses import replace

import pytest

from data.model import (
    Treatment,
    VehicleId,
)
from data.setup.fleet_file import FleetFile
from data.store.database.engine import Tx
from data.store.setup.machines import save_fleet
from fleet.planning.plan_preparation import Prepared, prepare
from fleet.sectors.sector_solving import Effort, solve_joined, solve_sector
from fleet.sectors.sector_split import MOST_JOBS, of_sector, sector_count, sectors_for
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg

MACHINES = 8
EFFORT = Effort(0.2, 1, lambda: False)


@pytest.fixture
def prepared(tx: Tx) -> Prepared:
    """The village with eight machines; the last two do nothing but salt."""
    vehicles = [v.a_vehicle(n) for n in range(1, MACHINES + 1)]
    vehicles[6:] = [replace(one, capabilities=(Treatment.SALT,)) for one in vehicles[6:]]
    save_fleet(tx, FleetFile((v.a_depot(),), (v.a_reload_site(),), tuple(vehicles)))
    storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    return prepare(tx, storm.id, v.village(), v.NOW)


def test_a_plan_is_split_by_workers_size_and_machines() -> None:
    assert sector_count(20_604, 66, workers=1, least_jobs=4_000) == 1
    assert sector_count(20_604, 66, workers=4, least_jobs=4_000) == 4
    assert sector_count(20_604, 66, workers=16, least_jobs=4_000) == 5
    assert sector_count(5_000, 66, workers=4, least_jobs=4_000) == 1
    assert sector_count(20_604, 10, workers=4, least_jobs=4_000) == 2
    assert sector_count(4 * MOST_JOBS, 330, workers=1, least_jobs=4_000) == 4
    assert sector_count(4 * MOST_JOBS + 1, 330, workers=4, least_jobs=4_000) == 8


def test_each_job_and_each_machine_is_in_one_sector(prepared: Prepared) -> None:
    sectors = sectors_for(prepared, 2, 3)
    parts = [of_sector(prepared, sector) for sector in sectors]
    assert len(parts) == 2
    assert sorted(job.id for part in parts for job in part.jobs) == [
        job.id for job in prepared.jobs
    ]
    shifts = sorted(shift.id for part in parts for shift in part.shifts)
    assert shifts == [shift.id for shift in prepared.shifts]
    assert all(part.jobs and part.shifts for part in parts)


def test_each_sector_gets_machines_of_each_kind(prepared: Prepared) -> None:
    salting = {VehicleId(7), VehicleId(8)}
    for sector in sectors_for(prepared, 2, 3):
        machines = {shift.vehicle_id for shift in of_sector(prepared, sector).shifts}
        assert machines - salting


def test_few_jobs_are_not_split(prepared: Prepared) -> None:
    assert sectors_for(prepared, 2, 4_000) == ()
    assert sectors_for(prepared, 1, 3) == ()


def test_a_locked_job_is_in_the_sector_of_its_machine(prepared: Prepared) -> None:
    first, second = sectors_for(prepared, 2, 3)
    job = of_sector(prepared, first).jobs[0]
    leg = a_leg(segment_id=job.segment_id, job_ids=(job.id,))
    present = replace(prepared.present, locked={second.shifts[0]: (leg,)})
    locked = replace(prepared, present=present)
    assert job not in of_sector(locked, first).jobs
    assert job in of_sector(locked, second).jobs


def test_sectors_planned_apart_become_one_plan_of_all_jobs(prepared: Prepared) -> None:
    sectors = sectors_for(prepared, 2, 3)
    found = [
        solve_sector(of_sector(prepared, sector), EFFORT, lambda *_: None) for sector in sectors
    ]
    plan = solve_joined(prepared, sectors, found, EFFORT, lambda *_: None)
    done = {job for route in plan.routes for leg in route.legs for job in leg.job_ids}
    assert done == {job.id for job in prepared.jobs}
    assert plan.unserved == ()
    assert [route.shift_id for route in plan.routes] == [shift.id for shift in prepared.shifts]


def test_what_was_done_meanwhile_is_not_in_the_joined_plan(prepared: Prepared) -> None:
    sectors = sectors_for(prepared, 2, 3)
    found = [
        solve_sector(of_sector(prepared, sector), EFFORT, lambda *_: None) for sector in sectors
    ]
    later = replace(prepared, jobs=prepared.jobs[1:])
    plan = solve_joined(later, sectors, found, EFFORT, lambda *_: None)
    done = {job for route in plan.routes for leg in route.legs for job in leg.job_ids}
    assert done == {job.id for job in later.jobs}
