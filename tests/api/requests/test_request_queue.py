from datetime import datetime

import pytest

from data.store.audit.audit_log import list_events
from data.store.database.engine import reading
from data.store.requests.requests import get_request
from data.store.requests.tracking_codes import find_tracked
from tests.village import SCHOOL, at_m

WORDS = "Snow on School Street"
LATIN_HEADS = "number,text,kind,phone\r\n"


@pytest.fixture
def desk(client, sign_in):
    """The operator's client in a storm, with a phone call and three that name no street."""
    sign_in("dispatcher")
    client.post("/api/storms", json={"name": "First snow"})
    sign_in("operator")
    told = {"kind": "plow", "text": WORDS, "caller_phone": "044 5551234", "caller_name": "Sara"}
    client.post("/requests", json=told | {"dangers": ["ambulance"]})
    for text in ("somewhere", "anywhere", "=here"):
        client.post("/requests", json={"kind": "ice", "text": text})
    return client


def queue(client, **asked):
    answer = client.get("/api/queue", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def references(client, **asked):
    return [row["reference"] for row in queue(client, **asked)["rows"]]


def order(client, verb, ids, **more):
    return client.post(f"/api/queue/{verb}", json={"ids": ids, **more})


def an_agency(client, sign_in, **changes):
    sign_in("administrator")
    told = {"name": "Parks", "kind": "parks", "phone": "044 137", "contact": "Mr Amini"}
    (agency,) = client.post("/api/agencies", json=told | changes).json()
    sign_in("operator")
    return agency["id"]


def upload(client, text, path="/api/queue/file"):
    return client.post(path, files={"file": ("calls.csv", text.encode(), "text/csv")})


@pytest.mark.parametrize("words", ["044 555 1234", "۵۵۵۱۲۳۴", "044-5551234"])
def test_a_search_by_phone_finds_and_is_logged_once(desk, words):
    path = {"/api/queue": 2, "/api/queue/map": 1, "/requests.csv": 1}
    for each, times in path.items():
        for _ in range(times):
            assert desk.get(each, params={"words": words}).status_code == 200
    assert references(desk, words=words) == ["B-0001"]
    with reading(desk.app.state.barfrub.engine) as tx:
        (look,) = [line for line in list_events(tx) if line.verb == "caller.seen"]
    assert look.after == {"requests": [1], "purpose": "phone_search"}
    assert look.actor.id == "operator"


def test_digits_that_are_in_no_phone_are_not_logged(desk):
    assert references(desk, words="99999") == []
    with reading(desk.app.state.barfrub.engine) as tx:
        assert "caller.seen" not in {line.verb for line in list_events(tx)}


def test_the_queue_is_filtered_counted_and_turned_page_by_page(desk):
    first = queue(desk, stage="unplaced", limit=2)
    second = queue(desk, stage="unplaced", limit=2, after=first["next"])

    assert references(desk, words="044 999 1234") == []
    assert references(desk, words="5551234") == references(desk, danger="ambulance") == ["B-0001"]
    assert [row["reference"] for row in first["rows"] + second["rows"]] == [
        "B-0002",
        "B-0003",
        "B-0004",
    ]
    assert (first["total"], second["next"]) == (3, None)
    assert first["counts"]["stage"] == {"unplaced": 3, "open": 1}
    assert first["counts"]["kind"] == {"ice": 3}
    assert "Sara" not in str(first)


def test_the_map_gets_every_point_in_few_letters(desk):
    (spot,) = desk.get("/api/queue/map").json()["spots"]

    assert (spot[0], spot[3], spot[4]) == (1, "plow", True)


def test_many_are_changed_at_once_published_to_every_page_and_undone(desk):
    heard = desk.app.state.barfrub.hub.subscribe(lambda: None)
    done = order(desk, "close", [1, 2, 77], reason="melted").json()

    assert (done["changed"], [one["id"] for one in done["refused"]]) == ([1, 2], [77])
    assert {view.state for view in dict(heard.take())["requests"]} == {"cancelled"}
    assert queue(desk)["last_change"]["requests"] == 2
    back = desk.post(f"/api/queue/changes/{done['change_id']}/undo").json()
    assert back["changed"] == [1, 2]
    assert queue(desk)["counts"]["stage"] == {"unplaced": 3, "open": 1}
    assert desk.post(f"/api/queue/changes/{done['change_id']}/undo").status_code == 409


def test_waiting_requests_get_a_pin_together_or_are_placed_by_their_words(desk):
    pin = at_m(100, 152)
    order(desk, "place", [2, 3], lon=pin.lon, lat=pin.lat)
    doubtful = order(desk, "place", [4]).json()

    assert {row["state"] for row in queue(desk, kind="ice")["rows"]} == {"open", "new"}
    assert desk.get("/api/requests/2").json()["segment_id"] == SCHOOL
    assert "B-0004" in doubtful["refused"][0]["message"]
    assert order(desk, "place", [4], lon=pin.lon).status_code == 422


def test_a_handed_over_request_has_its_paper_and_its_answer(desk, sign_in):
    agency = an_agency(desk, sign_in)
    order(desk, "refer", [1], agency_id=agency, way="paper", note="a tree", with_caller=True)
    (given,) = desk.get("/api/referrals").json()
    paper = desk.get(f"/requests/referrals/{given['id']}?lang=en").text

    assert (given["agency"], given["state"]) == ("Parks", "sent")
    assert [row["agency"] for row in queue(desk, stage="handed_over")["rows"]] == ["Parks"]
    assert all(said in paper for said in ("Mr Amini", WORDS, "044 5551234", "a tree"))
    heard = desk.app.state.barfrub.hub.subscribe(lambda: None, frozenset({"requests"}))
    answer = {"state": "declined", "answer": "not our tree"}
    assert desk.post(f"/api/referrals/{given['id']}/answer", json=answer).status_code == 200
    assert [one.id for one in dict(heard.take())["requests"]] == [1]
    assert queue(desk)["counts"]["stage"] == {"unplaced": 3, "open": 1}


def test_a_paper_keeps_the_number_to_itself_where_nobody_agreed(desk, sign_in):
    order(desk, "refer", [1], agency_id=an_agency(desk, sign_in), way="paper")

    assert "5551234" not in desk.get("/requests/referrals/1").text


def test_only_an_administrator_writes_bodies_in(desk, sign_in):
    assert desk.post("/api/agencies", json={"name": "X", "kind": "fire"}).status_code == 403
    agency = an_agency(desk, sign_in)
    sign_in("administrator")
    renamed = {"name": "Green", "kind": "parks", "email": "green@example.org"}

    assert desk.post(f"/api/agencies/{agency}", json=renamed).json()[0]["name"] == "Green"
    assert desk.post(f"/api/agencies/{agency}/retire").json() == []


def test_who_gets_no_messages_is_called_back_with_the_truth(desk, client, sign_in):
    order(desk, "close", [1], reason="melted")
    listed = desk.get("/api/callbacks?lang=en").json()
    (call,) = listed["calls"]

    assert (listed["total"], call["news"]) == (1, "closed")
    assert "we did not come" in call["sentence"]
    assert "School Street" in call["sentence"]
    assert "5551234" not in str(listed)
    told = {"news": "closed", "outcome": "reached"}
    assert desk.post("/api/callbacks/1", json=told).json()["total"] == 0


def test_nobody_answers_three_times_and_is_left_in_peace(desk, clock):
    order(desk, "close", [1], reason="melted")
    for tries in range(3):
        (call,) = desk.get("/api/callbacks").json()["calls"]
        assert call["tries"] == tries
        told = {"news": "closed", "outcome": "no_answer"}
        assert desk.post("/api/callbacks/1", json=told).json()["calls"] == []
        clock.moment = clock.moment.replace(hour=clock.moment.hour + 1)

    assert desk.get("/api/callbacks").json()["calls"] == []


def test_a_late_request_is_called_about_and_no_message_reader_is(desk, clock):
    asked = {"kind": "plow", "text": WORDS, "caller_phone": "09140000000", "consent": True}
    desk.post("/requests", json=asked)
    clock.moment = clock.moment.replace(hour=clock.moment.hour + 10)

    (call,) = desk.get("/api/callbacks").json()["calls"]
    assert (call["reference"], call["news"]) == ("B-0001", "late")


def test_a_table_goes_out_in_the_readers_language_without_callers(desk):
    persian = desk.get("/requests.csv?lang=fa").text
    english = desk.get("/requests.csv?lang=en&kind=ice").text

    assert persian.startswith("\ufeffشماره,")
    assert WORDS in persian
    assert "5551234" not in persian
    assert english.count("\r\n") == 4
    assert "'=here" in english


def test_what_went_out_as_a_table_comes_in_again(desk):
    for language in ("fa", "en"):
        table = desk.get(f"/requests.csv?lang={language}").text
        check = upload(desk, table, "/api/queue/file/check").json()

        assert check == {"requests": 4, "known": 0, "mistakes": []}


def test_a_file_brings_each_request_once_and_is_taken_back(desk):
    file = LATIN_HEADS + "17,Snow on School Street,snow,0914\r\n18,somewhere,,\r\n"
    taken = upload(desk, file).json()
    again = upload(desk, file).json()

    assert (len(taken["ids"]), again["ids"], again["known"]) == (2, [], 2)
    with reading(desk.app.state.barfrub.engine) as tx:
        places = [get_request(tx, each).snap for each in taken["ids"]]
    assert [place is not None for place in places] == [True, False]
    back = desk.post(f"/api/queue/changes/{taken['change_id']}/undo").json()
    assert back["changed"] == taken["ids"]
    assert {row["closed_for"] for row in queue(desk, stage="closed")["rows"]} == {"withdrawn"}


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("", 0, ""),
        ("colour,text\r\nred,snow\r\n", 1, ""),
        (LATIN_HEADS + "1,,,\r\n", 2, "text"),
        (LATIN_HEADS + "1,snow,volcano,\r\n", 2, "kind"),
        ("text,lon,lat\r\nsnow,300,1\r\n", 2, "lon"),
    ],
)
def test_a_mistake_in_a_file_is_named_and_nothing_is_taken(desk, text, line, field):
    check = upload(desk, text, "/api/queue/file/check").json()

    assert [(one["line"], bool(one["field"])) for one in check["mistakes"]] == [(line, bool(field))]
    assert upload(desk, text).status_code == 422
    assert queue(desk)["total"] == 4


