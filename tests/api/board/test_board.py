from datetime import datetime, timedelta

import pytest

from data.model import (
    Coverage,
    DeviceId,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    LonLat,
    Pass,
    Position,
    StormId,
    Treatment,
    VehicleId,
)
from data.store.coverage.coverage import replace_reported, save_coverage
from data.store.database.engine import reading, transaction
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import find_active_storm
from fleet.coverage.coverage_states import NO_DIRECTION, CoverageState
from maps.board import board as views
from tests.village import MAIN_WEST, NOW, ROSE, SCHOOL, YARD

moment = datetime.fromisoformat


def states(client):
    return {street: tuple(ways) for street, *ways in client.get("/api/board").json()["coverage"]}


def plowed(client, at, *, forward=True):
    """Put a proven pass over the main street into the database."""
    length_m = client.app.state.barfrub.network.segment(MAIN_WEST).length_m
    evidence = Evidence(EvidenceKind.BLADE, 0.9)
    one = Pass(
        segment_id=MAIN_WEST,
        forward=forward,
        from_m=0.0,
        to_m=length_m,
        vehicle_id=VehicleId(1),
        started_at=at - timedelta(minutes=1),
        ended_at=at,
        treatment=Treatment.PLOW,
        evidence=evidence,
    )
    row = Coverage(MAIN_WEST, forward, 1, 1, at, None, evidence, plowed_at=at)
    with transaction(client.app.state.barfrub.engine) as tx:
        replace_reported(tx, StormId(1), {DirectedSegment(MAIN_WEST, forward): [one]})
        save_coverage(tx, StormId(1), [row])


def test_streets_of_a_storm_that_has_just_begun_are_painted_once_for_all_who_ask(
    client, clock, storm
):
    app = client.app.state.barfrub

    def colors():
        with reading(app.engine) as tx:
            return app.boards.states(tx, find_active_storm(tx), clock.now())

    before = colors()
    assert colors() is before
    clock.moment += timedelta(minutes=1)
    assert colors() is not before
    plowed(client, clock.now())
    app.consumer.run()
    assert colors()[MAIN_WEST] != before[MAIN_WEST]


def test_a_server_that_does_not_compute_colors_lays_published_ones_over_its_own(
    client, clock, storm
):
    app = client.app.state.barfrub

    def colors():
        with reading(app.engine) as tx:
            now = clock.now()
            found = find_active_storm(tx)
            return app.boards.states(tx, found, now), app.boards.states_revision(found, now)

    (before, known), red = colors(), CoverageState.OVERDUE
    app.boards.receive_colors([(MAIN_WEST, red, red), (10**9, red, red)])
    (after, newer) = colors()
    assert after == {**before, MAIN_WEST: (red, red)}
    assert newer != known
    clock.moment += timedelta(minutes=1)
    assert colors()[0][MAIN_WEST] == (red, red)
    app.boards.forget_colors()
    assert colors()[0] == before


def test_the_board_is_told_when_each_direction_was_plowed_last(dispatcher, clock, storm):
    assert dispatcher.get("/api/board/plowed").json() == []
    plowed(dispatcher, clock.now())
    plowed(dispatcher, clock.now() + timedelta(minutes=5), forward=False)
    now_s = int(clock.now().timestamp())
    assert dispatcher.get("/api/board/plowed").json() == [[MAIN_WEST, now_s, now_s + 300]]


def test_without_a_storm_the_board_is_calm(dispatcher):
    board = dispatcher.get("/api/board").json()
    assert board["storm"] is None
    assert board["now"] == "2026-12-21T04:00:00Z"
    assert board["figures"]["next_action"]["kind"] == "none"
    assert {state for _, *ways in board["coverage"] for state in ways} <= {
        CoverageState.NOT_DUE,
        NO_DIRECTION,
    }
    assert [vehicle["state"] for vehicle in board["vehicles"]] == ["silent", "silent"]


def test_a_storm_starts_work_and_its_deadlines(dispatcher, storm):
    board = dispatcher.get("/api/board").json()
    assert board["storm"]["name"] == "First snow"
    first = board["classes"][0]
    assert (first["service_class"], first["late_m"]) == ("P1", 0.0)
    assert first["finish"]["unplanned_m"] == pytest.approx(first["length_m"])
    assert first["finish"]["ends_at"] is None
    assert {row["service_class"] for row in board["classes"]} >= {"P1", "P3"}


