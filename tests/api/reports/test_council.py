"""The council's figures, streets and downloads over HTTP, and what they must never hold."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from data.model import (
    Evidence,
    EvidenceKind,
    Pass,
    Treatment,
    VehicleId,
)
from data.store.database.engine import transaction
from data.store.storms.storms import find_active_storm, list_storms, set_quiet
from fleet.context import CityContext
from fleet.coverage.coverage_states import CoverageState
from fleet.evidence.proof_store import store_evidence
from tests.village import MAIN_WEST, NOW, ROSE

HOUR = timedelta(hours=1)
PHONE = "0914 772 0036"
"""So long that no number in a drawn map holds it by chance."""

SECRETS = (
    "Truck 1",
    "Truck 2",
    "vehicle",
    "driver_id",
    "Zahra",
    PHONE,
    "9147720036",
    "B-0001",
    "blue gate",
)


@pytest.fixture
def council(client, sign_in):
    sign_in("council")
    return client


def start(client, sign_in, clock, at=NOW, name="First snow"):
    clock.moment = at
    sign_in("dispatcher")
    return client.post("/api/storms", json={"name": name}).json()["id"]


def end(client, sign_in, clock, storm_id, at):
    clock.moment = at
    sign_in("dispatcher")
    assert client.post(f"/api/storms/{storm_id}/end").status_code == 200


def plow(app, at, street=MAIN_WEST, times=4):
    """Let truck 1 go over a street in its first direction, the last time until a moment."""
    length_m = app.network.segment(street).length_m
    with transaction(app.engine) as tx:
        storm = find_active_storm(tx) or list_storms(tx)[0]
        for back in reversed(range(times)):
            done = at - back * timedelta(minutes=5)
            one = Pass(
                street,
                forward=True,
                from_m=0.0,
                to_m=length_m,
                vehicle_id=VehicleId(1),
                started_at=done - timedelta(minutes=1),
                ended_at=done,
                treatment=Treatment.PLOW,
                evidence=Evidence(EvidenceKind.BLADE, 0.9),
            )
            store_evidence(CityContext(tx, app.network, app.policy, done), storm, [one])


def call(client, sign_in, clock, at):
    clock.moment = at
    sign_in("operator")
    said = {
        "kind": "plow",
        "text": "Rose Street, the blue gate",
        "address": "Rose Street",
        "caller_name": "Zahra",
        "caller_phone": PHONE,
    }
    answer = client.post("/requests", json=said)
    assert answer.status_code == 201
    return answer.json()


def test_before_the_first_storm_there_are_promises_and_streets_but_no_figures(council):
    view = council.get("/api/council").json()
    streets = council.get("/api/council/coverage").json()

    assert (view["storm"], view["city"], view["storms"]) == (None, None, [])
    assert [one["service_class"] for one in view["promises"]] == ["P1", "P2", "P3", "P4"]
    assert len(streets["streets"]) == 12
    assert streets["live"] is False


def test_figures_grow_with_evidence_and_fall_with_time(council, app, client, sign_in, clock):
    start(client, sign_in, clock)
    sign_in("council")
    plow(app, NOW + HOUR)

    def within(hours):
        clock.moment = NOW + hours * HOUR
        return client.get("/api/council").json()["city"]["now"]

    assert within(2)["within"] == 1.0
    assert 0 < within(2)["clear_m"] < within(2)["lane_m"]
    assert within(3.5)["late_m"] > 0
    assert within(13)["within"] == 0.0


def test_the_table_of_classes_adds_up_to_the_city(council, client, sign_in, clock):
    start(client, sign_in, clock)
    clock.moment = NOW + 5 * HOUR
    sign_in("council")
    view = client.get("/api/council").json()

    for name in ("lane_m", "clear_m", "waiting_m", "late_m"):
        whole = sum(part["now"][name] for part in view["classes"])
        assert whole == pytest.approx(view["city"]["now"][name])


def test_a_storm_is_compared_with_the_one_before_after_the_same_time(client, app, sign_in, clock):
    first = start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    end(client, sign_in, clock, first, NOW + 10 * HOUR)
    second = start(client, sign_in, clock, NOW + 48 * HOUR, "Second snow")
    clock.moment = NOW + 52 * HOUR
    sign_in("council")
    view = client.get("/api/council").json()

    assert (view["storm"]["id"], view["earlier"]["id"]) == (second, first)
    assert view["earlier_at"] == (NOW + 4 * HOUR).isoformat().replace("+00:00", "Z")
    assert view["city"]["earlier"]["clear_m"] > view["city"]["now"]["clear_m"] == 0
    assert len(view["city"]["earlier_within"]) == len(view["city"]["within"])


def test_a_storm_begun_before_its_snow_is_compared_as_long_after_the_first_flake(
    client, app, sign_in, clock
):
    first = start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    end(client, sign_in, clock, first, NOW + 10 * HOUR)
    second = start(client, sign_in, clock, NOW + 48 * HOUR, "Second snow")
    with transaction(app.engine) as tx:
        set_quiet(tx, second, [(NOW + 48 * HOUR, NOW + 50 * HOUR)])
    clock.moment = NOW + 52 * HOUR
    sign_in("council")
    view = client.get("/api/council").json()

    assert view["earlier_at"] == (NOW + 2 * HOUR).isoformat().replace("+00:00", "Z")
    assert [one["now"]["clear_m"] > 0 for one in view["storm_rows"]] == [False, True]


def test_a_shorter_storm_is_compared_as_it_stood_at_its_end(client, sign_in, clock):
    first = start(client, sign_in, clock)
    end(client, sign_in, clock, first, NOW + 2 * HOUR)
    start(client, sign_in, clock, NOW + 24 * HOUR, "Second snow")
    clock.moment = NOW + 34 * HOUR
    sign_in("council")
    view = client.get("/api/council").json()

    assert view["earlier_at"] == view["earlier"]["ended_at"]
    assert len(view["city"]["earlier_within"]) < len(view["city"]["within"])


def test_the_reader_chooses_the_storm_and_whether_to_compare(client, sign_in, clock):
    first = start(client, sign_in, clock)
    end(client, sign_in, clock, first, NOW + 2 * HOUR)
    start(client, sign_in, clock, NOW + 24 * HOUR, "Second snow")
    sign_in("council")

    alone = client.get("/api/council?against=0").json()
    past = client.get(f"/api/council?storm={first}").json()
    assert alone["earlier"] is None
    assert (past["storm"]["name"], past["at"]) == ("First snow", past["storm"]["ended_at"])
    assert client.get("/api/council?storm=99").status_code == 404


def test_an_ended_storm_keeps_its_colors(client, app, sign_in, clock):
    first = start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    end(client, sign_in, clock, first, NOW + 2 * HOUR)
    clock.moment = NOW + 90 * HOUR
    sign_in("council")
    shown = client.get(f"/api/council/coverage?storm={first}").json()

    (main,) = [row for row in shown["streets"] if row[0] == MAIN_WEST]
    assert main[1] == CoverageState.FRESH
    assert shown["classes"][main[3]] == "P1"


def test_a_street_shows_when_and_by_which_proof_but_not_by_whom(client, app, sign_in, clock):
    start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    clock.moment = NOW + 2 * HOUR
    sign_in("council")
    street = client.get(f"/api/council/streets/{MAIN_WEST}").json()
    forward, backward = street["ways"]
    assert (street["service_class"], street["reason"], street["cycle_s"]) == ("P1", "road", 10800)
    assert (forward["passes_done"], forward["evidence"]) == (4, "blade")
    assert forward["last_pass_at"] == (NOW + HOUR).isoformat().replace("+00:00", "Z")
    assert (backward["last_pass_at"], backward["evidence"]) == (None, None)
    assert tuple(street["place"]) in app.network.segment(MAIN_WEST).geometry
    assert [proof["share"] for proof in street["proofs"]] == [1.0] * 4
    assert client.get("/api/council/streets/999").status_code == 404


def test_nothing_the_council_reads_names_a_caller_a_vehicle_or_a_driver(
    client, app, sign_in, clock
):
    start(client, sign_in, clock)
    call(client, sign_in, clock, NOW + HOUR / 2)
    plow(app, NOW + HOUR, ROSE)
    clock.moment = NOW + 2 * HOUR
    sign_in("council")
    for path in (
        "/api/council",
        "/api/council/coverage",
        f"/api/council/streets/{ROSE}",
        "/council/coverage.csv",
        "/council/coverage.html",
        "/council/coverage.gpkg",
        "/council/coverage.geojson",
    ):
        answer = client.get(path)
        assert answer.status_code == 200
        found = [word for word in SECRETS if word.encode() in answer.content]
        assert found == [], path


@pytest.mark.parametrize(
    "path",
    [
        "/api/board",
        "/api/board/requests?words=snow",
        f"/api/segments/{ROSE}",
        "/api/vehicles/1",
        "/api/requests",
        "/api/requests/1",
        "/api/requests/1/caller",
        "/api/shifts/1",
        "/api/plans/1",
        "/api/plans/1/routes/1",
        "/operator",
    ],
)
def test_the_council_is_shut_out_of_what_names_people_and_machines(council, path):
    assert council.get(path).status_code == 403


def test_an_answered_request_counts_with_its_time(client, app, sign_in, clock):
    start(client, sign_in, clock)
    call(client, sign_in, clock, NOW + HOUR)
    plow(app, NOW + 3 * HOUR, ROSE)
    clock.moment = NOW + 4 * HOUR
    sign_in("council")
    city = client.get("/api/council").json()["city"]["now"]

    assert (city["asked"], city["answered"], city["in_time"], city["late"]) == (1, 1, 1, 0)
    assert 0 < city["median_s"] <= 2 * 3600
    assert city["answered_within"] == 1.0


def rows_of(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("language", "heading", "word"),
    [("en", "one way: state", "Cleared recently"), ("fa", "رفت: وضعیت", "تازه پاک‌شده")],
)
def test_the_table_speaks_the_readers_language_with_latin_digits(
    client, app, sign_in, clock, language, heading, word
):
    start(client, sign_in, clock)
    plow(app, NOW + HOUR)
    clock.moment = NOW + 2 * HOUR
    sign_in("council")
    answer = client.get(f"/council/coverage.csv?lang={language}")
    main = rows_of(answer)[0]

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"].startswith('attachment; filename="coverage-2026')
    assert main[heading] == word
    assert "2026-12-21 08:30" in main.values()  # Tehran, an hour after seven thirty
    assert not re.search("[۰-۹]", answer.text)


def test_the_page_carries_no_figures_of_its_own(council):
    page = council.get("/council", headers={"accept": "text/html"})
    boot = json.loads(re.search(r'id="boot">(.*?)</script>', page.text)[1])

    assert boot["roles"] == ["council"]
    assert 'src="/static/js/reports/main.js"' in page.text


def test_what_is_learnt_of_a_storm_after_its_end_stands_as_a_numbered_correction(
    client, sign_in, clock, app
):
    storm_id = start(client, sign_in, clock)
    end(client, sign_in, clock, storm_id, NOW + 2 * HOUR)
    sign_in("council")
    assert client.get("/api/council").json()["revisions"] == []
    plow(app, NOW + HOUR, times=1)
    (revision,) = client.get("/api/council").json()["revisions"]
    assert client.get(f"/api/storms/{storm_id}/revisions").json() == [revision]
    length_m = round(app.network.segment(MAIN_WEST).length_m, 1)
    told = {name: revision[name] for name in ("number", "cause", "streets", "gained_m", "lost_m")}
    assert told == {
        "number": 1,
        "cause": "late",
        "streets": 1,
        "gained_m": length_m,
        "lost_m": 0.0,
    }
    assert client.get("/api/storms/99/revisions").status_code == 404


@pytest.mark.parametrize("path", ["/api/council", "/api/council/coverage"])
def test_a_reader_who_has_an_answer_is_told_so_in_no_bytes(council, path):
    first = council.get(path)
    again = council.get(path, headers={"if-none-match": first.headers["etag"]})
    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert council.get(path, headers={"if-none-match": 'W/"of-before"'}).json() == first.json()


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_an_answer_says_the_same_with_and_without_compression(council, accepted):
    answer = council.get("/api/council/coverage", headers={"accept-encoding": accepted})
    assert answer.headers.get("content-encoding", "identity") == accepted
    assert len(answer.json()["streets"]) == 12


def test_members_who_ask_the_same_get_what_was_made_for_the_first_until_the_minute_is_over(
    client, sign_in, clock
):
    start(client, sign_in, clock)
    made_at = []
    for role, second in (("council", 0), ("supervisor", 50), ("council", 60)):
        clock.moment = NOW + timedelta(seconds=second)
        sign_in(role)
        made_at.append(client.get("/api/council").json()["now"])
    assert made_at[0] == made_at[1] < made_at[2]


def test_evidence_and_reports_give_the_council_a_new_answer(app, client, sign_in, clock):
    start(client, sign_in, clock)
    clock.moment = NOW + HOUR
    sign_in("council")
    before = client.get("/api/council")
    plow(app, clock.moment)
    proved = client.get("/api/council", headers={"if-none-match": before.headers["etag"]})
    call(client, sign_in, clock, clock.moment)
    sign_in("council")
    asked = client.get("/api/council", headers={"if-none-match": proved.headers["etag"]})

    assert (proved.status_code, asked.status_code) == (200, 200)
    assert proved.json()["city"]["now"]["clear_m"] > before.json()["city"]["now"]["clear_m"]
    assert asked.json()["city"]["now"]["asked"] == before.json()["city"]["now"]["asked"] + 1


def test_the_map_is_new_as_soon_as_boards_hear_of_another_color(app, client, sign_in, clock):
    start(client, sign_in, clock)
    clock.moment = NOW + HOUR
    app.consumer.run()
    sign_in("council")
    before = client.get("/api/council/coverage")
    known = {"if-none-match": before.headers["etag"]}
    app.consumer.run()
    assert client.get("/api/council/coverage", headers=known).status_code == 304
    plow(app, clock.moment)
    app.consumer.announce_streets([MAIN_WEST])
    app.consumer.run()
    after = client.get("/api/council/coverage", headers=known)
    changed = [
        street
        for old, street in zip(before.json()["streets"], after.json()["streets"], strict=True)
        if old != street
    ]
    assert [row[0] for row in changed] == [MAIN_WEST]


def test_who_may_not_read_an_answer_gets_no_304_either(client, sign_in):
    sign_in("council")
    known = {"if-none-match": client.get("/api/council").headers["etag"]}
    sign_in("operator")
    assert client.get("/api/council", headers=known).status_code == 403
