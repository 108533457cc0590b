import tomllib

import pytest

from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.setup.city import get_policy_text

ZONE = {"name": "بازار", "lon": 45.07, "lat": 37.55, "radius_m": 400, "cycle_h": 2}


def seen(client):
    return client.get("/api/setup/policy").json()


def changed(client, change, language="en"):
    """Send the form after a change of its tables, as a browser would."""
    view = seen(client)
    change(view["tables"])
    body = {"base": view["base"], "tables": view["tables"]}
    return client.post(f"/api/setup/policy?lang={language}", json=body)


def upload(client, path, content, **form):
    files = {"file": ("policy.toml", content)}
    return client.post(f"/api/setup/policy/{path}", files=files, data=form)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_administrator_opens_the_page(admin, language):
    page = admin.get(f"/setup/policy?lang={language}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "policy-form" in page.text


def test_the_form_shows_the_file_and_what_it_comes_to(admin):
    view = seen(admin)
    assert view["tables"]["class"] == tomllib.loads(DEFAULT_POLICY)["class"]
    assert sum(each["streets"] for each in view["counts"].values()) == 12
    assert view["counts"]["P1"]["length_m"] > 400


def test_what_was_set_is_in_force_in_the_file_and_in_the_database(admin, city_folder):
    def change(tables):
        tables["class"]["P1"]["cycle_h"] = 2.5
        tables["zone"] = [ZONE]

    view = changed(admin, change).json()
    assert view["tables"]["zone"] == [ZONE]
    assert admin.app.state.barfrub.policy.rules["P1"].cycle.total_seconds() == 2.5 * 3600
    text = (city_folder / "policy.toml").read_text("utf-8")
    with reading(database_of(city_folder)) as tx:
        assert get_policy_text(tx) == text
        assert list_events(tx)[-1].actor.id == "administrator"
    assert policy_from_toml(text).street_rules.zones[0].name == "بازار"
    comments = [line for line in DEFAULT_POLICY.splitlines() if line.startswith("#")]
    assert [line for line in text.splitlines() if line.startswith("#")] == comments
    assert admin.get("/setup/policy.toml").text == text


def test_how_long_requests_may_wait_is_set_in_the_form(admin):
    def change(tables):
        tables["followup"] |= {"place_min": 45, "shifts": ["06:00", "18:00"], "spot_m": 60}
        tables["followup"]["done_h"] = {"ice": {}, "tree": {"P1": 3}}
        tables["join"]["across_classes"] = True

    view = changed(admin, change).json()
    policy = admin.app.state.barfrub.policy
    assert view["tables"]["followup"]["done_h"] == {"tree": {"P1": 3}}
    assert [each.hour for each in policy.followup.shifts] == [6, 18]
    assert (policy.followup.spot_m, policy.join.across_classes) == (60, True)
    page = admin.get("/setup/policy", headers={"accept": "text/html"}).text
    assert all(kind in page for kind in ("sidewalk", "haul"))

    def too_late(tables):
        tables["followup"]["shifts"] = ["25:00"]

    refused = changed(admin, too_late)
    assert (refused.status_code, "followup.shifts" in refused.text) == (422, True)


def test_thresholds_of_alerts_are_set_in_the_form(admin):
    view = changed(admin, lambda tables: tables["alerts"].update(silent_min=4)).json()
    assert view["tables"]["alerts"]["silent_min"] == 4
    assert admin.app.state.barfrub.policy.alerts.silent.total_seconds() == 240


def test_what_material_costs_is_set_in_the_form(admin):
    view = changed(admin, lambda tables: tables["costs"].update(currency="SEK", salt_t=900)).json()
    assert (view["tables"]["costs"]["currency"], view["tables"]["costs"]["salt_t"]) == ("SEK", 900)
    assert admin.app.state.barfrub.policy.costs.of_material({"salt": 500.0}) == 450.0
    refused = changed(admin, lambda tables: tables["costs"].update(sand_t=-1))
    assert (refused.status_code, "costs.sand_t" in refused.text) == (422, True)


def test_a_street_moves_to_another_class_with_its_kind(admin):
    def change(tables):
        tables["class"]["P3"]["roads"].remove("residential")
        tables["class"]["P2"]["roads"].append("residential")

    before = seen(admin)["counts"]["P2"]["streets"]
    assert changed(admin, change).json()["counts"]["P2"]["streets"] > before


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (
            lambda tables: tables["class"]["P2"].update(cycle_h=0),
            "class.P2.cycle_h",
            "زمان دوره: باید ۰٫۲۵ تا ۱۶۸ باشد، نه «۰».",
        ),
        (
            lambda tables: tables.update(zone=[{**ZONE, "name": ""}]),
            "zone[1].name",
            "نام: باید متنی یک‌سطری باشد، نه «».",
        ),
        (
            lambda tables: tables["near"][1].update(places=["castle"]),
            "near[2].places",
            "نوع مکان‌ها: باید ",
        ),
        (
            lambda tables: tables["alerts"].update(stop_min=0),
            "alerts.stop_min",
            "توقف در مسیر به مدت: باید ۰٫۵ تا ۱٬۴۴۰ باشد، نه «۰».",
        ),
        (lambda tables: tables.pop("passes"), "policy.toml: passes", ""),
        (lambda tables: tables.update(zone=7), "policy.toml: zone", ""),
    ],
)
def test_a_mistake_is_reported_with_its_field_and_changes_nothing(admin, change, field, message):
    answer = changed(admin, change, "fa")
    error = answer.json()["error"]
    assert (answer.status_code, error["values"]["field"]) == (422, field)
    assert error["message"].startswith(message)
    assert seen(admin)["base"] == 0


