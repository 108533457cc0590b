from contextvars import Context
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from data.model import LonLat, VehicleId
from data.store.database.engine import Database, create_engine, transaction
from fleet.tracking.live_fleet import Hub, LiveFleet, VehicleState
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

NOW = v.NOW + timedelta(minutes=2)
TRUCK = VehicleId(1)


@pytest.fixture
def live() -> LiveFleet:
    fleet = LiveFleet()
    fleet.meet([v.a_vehicle(1), v.a_vehicle(2)])
    return fleet


def test_a_truck_is_where_its_latest_fix_says(live: LiveFleet) -> None:
    fixes = a_drive((0, 0), (200, 0))
    (moved,) = live.see(fixes, NOW)
    assert moved.location == fixes[-1].location
    assert moved.name == "Truck 1"
    assert moved.heading_deg == pytest.approx(90.0)


def test_places_that_another_server_knows_are_taken_over_unless_ours_are_newer(
    live: LiveFleet,
) -> None:
    fixes, other = a_drive((0, 0), (200, 0)), LiveFleet()
    live.see(fixes, NOW)
    other.meet([v.a_vehicle(1)])
    assert other.take(live.places([TRUCK, VehicleId(2)])) == [live.picture()[TRUCK]]
    assert other.picture() == live.picture()
    old = replace(live.places([TRUCK])[0], fixed_at=v.NOW - timedelta(hours=1))
    unknown = replace(old, vehicle_id=VehicleId(9), fixed_at=NOW)
    assert other.take([old, unknown]) == []
    assert other.picture() == live.picture()


def test_a_late_fix_never_moves_the_truck_back(live: LiveFleet) -> None:
    fixes = a_drive((0, 0), (200, 0))
    live.see(fixes, NOW)
    assert live.see(fixes[:3], NOW) == []
    assert live.picture()[TRUCK].location == fixes[-1].location


def test_a_fix_of_an_unknown_vehicle_is_not_shown(live: LiveFleet) -> None:
    assert live.see([a_fix(v.at_m(0, 0), vehicle=9)], NOW) == []
    assert not live.knows([VehicleId(9)])
    assert live.knows([TRUCK])


@pytest.mark.parametrize(
    ("speed_mps", "blade", "spreader", "state"),
    [
        (5.0, True, None, VehicleState.WORKING),
        (5.0, False, True, VehicleState.WORKING),
        (5.0, False, False, VehicleState.DRIVING),
        (5.0, None, None, VehicleState.DRIVING),
        (0.1, True, None, VehicleState.STOPPED),
        (None, True, None, VehicleState.WORKING),
    ],
)
def test_what_a_truck_does_follows_from_its_fix(
    live: LiveFleet,
    speed_mps: float | None,
    blade: bool | None,
    spreader: bool | None,
    state: VehicleState,
) -> None:
    fix = a_fix(v.at_m(0, 0), speed_mps=speed_mps, blade=blade, spreader=spreader)
    assert live.see([fix], NOW)[0].state is state


def test_a_standing_truck_keeps_its_heading(live: LiveFleet) -> None:
    live.see([a_fix(v.at_m(0, 0), 0, speed_mps=8.0, heading_deg=90.0)], NOW)
    live.see([a_fix(v.at_m(0, 0), 5, speed_mps=0.0, heading_deg=271.0)], NOW)
    assert live.picture()[TRUCK].heading_deg == 90.0


def test_a_truck_that_says_nothing_falls_silent_once(live: LiveFleet) -> None:
    live.see([a_fix(v.at_m(0, 0))], NOW)
    assert live.fall_silent(v.NOW + timedelta(minutes=9)) == []
    (quiet,) = live.fall_silent(v.NOW + timedelta(minutes=11))
    assert quiet.state is VehicleState.SILENT
    assert live.fall_silent(v.NOW + timedelta(minutes=12)) == []


def test_a_place_that_the_receiver_does_not_believe_is_not_shown(live: LiveFleet) -> None:
    fix = replace(a_fix(LonLat(0, 0)), attributes={"valid": False})
    assert live.see([fix], NOW) == []


@dataclass(frozen=True)
class Thing:
    id: int
    word: str


def test_a_slow_listener_gets_only_the_newest_of_each_thing() -> None:
    hub, calls = Hub(), []
    listener = hub.subscribe(lambda: calls.append("wake"))
    hub.publish("vehicles", [Thing(1, "old"), Thing(2, "two")])
    hub.publish("vehicles", [Thing(1, "new")])
    hub.publish("coverage", [(7, 0, -1)])
    hub.publish("coverage", [])
    assert listener.take() == [
        ("vehicles", [Thing(1, "new"), Thing(2, "two")]),
        ("coverage", [(7, 0, -1)]),
    ]
    assert listener.take() == []
    assert len(calls) == 3


def test_a_view_from_before_a_change_does_not_replace_the_view_from_after_it(
    tmp_path: Path,
) -> None:
    engine, hub = create_engine(tmp_path / "empty.sqlite"), Hub()
    listener = hub.subscribe(lambda: None)
    slow, quick, reader = Context(), Context(), Context()
    slow.run(write, engine)
    quick.run(write, engine)
    quick.run(hub.publish, "storm", [Thing(1, "newer")])
    slow.run(hub.publish, "storm", [Thing(1, "older"), Thing(2, "two")])
    assert listener.take() == [("storm", [Thing(1, "newer"), Thing(2, "two")])]
    reader.run(hub.publish, "storm", [Thing(1, "read without a change")])
    assert listener.take() == [("storm", [Thing(1, "read without a change")])]
    hub.forget_versions()
    slow.run(hub.publish, "storm", [Thing(1, "older")])
    assert listener.take() == [("storm", [Thing(1, "older")])]
    engine.dispose()


def write(engine: Database) -> None:
    with transaction(engine):
        pass


def test_who_unsubscribed_hears_nothing() -> None:
    hub = Hub()
    listener = hub.subscribe(lambda: None)
    hub.unsubscribe(listener)
    hub.publish("vehicles", [Thing(1, "x")])
    assert listener.take() == []