def test_streets_that_wait_too_long_turn_overdue_and_count(dispatcher, storm, clock):
    clock.moment = NOW + timedelta(hours=48)
    board = dispatcher.get("/api/board").json()
    assert states(dispatcher)[MAIN_WEST] == (CoverageState.OVERDUE, CoverageState.OVERDUE)
    first = board["classes"][0]
    assert first["late_m"] == pytest.approx(first["length_m"])


def test_a_one_way_street_has_one_color(dispatcher, storm):
    assert states(dispatcher)[ROSE][1] == NO_DIRECTION


def test_a_proven_pass_colors_its_direction_only(dispatcher, storm, clock):
    plowed(dispatcher, NOW + timedelta(minutes=5))
    clock.moment = NOW + timedelta(minutes=10)
    assert states(dispatcher)[MAIN_WEST] == (CoverageState.FRESH, CoverageState.NOT_DUE)
    first = dispatcher.get("/api/board").json()["classes"][0]
    assert 0 < first["done_m"] < first["length_m"]


def covered(client, **facts):
    with transaction(client.app.state.barfrub.engine) as tx:
        save_coverage(tx, StormId(1), [Coverage(MAIN_WEST, forward=True, **facts)])


def test_a_street_is_called_being_plowed_for_ten_minutes_after_the_truck_has_left(
    dispatcher, storm, clock
):
    left = NOW + timedelta(minutes=5)
    covered(dispatcher, passes_done=1, passes_needed=2, last_pass_at=left, worked_at=left)
    clock.moment = left + timedelta(minutes=9)
    assert states(dispatcher)[MAIN_WEST][0] == CoverageState.PROGRESS
    clock.moment = left + timedelta(minutes=11)
    assert states(dispatcher)[MAIN_WEST][0] == CoverageState.PARTLY_FRESH
    clock.moment = left + timedelta(hours=2)
    assert states(dispatcher)[MAIN_WEST][0] == CoverageState.PARTLY_AGEING


def test_what_is_clear_does_not_fall_when_a_second_cycle_begins(dispatcher, storm, clock):
    def done_m():
        return dispatcher.get("/api/board").json()["classes"][0]["done_m"]

    first = NOW + timedelta(minutes=5)
    both = {"passes_needed": 2, "cleared_at": first}
    covered(dispatcher, passes_done=2, last_pass_at=first, worked_at=first, **both)
    clock.moment = NOW + timedelta(hours=2)
    before_m = done_m()
    again = clock.moment
    covered(dispatcher, passes_done=3, last_pass_at=again, worked_at=again, **both)
    clock.moment += timedelta(minutes=2)
    assert done_m() == before_m > 0


def test_each_direction_of_a_street_says_where_it_leads(dispatcher, storm):
    street = dispatcher.get(f"/api/segments/{MAIN_WEST}").json()
    assert [way["toward"].get("en") for way in street["directions"]] == [
        "Mill Street",
        "Tulip Alley",
    ]


def test_a_color_has_its_evidence_one_click_away(dispatcher, storm, clock):
    plowed(dispatcher, NOW + timedelta(minutes=5))
    clock.moment = NOW + timedelta(minutes=10)
    street = dispatcher.get(f"/api/segments/{MAIN_WEST}").json()
    forward, backward = street["directions"]
    assert forward["state"] == CoverageState.FRESH
    assert (forward["vehicle"], forward["evidence"]["kind"]) == ("Truck 1", "blade")
    assert backward["last_pass_at"] is None
    assert [one["vehicle"] for one in street["passes"]] == ["Truck 1"]
    assert (street["names"]["en"], street["service_class"]) == ("Imam Street", "P1")


def test_a_street_lists_its_work_and_who_asked_for_it(dispatcher, storm):
    request = dispatcher.post("/requests", json={"kind": "ice", "text": "School Street"}).json()
    street = dispatcher.get(f"/api/segments/{SCHOOL}").json()
    assert {job["treatment"] for job in street["jobs"]} == {"plow", "salt"}
    assert street["requests"] == [request["reference"]]
    assert street["job"]["state"] == "open"


def test_a_street_without_a_name_is_shown_too(dispatcher, storm):
    street = dispatcher.get(f"/api/segments/{YARD}").json()
    assert (street["names"], street["job"]) == ({}, None)


def test_a_street_that_does_not_exist_is_not_found(dispatcher):
    assert dispatcher.get("/api/segments/999").json()["error"]["code"] == "not_found"