def test_council_and_drivers_have_no_queue(desk, sign_in):
    for role in ("council", "driver"):
        sign_in(role)
        assert desk.get("/api/queue").status_code == 403
        assert desk.get("/requests.csv").status_code == 403
        assert desk.get("/api/callbacks").status_code == 403


def test_a_number_is_found_whatever_is_filtered(desk):
    order(desk, "close", [1], reason="melted")
    for words in ("B-0001", "b1", "۱", "1"):
        found = queue(desk, words=words, stage="unplaced", kind="tree")
        assert (found["rows"], found["numbered"]["reference"]) == ([], "B-0001")
        assert found["numbered"]["state"] == "cancelled"
    assert queue(desk, words="0915")["numbered"] is None
    assert queue(desk, words="somewhere")["numbered"] is None


def test_the_queue_has_deadlines_and_may_begin_with_the_soonest(desk, clock):
    rows = queue(desk, order="due")["rows"]
    deadlines = [row["due_at"] for row in rows]
    assert None not in deadlines
    assert deadlines == sorted(deadlines)
    first = queue(desk, order="due", limit=1)
    second = queue(desk, order="due", limit=3, after=first["next"])
    assert [row["id"] for row in first["rows"] + second["rows"]] == [row["id"] for row in rows]
    order(desk, "close", [rows[0]["id"]], reason="melted")  # which has no deadline any more
    second = queue(desk, order="due", limit=3, after=first["next"])
    assert [row["id"] for row in second["rows"]] == [row["id"] for row in rows[1:]]
    (spot,) = desk.get("/api/queue/map").json()["spots"]
    late = next(row for row in rows if row["id"] == spot[0])
    assert datetime.fromisoformat(late["due_at"]).timestamp() == spot[6]


