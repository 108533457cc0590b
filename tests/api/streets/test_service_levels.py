import json

import pytest

from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from tests import village as v

TULIP_P1 = {"segment_id": v.TULIP, "service_class": "P1", "cycle_h": 2.5, "note": "Bakery"}
TULIP_FREE = {"segment_id": v.TULIP, "service_class": None, "cycle_h": None, "note": ""}


def decide(client, *decisions, seen=()):
    order = {"decisions": list(decisions), "seen": list(seen)}
    return client.post("/api/classes", json=order)


def upload(client, text, name="decisions.csv", **form):
    return client.post("/api/classes/file", files={"file": (name, text.encode())}, data=form)


def test_every_street_is_in_the_sums(admin):
    view = admin.get("/api/classes").json()
    assert sum(total["streets"] for total in view["totals"]) == len(v.village_segments())
    assert view["roads"]["primary"] == "P1"
    assert view["raised"] == []
    assert view["rules"][3] == {"service_class": "P4", "cycle_h": None, "deadline_h": 24.0}


def test_a_decision_is_seen_at_once_with_its_reason(admin):
    answer = decide(admin, TULIP_P1, seen=[TULIP_FREE])
    assert answer.json()["changed"] == 1
    street = admin.get(f"/api/classes/{v.TULIP}").json()
    assert street["level"] == {
        "service_class": "P1",
        "reason": "override",
        "subject": {"": "Bakery"},
        "cycle_h": 2.5,
    }
    assert (street["by_rules"]["service_class"], street["by_rules"]["reason"]) == ("P3", "road")
    assert street["decisions"] == [TULIP_P1]
    assert admin.get("/api/classes").json()["raised"] == [[v.TULIP, "P1", "override"]]


def test_a_decision_changes_the_board_too(admin):
    decide(admin, TULIP_P1)
    assert admin.get(f"/api/segments/{v.TULIP}").json()["service_class"] == "P1"


def test_undo_takes_a_decision_back(admin):
    decide(admin, TULIP_P1)
    undo = decide(admin, TULIP_P1 | {"service_class": "P2"}).json()["undo"]
    assert admin.post("/api/classes", json=undo).json()["changed"] == 1
    assert admin.get(f"/api/classes/{v.TULIP}").json()["decisions"] == [TULIP_P1]


def test_who_is_too_late_is_told(admin):
    decide(admin, TULIP_P1)
    answer = decide(admin, TULIP_FREE, seen=[TULIP_FREE])
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_class": "P5"},
        {"cycle_h": 0},
        {"cycle_h": 1000},
        {"note": "x" * 201},
        {"segment_id": "all"},
    ],
)
def test_a_decision_is_checked(admin, wrong):
    assert decide(admin, TULIP_P1 | wrong).status_code == 422


def test_a_street_that_does_not_exist_has_no_class(admin):
    assert admin.get("/api/classes/99").status_code == 404
    assert decide(admin, TULIP_P1 | {"segment_id": 99}).status_code == 404


def test_parts_of_one_name_belong_together(admin):
    street = admin.get(f"/api/classes/{v.MAIN_WEST}").json()
    assert [part["segment_id"] for part in street["decisions"]] == [v.MAIN_WEST, v.MAIN_EAST]
    assert street["whole_m"] == pytest.approx(400, rel=0.01)


@pytest.mark.parametrize(
    ("search", "streets"),
    [
        ({"service_class": "P1"}, [[v.MAIN_WEST, v.MAIN_EAST], [v.MILL]]),
        ({"words": "گل سرخ"}, [[v.ROSE]]),
        ({"words": "rose"}, [[v.ROSE]]),
        ({"reason": "override"}, []),
        ({"service_class": "P4", "words": "Jasmine"}, [[v.BLIND]]),
    ],
)
def test_streets_are_found_by_class_reason_and_name(admin, search, streets):
    found = admin.get("/api/classes/streets", params=search).json()
    assert [row["ids"] for row in found["rows"]] == streets
    assert found["count"] == len(streets)


