"""The timeline, and what the panels of a truck and of a street say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.server.app import create_app
from api.server.readiness import get_ready
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.tracking.positions import add_positions
from tests import village as v
from tests.fleet.coverage.test_coverage_cache import add
from tests.fleet.drives import a_drive, a_fix
from tests.fleet.routes.test_plan_vs_actual import a_pass
from tests.village_plan import add_published_plan, legs_along

MINUTE = timedelta(minutes=1)
STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.ROSE)


@pytest.fixture
def plan(app, storm):
    """A published plan: the first truck has three streets."""
    with transaction(app.engine) as tx:
        legs = [replace(leg, load_kg=900.0 - i) for i, leg in enumerate(legs_along(tx, STREETS))]
        made = add_published_plan(tx, *legs)
    app.alert_task.run()
    return made


def tap_first_leg(client, plan, clock):
    clock.moment += 2 * MINUTE
    client.post("/api/shifts/1/start")
    client.post(f"/api/plans/{plan.id}/routes/1/legs/0/complete")


def test_the_timeline_shows_planned_and_done(client, app, clock, plan):
    [lane] = client.get(f"/api/plans/{plan.id}/timeline").json()["lanes"]
    assert lane["streets"] == [[street] for street in STREETS]
    tap_first_leg(client, plan, clock)
    app.alert_task.run()
    done = client.get("/api/board/done").json()
    assert done["plan_id"] == plan.id
    assert (done["lanes"][0]["states"], done["lanes"][0]["done"]) == ("taa", [[0, 120]])
    assert client.get("/api/plans/99/timeline").status_code == 404


def test_a_server_that_starts_again_knows_what_became_of_the_plan(
    settings, city_folder, clock, plan
):
    web = create_app(settings, city_folder, clock)
    app = web.state.barfrub
    get_ready(web)
    assert app.alert_task.check.plan.id == plan.id
    app.engine.dispose()


def test_a_server_opens_though_its_board_cannot_be_made(settings, city_folder, clock, caplog):
    web = create_app(settings, city_folder, clock)
    app = web.state.barfrub
    with transaction(app.engine) as tx:
        tx.exec_driver_sql("ALTER TABLE storm RENAME TO lost")
    get_ready(web)
    assert "could not be made ready" in caplog.text
    app.engine.dispose()


def test_a_truck_tells_its_runs_its_load_and_its_hours(client, app, clock, plan):
    desk = client.get("/api/board/trucks/1").json()
    assert (desk["load_kg"], desk["more"]) == (desk["hopper_kg"], 0)
    main, rose = desk["runs"]  # both blocks of the main street are one run
    assert (main["leg"], main["street"]["en"], main["segment_id"]) == (0, "Imam Street", STREETS[0])
    assert main["length_m"] + rose["length_m"] == desk["left_m"] > main["length_m"] > 0
    tap_first_leg(client, plan, clock)
    app.alert_task.run()
    desk = client.get("/api/board/trucks/1").json()
    assert desk["load_kg"] == 900.0
    assert [run["segment_id"] for run in desk["runs"]] == list(STREETS[1:])
    assert desk["runs"][0]["expected_at"] is not None
    assert desk["runs"][0]["late_min"] >= 0
    assert desk["shift_ends_at"] > desk["shift_starts_at"]
    assert client.get("/api/board/trucks/2").json()["runs"] == []


def test_a_truck_shows_where_it_was_how_fast_and_with_which_blade(dispatcher, app, clock, storm):
    with transaction(app.engine) as tx:
        device = add_device(tx, "tracker", VehicleId(1), "hash").id
        drive = [
            *a_drive((0, 0), (40, 0), blade=True, spreader=False),
            a_fix(v.at_m(9, 9), 3600),
        ]
        add_positions(tx, [replace(fix, device_id=device) for fix in drive])
    clock.moment += timedelta(hours=2)
    path = "/api/board/trucks/1/track"
    [last] = dispatcher.get(path).json()["fixes"]
    assert last[0] == v.NOW.timestamp() + 3600
    assert last[3:] == [None, None, None]
    first, *_ = dispatcher.get(path, params={"span": "three_hours"}).json()["fixes"]
    assert first[3:] == [8.0, True, False]
    whole = dispatcher.get(path, params={"span": "shift"}).json()
    assert (len(whole["fixes"]), whole["since"]) == (len(drive), "2026-12-21T04:00:00Z")
    assert dispatcher.get("/api/board/trucks/2/track").json()["fixes"] == []
    assert dispatcher.get("/api/board/trucks/99/track").status_code == 404


def test_a_street_tells_who_comes_who_asked_and_storms_before(client, plan):
    client.post(
        "/requests",
        json={
            "kind": "plow",
            "text": "Imam Street",
            "segment_id": v.MAIN_WEST,
            "lon": 45.07,
            "lat": 37.55,
        },
    )
    desk = client.get(f"/api/board/streets/{v.MAIN_WEST}").json()
    [visit] = desk["visits"]
    assert (visit["vehicle"], visit["leg"], visit["state"]) == ("Truck 1", 0, "ahead")
    assert visit["expected_at"] == visit["ends_at"]
    assert [one["kind"] for one in desk["requests"]] == ["plow"]
    assert desk["storms"] == []
    assert client.get("/api/board/streets/999").status_code == 404


def test_passes_of_the_present_storm_are_told_once(client, app, plan):
    with transaction(app.engine) as tx:
        add(tx, plan.storm_id, a_pass(v.MAIN_WEST, 1))
    assert client.get(f"/api/segments/{v.MAIN_WEST}").json()["passes"]
    assert client.get(f"/api/board/streets/{v.MAIN_WEST}").json()["storms"] == []


def test_a_drivers_number_is_kept_and_the_book_tells_only_that(client, app, plan):
    client.post("/api/shifts/1/code", json={"login": "driver"})
    kept = client.post("/api/drivers/phone", json={"login": "driver", "phone": "0914 555"})
    assert kept.json() == {"login": "driver", "phone": "0914 555"}
    desk = client.get("/api/board/trucks/1").json()
    assert (desk["driver"], desk["phone"]) == ("driver", "0914 555")
    with reading(app.engine) as tx:
        [line] = [one for one in list_events(tx) if one.verb == "user.phone_set"]
    assert line.after == {"kept": True}
    refused = client.post("/api/drivers/phone", json={"login": "driver", "phone": "call me"})
    assert refused.json()["error"]["values"]["field"] == "phone"
