import csv
import io

import pytest

from data.setup.fleet_file import URMIA_FLEET, fleet_from_toml
from data.store.audit.audit_log import list_events
from data.store.database.city_database import database_of
from data.store.database.engine import reading
from data.store.setup.city import get_fleet_text

MACHINE = {
    "name": "گریدر ۱",
    "type": "grader",
    "owner": "own",
    "plow_kmh": 12,
    "salt_kmh": None,
    "drive_kmh": 30,
    "blade_m": 3.7,
    "hopper_kg": 0,
    "min_street_m": 4.5,
    "depot_id": 1,
    "shift_h": 8,
    "assumed": False,
}
TABLE = "نام;نوع;سرعت حرکت;تیغه;برف روبی\r\nلودر;لودر;۲۵;۲٫۸;۸\r\n"


def fleet(client):
    return client.get("/api/setup/fleet").json()


def order(client, path, **body):
    return client.post(f"/api/setup/{path}", json={"base": fleet(client)["base"], **body})


def upload(client, path, content, name="machines.csv", **form):
    return client.post(f"/api/setup/fleet/{path}", files={"file": (name, content)}, data=form)


@pytest.mark.parametrize("path", ["/setup/depots", "/setup/machines"])
@pytest.mark.parametrize("language", ["en", "fa"])
def test_an_administrator_opens_the_pages(admin, path, language):
    page = admin.get(f"{path}?lang={language}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert 'aria-current="page"' in page.text


def test_what_was_set_is_in_the_answer_the_file_and_the_database(admin, city_folder):
    answer = order(admin, "machines", **MACHINE)
    assert answer.status_code == 200
    assert [each["name"] for each in answer.json()["machines"]] == ["Truck 1", "Truck 2", "گریدر ۱"]
    text = (city_folder / "fleet.toml").read_text("utf-8")
    with reading(database_of(city_folder)) as tx:
        assert get_fleet_text(tx) == text
        assert list_events(tx)[-1].actor.id == "administrator"
    assert fleet_from_toml(text).vehicles[2].blade_m == 3.7
    assert {path.name for path in city_folder.glob("*fleet*")} == {"fleet.toml"}


def test_a_file_that_was_edited_by_hand_is_set_aside(admin, city_folder):
    order(admin, "machines", **MACHINE)
    (city_folder / "fleet.toml").write_text("# mine", "utf-8")
    order(admin, "machines", **MACHINE | {"name": "B"})
    assert (city_folder / "fleet.edited.toml").read_text("utf-8") == "# mine"
    assert 'name = "B"' in (city_folder / "fleet.toml").read_text("utf-8")


def test_the_running_server_knows_the_change_at_once(admin):
    before = admin.app.state.barfrub.city.revision
    order(admin, "depots", name="North", lon=45.071, lat=37.551)
    assert admin.app.state.barfrub.city.revision == before + 1


def test_a_depot_comes_moves_and_goes(admin):
    order(admin, "depots", name="North", lon=45.071, lat=37.551)
    moved = order(admin, "depots/2", name="North yard", lon=45.072, lat=37.552).json()
    assert [(each["name"], each["lon"], each["machines"]) for each in moved["depots"]][1] == (
        "North yard",
        45.072,
        0,
    )
    refused = order(admin, "depots/1/remove")
    assert (refused.status_code, refused.json()["error"]["values"]["reason"]) == (409, "depot_used")
    gone = order(admin, "depots/1/remove", move_to=2).json()
    assert {each["depot"] for each in gone["machines"]} == {"North yard"}


def test_the_ground_of_a_depot_is_set_kept_and_drawn(admin):
    place = {"name": "North", "lon": 45.071, "lat": 37.551}
    drawn = [[45.07, 37.55], [45.072, 37.55], [45.072, 37.552], [45.07, 37.552]]

    def site_area(path, **body):
        depot = order(admin, path, **place | body).json()["depots"][1]
        return depot["radius_m"], depot["polygon"]

    assert site_area("depots", radius_m=80) == (80, [])
    assert site_area("depots/2", polygon=drawn) == (80, drawn)
    assert site_area("depots/2", lon=45.0711) == (80, drawn)
    assert site_area("depots/2", lon=45.074) == (80, [])
    assert site_area("depots/2", polygon=[], radius_m=40) == (40, [])


@pytest.mark.parametrize(
    ("site_area", "told"),
    [
        ({"radius_m": 3}, "شعاع: باید ۵ تا ۲٬۰۰۰ باشد، نه «۳»."),
        ({"polygon": [[45.07, 37.55], [45.072, 37.55]]}, "محدودهٔ کشیده: باید دست‌کم ۳"),
        (
            {"polygon": [[45.07, 37.55], [45.072, 37.552], [45.072, 37.55], [45.07, 37.552]]},
            "محدودهٔ کشیده: باید خطی دور محدوده که خودش را قطع نکند باشد",
        ),
        (
            {"polygon": [[45.07, 37.55], [45.072, 37.55], [45.072, 37.59]]},
            "محدودهٔ کشیده: باید گوشه‌هایی حداکثر ۲٬۰۰۰ متر دور از نشانگرش باشد",
        ),
    ],
)
def test_an_impossible_site_area_is_refused(admin, site_area, told):
    place = {"name": "North", "lon": 45.071, "lat": 37.551}
    answer = order(admin, "depots?lang=fa", **place, **site_area)
    assert (answer.status_code, answer.json()["error"]["message"].startswith(told)) == (422, True)


def test_a_place_to_load_salt_comes_changes_and_goes(admin):
    place = {"lon": 45.071, "lat": 37.551, "fill_min": 12, "materials": ["salt", "sand"]}
    added = order(admin, "reload-sites", name="Hall", **place).json()["reload_sites"][1]
    assert (added["fill_min"], added["materials"]) == (12, ["salt", "sand"])
    changed = order(admin, f"reload-sites/{added['id']}", name="Hall", **place | {"fill_min": 5})
    site = changed.json()["reload_sites"][1]
    assert site["fill_min"] == 5
    left = order(admin, f"reload-sites/{site['id']}/remove").json()["reload_sites"]
    assert [each["name"] for each in left] == ["Salt heap"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Blade width: expected 0 to 12, got “13”."),
        ("fa", "پهنای تیغه: باید ۰ تا ۱۲ باشد، نه «۱۳»."),
    ],
)
def test_a_number_out_of_bounds_is_refused_in_the_readers_language(admin, language, told):
    path = f"machines?lang={language}"
    error = order(admin, path, **MACHINE | {"blade_m": 13}).json()["error"]
    assert (error["message"], error["values"]["field"]) == (told, "vehicle[3].blade_m")