def test_open_requests_are_on_the_board_with_their_place(dispatcher, storm):
    dispatcher.post("/requests", json={"kind": "plow", "text": "School Street"})
    board = dispatcher.get("/api/board").json()
    assert board["figures"]["open_requests"] == 1
    (request,) = board["requests"]
    assert request["text"] == "School Street"
    assert request["lon"] == pytest.approx(45.07, abs=0.01)


def test_of_many_requests_the_board_draws_all_and_tells_the_words_when_asked(
    dispatcher, storm, monkeypatch
):
    monkeypatch.setattr(views, "LISTED", 1)
    for text in ("School Street", "snow somewhere, I am at Uncle's", "School Street, ice"):
        caller = {"caller_phone": "0914 555"}
        dispatcher.post("/requests", json={"kind": "plow", "text": text} | caller)
    board = dispatcher.get("/api/board").json()
    assert [request["id"] for request in board["requests"]] == [1, 2]
    assert [row[0] for row in board["waiting"]] == [1, 2, 3]
    assert [row[1] is None for row in board["waiting"]] == [False, True, False]
    _, lon, _, kind, came_s, due_s = board["waiting"][2]
    assert lon == round(board["requests"][0]["lon"], 6)
    assert (kind, came_s) == ("plow", NOW.timestamp())
    assert due_s > came_s

    def found(words):
        answer = dispatcher.get("/api/board/requests", params={"words": words})
        return [request["id"] for request in answer.json()]

    assert (found("school"), found("ice school"), found("0914")) == ([1, 3], [3], [])


def test_a_vehicle_is_where_it_was_last_seen(dispatcher, clock):
    app = dispatcher.app.state.barfrub
    with reading(app.engine) as tx:
        app.live.meet(list_vehicles(tx))
    fix = Position(
        device_id=DeviceId(1),
        vehicle_id=VehicleId(2),
        source="test",
        fixed_at=NOW,
        received_at=NOW,
        location=LonLat(45.071, 37.551),
        speed_mps=6.0,
        heading_deg=90.0,
        blade=True,
    )
    app.live.see([fix], NOW)
    board = dispatcher.get("/api/board").json()
    truck = board["vehicles"][1]
    assert (truck["lon"], truck["lat"], truck["state"]) == (45.071, 37.551, "working")
    assert board["figures"]["vehicles_working"] == 1
    assert dispatcher.get("/api/vehicles/2").json() == truck


def test_a_second_storm_at_the_same_time_is_refused(dispatcher, storm):
    again = dispatcher.post("/api/storms", json={"name": "Second"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")


def test_the_end_of_a_storm_clears_the_board(dispatcher, storm):
    ended = dispatcher.post(f"/api/storms/{storm['id']}/end")
    assert ended.json()["phase"] == "closed"
    board = dispatcher.get("/api/board").json()
    assert (board["storm"], board["figures"]["next_action"]["kind"]) == (None, "none")


def test_the_board_travels_compressed(dispatcher, storm):
    answer = dispatcher.get("/api/board", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_rows_that_scroll_into_view_are_returned_in_full(dispatcher, storm):
    for text in ("School Street", "School Street, ice"):
        dispatcher.post("/requests", json={"kind": "plow", "text": text})
    told = dispatcher.get("/api/board/told?ids=2&ids=99").json()
    assert [(one["id"], one["text"]) for one in told] == [(2, "School Street, ice")]
    assert told[0]["due_at"] is not None


def test_a_request_counts_from_when_it_came_on_every_page_though_its_job_is_late(
    dispatcher, storm, clock
):
    asked = {"kind": "plow", "text": "School Street"}
    first = dispatcher.post("/requests", json=asked).json()
    target = moment(first["due_at"]) - moment(first["received_at"])
    clock.moment += target + timedelta(minutes=1)
    late = dispatcher.post("/requests", json=asked).json()
    assert late["job_id"] == first["job_id"]
    assert moment(late["due_at"]) == clock.moment + target
    number, due_at = late["id"], late["due_at"]
    (told,) = dispatcher.get(f"/api/board/told?ids={number}").json()
    page = dispatcher.get(f"/api/requests/{number}/file").json()
    answer = dispatcher.get(f"/api/requests/{number}/answer").json()
    shown = [told, page["request"], page["row"]["due"], answer]
    assert [one["due_at"] for one in shown] == [due_at] * 4
    waiting = dispatcher.get("/api/board").json()["waiting"]
    assert {one[0]: one[5] for one in waiting}[number] == int(moment(due_at).timestamp())
