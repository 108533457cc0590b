"""What everybody is told of machines: that one of a district reloads, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from data.model import Storm, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.engine import Tx
from data.store.setup.machines import list_reload_sites
from data.store.tracking.positions import add_positions
from data.streets.network import build_network
from fleet.public.delayed_streets import cleared_until, reloading_districts
from fleet.reports.storm_statistics import StormRecords
from tests import village as v
from tests.fleet.drives import a_fix
from tests.fleet.reports.test_storm_statistics import MAIN, needed, plow
from tests.village_database import POLICY

NETWORK = build_network(replace(one, district="North") for one in v.village_segments())
WORKED_AT = v.NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _plowed(tx: Tx, storm: Storm) -> None:
    """Truck 1 has plowed a street until an hour after the storm's start."""
    plow(tx, storm, WORKED_AT)
    add_device(tx, "box", VehicleId(1), "box")


def stand_at_salt(tx: Tx, minutes: float) -> None:
    """Let truck 1 be heard at the salt heap so long after its work."""
    (site,) = list_reload_sites(tx)
    fix = a_fix(site.location)
    add_positions(tx, [replace(fix, fixed_at=WORKED_AT + timedelta(minutes=minutes))])


def test_a_machine_at_the_salt_heap_is_of_the_district_that_it_worked_in(tx, storm):
    stand_at_salt(tx, 10)
    at = WORKED_AT + timedelta(minutes=12)
    assert reloading_districts(tx, storm, NETWORK, at) == {"North": 1}


def test_the_database_is_asked_once_for_all_machines(tx, storm):
    stand_at_salt(tx, 10)
    asked: list[str] = []
    event.listen(tx, "before_cursor_execute", lambda *told: asked.append(told[2]))
    reloading_districts(tx, storm, NETWORK, WORKED_AT + timedelta(minutes=12))
    assert len(asked) == 4


def test_before_it_came_nobody_reloads(tx, storm):
    stand_at_salt(tx, 10)
    assert reloading_districts(tx, storm, NETWORK, WORKED_AT + timedelta(minutes=9)) == {}


@pytest.mark.parametrize("at_min", [16, 60], ids=["not heard since", "too long after work"])
def test_nothing_is_said_of_a_machine_that_may_do_something_else(tx, storm, at_min):
    stand_at_salt(tx, 10 if at_min == 16 else at_min)
    at = WORKED_AT + timedelta(minutes=at_min)
    assert reloading_districts(tx, storm, NETWORK, at) == {}


def test_a_street_is_cleared_again_when_all_its_passes_were_made_again(tx, storm):
    first_at = WORKED_AT + timedelta(hours=1, seconds=50)
    again_at = first_at + timedelta(hours=2)
    plow(tx, storm, first_at, needed() - 1)  # with the one made before
    plow(tx, storm, again_at, needed() - 1)
    account = StormRecords().account(tx, storm, NETWORK, POLICY)
    street = MAIN.segment_id
    now = again_at + timedelta(hours=1)
    assert needed() == 2
    assert cleared_until(account, now)[street] == (first_at.replace(second=0), None)

    plow(tx, storm, now)
    account = StormRecords().account(tx, storm, NETWORK, POLICY)
    assert cleared_until(account, now)[street] == (now.replace(second=0), None)