def test_an_old_page_does_not_overwrite(admin):
    stale = admin.post("/api/setup/machines", json={"base": 7, **MACHINE})
    assert (stale.status_code, stale.json()["error"]["values"]["reason"]) == (409, "fleet_changed")


def test_the_last_change_is_taken_back(admin):
    before = fleet(admin)
    changed = order(admin, "machines/2/remove").json()
    last = changed["last_change"]
    assert (last["what"], last["name"], last["by"]) == (
        "machine.removed",
        "Truck 2",
        "administrator",
    )
    back = admin.post("/api/setup/fleet/undo", json={"change": last["id"]}).json()
    assert back["machines"] == before["machines"]
    assert back["last_change"]["what"] == "undone"


def test_a_spreadsheet_is_checked_before_it_is_imported(admin):
    seen = upload(admin, "check", TABLE.encode("utf-8-sig")).json()
    assert (seen["mistakes"], seen["added"], seen["gone"]) == (
        [],
        ["لودر"],
        ["Truck 1", "Truck 2"],
    )
    assert len(fleet(admin)["machines"]) == 2
    taken = upload(admin, "file", TABLE.encode("utf-8-sig"), base="0").json()
    assert [each["name"] for each in taken["machines"]] == ["لودر"]


def test_the_mistakes_of_a_spreadsheet_are_listed_and_nothing_is_imported(admin):
    wrong = TABLE.replace("لودر;۲۵", "موشک;۲۵۰").encode()
    told = upload(admin, "check?lang=fa", wrong).json()["mistakes"]
    assert [(each["line"], each["field"], each["got"]) for each in told] == [
        (2, "نوع", "موشک"),
        (2, "سرعت تردد", "۲۵۰"),
    ]
    assert told[0]["expected"].startswith("یکی از ")
    assert "گریدر" in told[0]["expected"]
    assert told[1]["expected"] == "۱ تا ۱۲۰"
    assert upload(admin, "file", wrong, base="0").status_code == 422
    assert len(fleet(admin)["machines"]) == 2


def test_a_fleet_file_of_another_city_may_be_taken(admin, city_folder):
    seen = upload(admin, "check", URMIA_FLEET.encode(), name="fleet.toml").json()
    assert (seen["machines"], seen["depots"], len(seen["added"])) == (66, 0, 66)
    upload(admin, "file", URMIA_FLEET.encode(), name="fleet.toml", base="0")
    assert (city_folder / "fleet.toml").read_text("utf-8") == URMIA_FLEET
    assert admin.get("/setup/fleet.toml").text == URMIA_FLEET


def test_the_same_file_again_changes_nothing(admin):
    order(admin, "machines", **MACHINE)
    for path, name in (("/setup/machines.csv", "a.csv"), ("/setup/fleet.toml", "a.toml")):
        seen = upload(admin, "check", admin.get(path).content, name=name).json()
        assert (seen["machines"], seen["added"], seen["changed"], seen["gone"]) == (3, [], [], [])


def test_a_file_that_is_too_large_is_refused(admin):
    answer = upload(admin, "check", b"a" * 4_000_001)
    assert answer.status_code == 422
    assert "4 MB" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("language", "head"), [("en", "Name"), ("fa", "نام")])
def test_the_machines_are_saved_as_a_table_that_excel_opens(admin, language, head):
    answer = admin.get(f"/setup/machines.csv?lang={language}")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="machines.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert (rows[0][0], [row[0] for row in rows[1:]]) == (head, ["Truck 1", "Truck 2"])
