from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    BoardRequest,
    Coverage,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    JobState,
    LonLat,
    Pass,
    RequestId,
    RequestKind,
    RequestState,
    ServiceRequest,
    Side,
    Sighting,
    Snap,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from fleet.alerts.next_action import NOTHING
from fleet.coverage.coverage_states import CoverageState, painted
from fleet.routes.class_finish import ClassFinish
from fleet.tracking.live_fleet import VehicleLive, VehicleState
from maps.board.board import (
    LISTED,
    BoardRecords,
    dispatch_board,
    ids_sent_in_full,
    plan_view,
    vehicle_views,
)
from maps.board.class_sums import ClassSums
from maps.requests.requests import request_view
from maps.streets.street import StreetRecords, street_name, street_view
from tests.maps.plans import a_plan
from tests.village import (
    MAIN_EAST,
    MAIN_WEST,
    MILL,
    NOW,
    ROSE,
    YARD,
    a_job,
    a_segment,
    a_storm,
    a_vehicle,
    village,
)

POLICY = policy_from_toml(DEFAULT_POLICY)
NAMES = {VehicleId(1): "Plow 7", VehicleId(2): "Plow 8"}


def a_request(**changes):
    asked = ServiceRequest(
        id=RequestId(1),
        reference="B-0001",
        received_at=NOW,
        channel="phone",
        text="too much snow",
        kind=RequestKind.PLOW,
        state=RequestState.OPEN,
        address="Imam Street 12",
        location=LonLat(45.0, 37.0),
        snap=Snap(MAIN_WEST, Side.LEFT, 10.0, 3.0),
        job_id=a_job().id,
    )
    return replace(asked, **changes)


def a_waiting(number=1, **changes):
    came_s = int(NOW.timestamp()) - 10_000 + number
    return BoardRequest(number, 45.0, 37.0, "plow", came_s, None)._replace(**changes)


def a_board(**changes):
    parts = {
        "now": NOW,
        "storm": a_storm(),
        "states": painted(village(), POLICY, a_storm(), (), (), NOW),
        "due_at": {a_job().id: a_job().due_at},
        "next_action": NOTHING,
        "longest_search_s": 1200,
        "vehicles": (),
        "waiting": [a_waiting()],
        "requests": [a_request()],
        "network": village(),
        "plan": None,
        "runs": (),
    }
    parts |= changes
    classes = ClassSums(village(), POLICY).views(parts["states"], {}) if parts["storm"] else ()
    return dispatch_board(BoardRecords(classes=classes, **parts))


def cleared(street, *, forward):
    evidence = Evidence(EvidenceKind.BLADE, 0.9)
    return Coverage(street, forward, 1, 1, NOW, None, evidence)


def test_all_that_wait_are_counted():
    board = a_board(waiting=[a_waiting(1), a_waiting(2, lon=None, lat=None)])
    assert board.figures.open_requests == 2
    assert len(board.requests) == 1


def test_lists_begin_with_the_oldest_of_all_of_those_without_a_place_and_of_the_late():
    waiting = [a_waiting(number) for number in range(1, 1001)]
    assert ids_sent_in_full(waiting, NOW) == list(range(1, LISTED + 1))
    waiting[699] = a_waiting(700, lon=None, lat=None)
    waiting[799] = a_waiting(800, due_s=int(NOW.timestamp()) - 1)
    waiting[899] = a_waiting(900, due_s=int(NOW.timestamp()) + 1)
    assert ids_sent_in_full(waiting, NOW)[LISTED:] == [700, 800]


def test_half_a_two_way_street_counts_half():
    one = painted(village(), POLICY, a_storm(), [cleared(MAIN_WEST, forward=True)], (), NOW)
    first = ClassSums(village(), POLICY).views(one, {})[0]
    assert first.service_class == "P1"
    assert first.done_m == pytest.approx(village().segment(MAIN_WEST).length_m / 2)


def test_a_class_of_which_nothing_is_open_or_due_is_idle_until_it_has_work():
    states = painted(village(), POLICY, a_storm(), (), (), NOW)
    finish = ClassFinish(100.0, 100.0, 0.0, 0.0, None)
    rows = ClassSums(village(), POLICY).views(states, {"P1": finish})
    by_class = {row.service_class: row for row in rows}
    assert (by_class["P1"].idle, by_class["P1"].on_request) == (False, False)
    others = [row for name, row in by_class.items() if name != "P1"]
    assert others
    assert all(row.idle for row in others)
    assert [row.on_request for row in others] == [
        POLICY.rules[row.service_class].cycle is None for row in others
    ]