def test_a_search_is_no_essay(admin):
    assert admin.get("/api/classes/streets", params={"words": "x" * 101}).status_code == 422


def test_a_file_decides_all_its_streets_and_can_be_undone(admin):
    outcome = upload(admin, "street;class\nکوچه لاله;درجهٔ ۱\nRose Street;P2\n").json()
    assert (outcome["streets"], outcome["decided"]["changed"], outcome["mistakes"]) == (2, 2, [])
    assert len(admin.get("/api/classes").json()["raised"]) == 2
    admin.post("/api/classes", json=outcome["decided"]["undo"])
    assert admin.get("/api/classes").json()["raised"] == []


def test_a_file_that_replaces_all_leaves_other_streets_to_the_rules(admin):
    decide(admin, TULIP_P1)
    upload(admin, "street;class\nRose Street;P2\n", replace="true")
    assert admin.get("/api/classes").json()["raised"] == [[v.ROSE, "P2", "override"]]


@pytest.mark.parametrize(
    ("language", "need"), [("en", "a street of this city"), ("fa", "خیابانی از این شهر")]
)
def test_a_file_with_a_mistake_changes_nothing_and_says_what_is_wrong(admin, language, need):
    admin.cookies.set("barfrub_language", language)
    outcome = upload(admin, "street;class\nRose Street;P2\nMoon Street;P1\n").json()
    assert outcome["mistakes"] == [
        {"line": 3, "field": "street", "got": "Moon Street", "expected": need}
    ]
    assert admin.get("/api/classes").json()["raised"] == []


def test_a_file_of_another_kind_is_refused(admin):
    assert upload(admin, "x", "decisions.xlsx").status_code == 422


@pytest.mark.parametrize("ending", ["csv", "geojson"])
def test_what_is_downloaded_can_be_uploaded(admin, ending):
    decide(admin, TULIP_P1)
    file = admin.get(f"/classes/decisions.{ending}")
    assert file.headers["content-disposition"] == f'attachment; filename="decisions.{ending}"'
    outcome = upload(admin, file.content.decode(), f"back.{ending}").json()
    assert (outcome["streets"], outcome["decided"]["changed"]) == (1, 0)


def test_the_book_names_who_decided(admin, city_folder):
    decide(admin, TULIP_P1)
    with reading(database_of(city_folder)) as tx:
        event = list_events(tx)[-1]
    assert (event.verb, event.actor.id) == ("class.decided", "administrator")
    assert json.dumps(event.after)


@pytest.mark.parametrize(("role", "edits"), [("administrator", True), ("supervisor", False)])
def test_only_an_administrator_is_offered_to_decide(client, sign_in, role, edits):
    sign_in(role)
    page = client.get("/classes", headers={"accept": "text/html"}).text
    assert ('"edits": true' in page) is edits
    assert (decide(client, TULIP_P1).status_code == 200) is edits


def test_a_file_of_decisions_that_takes_too_much_memory_is_refused_by_its_name(admin, app):
    app.settings = app.settings.model_copy(update={"import_memory_mb": 600})
    bomb = '{"features":[' + "[]," * 6_000_000 + "[]]}"
    answer = upload(admin, bomb, "decisions.geojson")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "import_limit")
    assert "decisions.geojson" in answer.json()["error"]["message"]


def test_decisions_as_geojson_are_taken_from_another_process(admin):
    decide(admin, TULIP_P1)
    drawn = admin.get("/classes/decisions.geojson").text
    decide(admin, TULIP_FREE)
    answer = upload(admin, drawn, "decisions.geojson")
    assert (answer.json()["streets"], answer.json()["mistakes"]) == (1, [])
    assert admin.get(f"/api/classes/{v.TULIP}").json()["decisions"] == [TULIP_P1]