def test_merged_requests_end_with_the_one_that_stands_for_them_and_can_be_undone(desk):
    told = {"kind": "plow", "text": WORDS, "caller_phone": "0914 555 9999", "consent": True}
    again = desk.post("/requests", json=told).json()
    merged = order(desk, "merge", [1, again["id"]], kept_id=1).json()
    assert (merged["changed"], merged["refused"]) == ([again["id"]], [])
    file = desk.get(f"/api/requests/{again['id']}/file").json()
    assert (file["request"]["closed_for"], file["kept"]["reference"]) == ("duplicate", "B-0001")
    kept = desk.get("/api/requests/1/file").json()
    assert [(one["id"], one["text"]) for one in kept["duplicates"]] == [(again["id"], WORDS)]
    assert "closed" not in {one["kind"] for one in file["messages"]}

    order(desk, "close", [1], reason="melted")
    said = desk.get(f"/api/requests/{again['id']}/file").json()["messages"][-1]
    assert said["kind"] == "closed"
    assert "melted" in said["says"].lower()
    assert order(desk, "merge", [2, 3], kept_id=1).status_code == 409
    assert order(desk, "merge", [2], kept_id=2).status_code == 422

    two = order(desk, "merge", [2, 3], kept_id=2).json()
    desk.post(f"/api/queue/changes/{two['change_id']}/undo")
    file = desk.get("/api/requests/3/file").json()
    assert (file["request"]["state"], file["kept"]) == ("new", None)