def test_an_old_page_does_not_overwrite(admin):
    view = seen(admin)
    changed(admin, lambda tables: tables["class"]["P1"].update(weight=9))
    stale = admin.post("/api/setup/policy", json={"base": view["base"], "tables": view["tables"]})
    assert (stale.status_code, stale.json()["error"]["values"]["reason"]) == (409, "policy_changed")


def test_the_last_change_is_taken_back_and_done_again(admin):
    view = changed(admin, lambda tables: tables["class"]["P1"].update(weight=9)).json()
    back = admin.post("/api/setup/policy/undo", json={"change": view["base"]}).json()
    assert admin.get("/setup/policy.toml").text == DEFAULT_POLICY
    again = admin.post("/api/setup/policy/undo", json={"change": back["base"]}).json()
    assert again["tables"] == view["tables"]


def test_nothing_can_be_taken_back_before_the_first_change(admin):
    answer = admin.post("/api/setup/policy/undo", json={"change": 0})
    assert answer.json()["error"]["values"]["reason"] == "nothing_to_undo"


def test_a_file_is_checked_before_it_is_imported(admin, city_folder):
    text = DEFAULT_POLICY.replace('"tertiary"', '"tertiary", "residential"').replace(
        '"residential", "living_street"', '"living_street"'
    )
    told = upload(admin, "check", text.encode()).json()
    assert told["counts"]["P2"]["streets"] > told["present"]["P2"]["streets"]
    assert seen(admin)["base"] == 0
    upload(admin, "file", text.encode(), base="0")
    assert (city_folder / "policy.toml").read_text("utf-8") == text


def test_the_mistakes_of_a_file_are_listed_with_their_lines(admin):
    text = DEFAULT_POLICY.replace("cycle_h = 3", "cycle_h = 999").replace("weight = 4", "wait = 4")
    told = upload(admin, "check", text.encode()).json()["mistakes"]
    lines = DEFAULT_POLICY.splitlines()
    assert [each["field"] for each in told] == [
        "class.P1.cycle_h",
        "class.P2.weight",
        "class.P2.wait",
    ]
    assert lines[told[0]["line"] - 1] == "cycle_h = 3"
    assert upload(admin, "file", text.encode(), base="0").status_code == 422


def test_a_file_that_is_no_policy_is_refused(admin):
    told = upload(admin, "check", b"\x50\x4b not a policy").json()["mistakes"]
    assert [(each["line"], each["expected"]) for each in told] == [(1, "TOML")]
    assert upload(admin, "check", b"\xff\xfe\x00").status_code == 422
