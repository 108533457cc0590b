import re

import pytest

from data.store.audit.audit_log import list_events
from data.store.database.engine import reading
from tests.village import MAIN_WEST, MILL, SCHOOL, at_m


def words(text="Snow on School Street", **more):
    return {"kind": "plow", "text": text, **more}


@pytest.fixture
def operator(client, sign_in):
    sign_in("operator")
    return client


def test_a_request_in_a_storm_becomes_work_on_its_street(client, storm):
    taken = client.post("/requests", json=words())
    assert taken.status_code == 201
    request = taken.json()
    assert (request["reference"], request["state"]) == ("B-0001", "open")
    assert request["segment_id"] == SCHOOL
    assert request["due_at"] > request["received_at"]


def test_the_audit_log_names_who_took_the_request(client, storm):
    client.post("/requests", json=words())
    with reading(client.app.state.barfrub.engine) as tx:
        taken = [line for line in list_events(tx, "request:1") if line.verb == "request.received"]
    assert [line.actor.id for line in taken] == ["dispatcher"]


def test_a_second_caller_joins_the_first_ones_job(client, storm):
    first, second = (client.post("/requests", json=words()).json() for _ in range(2))
    assert first["id"] != second["id"]
    assert first["job_id"] == second["job_id"]


def test_the_same_key_twice_is_one_request(operator):
    told = words(idempotency_key="phone-rang-once")
    first, second = (operator.post("/requests", json=told).json() for _ in range(2))
    assert first == second


def test_before_a_storm_a_placed_request_waits(operator):
    request = operator.post("/requests", json=words()).json()
    assert (request["state"], request["segment_id"]) == ("new", SCHOOL)


def test_words_without_a_known_street_wait_for_a_pin(client, storm):
    request = client.post("/requests", json=words("somewhere")).json()
    assert (request["state"], request["segment_id"]) == ("new", None)
    pin = at_m(100, 152)
    placed = client.post(
        f"/api/requests/{request['id']}/place", json={"lon": pin.lon, "lat": pin.lat}
    )
    assert (placed.json()["state"], placed.json()["segment_id"]) == ("open", SCHOOL)


def test_a_pin_far_from_every_street_is_refused(client, storm):
    request = client.post("/requests", json=words("somewhere")).json()
    far = client.post(f"/api/requests/{request['id']}/place", json={"lon": 10.0, "lat": 10.0})
    assert (far.status_code, far.json()["error"]["values"]["field"]) == (422, "location")


def test_the_street_that_the_operator_chose_wins_over_the_nearest(client, storm):
    corner = at_m(198, 0)
    told = words(lon=corner.lon, lat=corner.lat)
    assert client.post("/requests", json=told | {"segment_id": MILL}).json()["segment_id"] == MILL
    assert client.post("/requests", json=told).json()["segment_id"] != MILL


def test_a_street_that_does_not_exist_stores_nothing(operator):
    answer = operator.post("/requests", json=words(segment_id=999))
    assert answer.status_code == 404
    assert operator.get("/api/requests").json() == []


def test_a_cancelled_request_leaves_the_list(client, storm):
    request = client.post("/requests", json=words()).json()
    cancelled = client.post(f"/api/requests/{request['id']}/cancel", json={"reason": "melted"})
    assert cancelled.json()["state"] == "cancelled"
    assert client.get("/api/requests").json() == []
    assert len(client.get("/api/requests?everything=true").json()) == 1
    again = client.post(f"/api/requests/{request['id']}/cancel", json={})
    assert again.status_code == 409


def test_callers_are_shown_to_those_who_call_back_only(client, sign_in):
    sign_in("operator")
    told = words(caller_name="Sara", caller_phone="044 3333")
    request = client.post("/requests", json=told).json()
    assert "Sara" not in str(request)
    caller = client.get(f"/api/requests/{request['id']}/caller").json()
    silent = {"email": "", "language": "", "consent": False}
    assert caller == {"name": "Sara", "phone": "044 3333", **silent}
    sign_in("supervisor")
    assert client.get(f"/api/requests/{request['id']}/caller").json() == caller
    assert "Sara" not in client.get(f"/api/requests/{request['id']}").text
    for stranger in ("council", "driver"):
        sign_in(stranger)
        assert client.get(f"/api/requests/{request['id']}/caller").status_code == 403