def test_a_one_way_street_counts_whole():
    done = painted(village(), POLICY, a_storm(), [cleared(ROSE, forward=True)], (), NOW)
    third = next(row for row in ClassSums(village(), POLICY).views(done, {}) if row.done_m)
    assert third.done_m == pytest.approx(village().segment(ROSE).length_m)


def test_a_street_whose_cycle_is_over_is_late():
    late = a_storm(started_at=NOW - timedelta(days=2))
    covered = [cleared(MAIN_WEST, forward=way) for way in (True, False)]
    states = painted(village(), POLICY, late, covered, (), NOW)
    first = a_board(storm=late, states=states).classes[0]
    lengths_m = {
        street: village().segment(street).length_m for street in (MAIN_WEST, MAIN_EAST, MILL)
    }
    assert first.late_m == pytest.approx(sum(lengths_m.values()) - lengths_m[MAIN_WEST])


def test_without_a_storm_there_are_no_classes():
    board = a_board(storm=None)
    assert (board.classes, board.storm) == ((), None)


def test_a_request_knows_when_its_street_should_be_clear():
    (request,) = a_board().requests
    assert (request.due_at, request.side) == (a_job().due_at, "left")
    assert request.street["en"] == "Imam Street"


def test_a_request_without_a_place_has_none():
    lost = request_view(a_request(location=None, snap=None, job_id=None), {}, village())
    assert (lost.lon, lost.segment_id, lost.due_at, lost.street) == (None, None, None, None)


def test_vehicles_that_were_never_seen_are_silent_and_nowhere():
    seen = VehicleLive(
        VehicleId(2),
        "Truck 2",
        "dump_truck",
        LonLat(45.0, 37.5),
        90.0,
        6.0,
        VehicleState.WORKING,
        NOW,
    )
    quiet, busy = vehicle_views([a_vehicle(1), a_vehicle(2)], {VehicleId(2): seen})
    assert (quiet.state, quiet.lon, quiet.fixed_at) == ("silent", None, None)
    assert (busy.state, busy.lon, busy.lat) == ("working", 45.0, 37.5)
    assert a_board(vehicles=[quiet, busy]).figures.vehicles_working == 1


def test_a_plan_counts_jobs_left_out_once_and_drops_idle_routes():
    view = plan_view(a_plan(), NAMES, None)
    assert view.unserved == 1
    assert [(route.vehicle, route.reloads) for route in view.routes] == [("Plow 7", 1)]


def test_a_street_shows_the_last_pass_of_each_direction():
    def passed(minute, vehicle, *, forward):
        at = NOW + timedelta(minutes=minute)
        evidence = Evidence(EvidenceKind.BLADE, 0.9)
        return Pass(
            MAIN_WEST, forward, 0.0, 200.0, VehicleId(vehicle), at, at, Treatment.PLOW, evidence
        )

    def seen(number, away_m):
        return Sighting(number, RequestId(1), NOW, "reza", clear=True, photo="", away_m=away_m)

    passes = {
        DirectedSegment(MAIN_WEST, True): [passed(1, 1, forward=True), passed(9, 2, forward=True)],
        DirectedSegment(MAIN_WEST, False): [passed(5, 1, forward=False)],
    }
    stored = StreetRecords(
        [cleared(MAIN_WEST, forward=True)],
        passes,
        [a_job(1, state=JobState.DONE), a_job(2, due_at=NOW + timedelta(hours=9))],
        [a_request()],
        [seen(1, away_m=30.0), seen(2, away_m=400.0), seen(3, away_m=None)],
        NAMES,
    )
    street = street_view(village().segment(MAIN_WEST), village(), POLICY, a_storm(), stored, NOW)
    assert [direction.vehicle for direction in street.directions] == ["Plow 8", "Plow 7"]
    assert [one.vehicle for one in street.passes] == ["Plow 8", "Plow 7", "Plow 7"]
    assert street.directions[0].state == CoverageState.FRESH
    assert street.job is not None
    assert (street.job.id, street.job.state) == (2, "open")
    assert street.requests == ("B-0001",)
    assert [one.near for one in street.sightings] == [None, False, True]


def test_a_one_way_street_has_one_direction():
    street = street_view(
        village().segment(ROSE),
        village(),
        POLICY,
        None,
        StreetRecords((), {}, (), (), (), NAMES),
        NOW,
    )
    assert [direction.forward for direction in street.directions] == [True]
    assert street.job is None


def test_a_street_is_called_by_its_first_spelling_in_each_language():
    names = {"": ("Old", "Older"), "fa": ("کهنه",)}
    assert street_name(a_segment(names=names)) == {"": "Old", "fa": "کهنه"}
    assert street_name(village().segment(YARD)) == {}