def test_the_caller_of_a_merged_request_is_called_when_the_one_that_stands_for_it_ends(desk):
    told = {"kind": "plow", "text": WORDS, "caller_phone": "0914 555 9999"}
    again = desk.post("/requests", json=told).json()
    order(desk, "merge", [1, again["id"]], kept_id=1)
    assert desk.get("/api/callbacks").json()["total"] == 0
    order(desk, "close", [1], reason="melted")
    calls = desk.get("/api/callbacks?lang=en").json()["calls"]
    assert {call["reference"] for call in calls} == {"B-0001", again["reference"]}
    assert all("we did not come" in call["sentence"] for call in calls)
    body = {"news": "closed", "outcome": "reached"}
    assert desk.post(f"/api/callbacks/{again['id']}", json=body).json()["total"] == 1


def test_what_was_merged_is_open_again_where_the_caller_of_the_kept_one_withdraws(desk):
    first, second = (
        desk.post("/requests", json={"kind": "plow", "text": WORDS}).json() for _ in "ab"
    )
    order(desk, "merge", [first["id"], second["id"]], kept_id=first["id"])
    order(desk, "merge", [1, first["id"]], kept_id=1)
    kept = desk.get("/api/requests/1/file").json()
    assert [one["id"] for one in kept["duplicates"]] == [first["id"], second["id"]]
    desk.post("/api/requests/1/cancel", json={})
    for one in (first, second):
        file = desk.get(f"/api/requests/{one['id']}/file").json()
        assert (file["request"]["state"], file["kept"]) == ("open", None)


def test_the_office_waits_for_nothing_of_a_merged_request(desk, sign_in):
    told = {"kind": "plow", "text": WORDS, "caller_phone": "0914 555 9999"}
    again = desk.post("/requests", json=told).json()
    order(desk, "merge", [1, again["id"]], kept_id=1)
    sign_in("supervisor")
    assert desk.get("/api/followup?filter=tell").json()["counts"]["tell"] == 0


def test_a_merged_request_is_tracked_by_what_becomes_of_the_one_that_stands_for_it(desk):
    again = desk.post("/requests", json={"kind": "plow", "text": WORDS}).json()
    order(desk, "merge", [1, again["id"]], kept_id=1)
    with reading(desk.app.state.barfrub.engine) as tx:
        _, code = find_tracked(tx, again["reference"])
    where = f"/track?reference={again['reference']}&code={code}&lang=en"
    page = desk.get(where, headers={"accept": "text/html"})
    assert again["reference"] in page.text
    assert "B-0001" not in page.text
    assert "already" not in page.text