def test_how_a_caller_wants_to_be_told_is_kept_with_the_number(operator):
    told = words(caller_email="sara@example.org", language="fa", consent=True)
    request = operator.post("/requests", json=told).json()
    assert "example.org" not in str(request)
    caller = operator.get(f"/api/requests/{request['id']}/caller").json()
    assert (caller["email"], caller["language"]) == ("sara@example.org", "fa")
    assert caller["consent"] is True


@pytest.mark.parametrize(
    "wrong",
    [{"consent": True}, {"caller_email": "sara at home"}, {"language": "klingon"}],
    ids=["consent without a way", "no address", "a language that we do not write"],
)
def test_a_wish_that_we_cannot_keep_stores_nothing(operator, wrong):
    assert operator.post("/requests", json=words(**wrong)).status_code == 422
    assert operator.get("/api/requests").json() == []


def test_a_new_request_is_published_to_every_open_board(operator):
    heard = operator.app.state.barfrub.hub.subscribe(lambda: None)
    operator.post("/requests", json=words())
    told = dict(heard.take())["requests"]
    assert [request.reference for request in told] == ["B-0001"]


def test_geocoding_finds_a_street_by_the_start_of_its_persian_name(operator):
    found = operator.get("/api/geocode", params={"q": "خیابان امام", "language": "fa"}).json()
    assert MAIN_WEST in {candidate["segment_id"] for candidate in found}
    assert {"segment_id", "name", "kind", "lon", "lat", "side", "confident"} <= set(found[0])
    assert 0 <= found[0]["confidence"] <= 1
    assert found[0]["reasons"]
    assert found[0]["uncertain_m"] > 0
    assert found[0]["said"].startswith(f"{found[0]['name']}، ")
    segment = operator.app.state.barfrub.network.segment(found[0]["segment_id"])
    assert found[0]["district"] == segment.district
    assert (found[0]["number"], found[0]["houses_near"]) == ("", [])


@pytest.mark.parametrize(("language", "asks"), [("en", "Did you say"), ("fa", "گفتید")])
def test_a_doubtful_place_comes_with_the_question_that_decides(operator, language, asks):
    words = {"q": "Scool Stret", "language": language}
    best, *others = operator.get("/api/geocode", params=words).json()

    assert asks in best["question"]
    assert not best["confident"]
    assert all(other["question"] == "" for other in others)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "volcano"}, "kind"),
        ({"kind": None}, "kind"),
        ({"lon": 200.0, "lat": 1.0}, "lon"),
        ({"lon": 45.0}, "lat"),
        ({"channel": ""}, "channel"),
        ({"colour": "red"}, "colour"),
        ({"text": "   "}, "text"),
    ],
)
def test_a_wrong_field_is_named(operator, change, field):
    answer = operator.post("/requests", json=words() | change)
    assert answer.status_code == 422
    assert answer.json()["error"]["values"]["field"] == field


def test_errors_name_field_value_and_expectation_in_persian_too(operator):
    operator.headers["accept-language"] = "fa"
    answer = operator.post("/requests?lang=fa", json=words() | {"lon": 200.0, "lat": 1.0})
    error = answer.json()["error"]
    assert error["code"] == "invalid"
    assert "lon" in error["message"]
    assert "۱۸۰" in error["message"]
    assert "expected" not in error["message"]


def test_broken_json_is_said_to_be_broken(operator):
    answer = operator.post("/requests", content="{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/requests", words(" ")),
        ("/requests", words(lat=200.0, lon=1.0)),
        ("/requests", words(kind="volcano")),
        ("/requests", {"text": "no kind"}),
        ("/api/requests/1/place", {"lon": 10.0, "lat": 10.0}),
    ],
)
def test_a_persian_reader_is_told_in_persian_what_was_expected(operator, path, told):
    operator.post("/requests", json=words("somewhere"))
    error = operator.post(f"{path}?lang=fa", json=told).json()["error"]
    assert error["code"] == "invalid"
    assert not re.search(r"\b(a|an|at|of|or|one|place|value|within)\b", error["message"])
