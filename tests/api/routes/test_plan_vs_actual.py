"""Route check and alerts over HTTP: live for the board, by revision for the auditor."""

from datetime import timedelta

import pytest

from data.model import AlertKind, PlanState
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import list_events
from data.store.database.engine import transaction
from data.store.planning.plans import set_plan_state
from fleet.accounts.accounts import token_digest
from maps.pages.i18n import translator
from tests import village as v
from tests.fleet.drives import a_drive
from tests.village_plan import a_leg, add_published_plan, legs_along

MINUTE = timedelta(minutes=1)
STREETS = (v.MAIN_WEST, v.MAIN_EAST, v.ROSE)


@pytest.fixture
def plan(app, storm):
    """The plan of a storm, published; its first truck has three streets."""
    with transaction(app.engine) as tx:
        legs = legs_along(tx, STREETS)
        made = add_published_plan(tx, *legs)
        add_device(tx, "tracker", v.a_vehicle(1).id, token_digest("token"))
    return made


def drive(client, app, clock) -> None:
    """Drive along the first two streets, blade down, then stand so long that all is settled."""
    fixes = a_drive((0, 0), (400, 0), blade=True)
    entries = [
        {
            "fixed_at": fix.fixed_at.isoformat(),
            "lon": fix.location.lon,
            "lat": fix.location.lat,
            "speed_mps": fix.speed_mps,
            "heading_deg": fix.heading_deg,
            "blade": True,
        }
        for fix in fixes
    ]
    clock.moment = fixes[-1].fixed_at + 2 * MINUTE
    headers = {"Authorization": "Bearer token"}
    sent = client.post("/positions", json={"positions": entries}, headers=headers)
    assert sent.json()["stored"] == len(fixes)
    for _ in range(3):
        app.consumer.run()
    app.alert_task.run()


def test_the_board_gets_the_state_of_routes_and_their_alerts(client, app, clock, plan) -> None:
    heard = app.hub.subscribe(lambda: None, frozenset({"checks", "alerts"}))
    app.alert_task.run()
    drive(client, app, clock)
    [check] = [one for one in client.get("/api/route-checks").json() if one["legs"]]
    assert check["counts"]["done"] == 2
    assert check["next_leg"] == 2
    assert client.get(f"/api/route-checks/{check['shift_id']}").json() == ["done", "done", "ahead"]
    assert client.get("/api/route-checks/99").status_code == 404
    clock.moment += 20 * MINUTE
    app.alert_task.run()
    alerts = [one for one in client.get("/api/alerts").json() if one["vehicle_id"]]
    assert AlertKind.SILENT in {one["kind"] for one in alerts}
    told = dict(heard.take())
    assert {one.id for one in told["alerts"]} >= {one["id"] for one in alerts}
    assert told["checks"]


def test_an_alert_is_acknowledged_under_ones_name(client, app, clock, plan) -> None:
    drive(client, app, clock)
    clock.moment += 20 * MINUTE
    app.alert_task.run()
    alert = client.get("/api/alerts").json()[0]
    known = client.post(f"/api/alerts/{alert['id']}/acknowledge").json()
    assert known["acknowledged_by"] == "dispatcher"
    with transaction(app.engine) as tx:
        verbs = [event.verb for event in list_events(tx, f"alert:{alert['id']}")]
    assert verbs == ["alert.opened", "alert.acknowledged"]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_auditor_reads_every_leg_by_plan(client, app, clock, plan, language: str) -> None:
    drive(client, app, clock)
    t = translator(language, "Asia/Tehran")
    page = client.get(f"/routes?lang={language}").text
    assert f"/routes/1?plan={plan.id}" in page
    assert 'data-marks="left"' in page
    legs = client.get(f"/routes/1?plan={plan.id}&lang={language}").text
    assert legs.count('<td><span class="leg leg-done"') == 2
    assert t("This truck has not left its route.") in legs
    ahead = client.get(f"/routes/1?plan={plan.id}&only=ahead&lang={language}").text
    assert (t("All legs") in ahead, ahead.count('<th scope="row">')) == (True, 1)
    rows = client.get(f"/routes.csv?plan={plan.id}&lang={language}").text.splitlines()
    assert len(rows) == 1 + len(STREETS)
    assert t("leg:done") in rows[1]
    assert ("1405-09-30" if language == "fa" else "2026-12-21") in rows[1]
    assert t("leg:ahead") in rows[3]


def test_the_map_of_a_plan_shows_each_run_by_what_became_of_it(client, app, clock, plan) -> None:
    drive(client, app, clock)
    shown = client.get(f"/api/plans/{plan.id}/check-map?lang=en").json()
    lines = {one["properties"]["state"]: one for one in shown["features"]}
    assert lines["done"]["properties"] == {
        "shift_id": 1,
        "run": 0,
        "state": "done",
        "street": "Imam Street",
    }
    assert len(lines["done"]["geometry"]["coordinates"]) == 2
    assert lines["left"]["properties"]["run"] == 2
    assert shown["extra_m"] == {}
    mine = client.get(f"/api/plans/{plan.id}/check-map?shift_id=1&lang=en").json()
    assert (mine["features"], mine["extra_m"]) == (shown["features"], {"1": 0})
    for address in ("99/check-map", f"{plan.id}/check-map?shift_id=99"):
        assert client.get(f"/api/plans/{address}").status_code == 404


def test_a_superseded_plan_is_read_as_it_was_driven_until_the_next(
    client, app, clock, plan
) -> None:
    drive(client, app, clock)
    with transaction(app.engine) as tx:
        set_plan_state(tx, plan.id, PlanState.SUPERSEDED)
        add_published_plan(tx, a_leg(segment_id=v.MILL), made_at=v.NOW + MINUTE / 2)
    old = client.get(f"/routes/1?plan={plan.id}").text
    assert old.count('<td><span class="leg leg-done"') == 1  # the second street was done after that
    assert client.get("/routes?plan=99").status_code == 404


def test_before_the_first_plan_the_page_says_what_will_be_there(client, sign_in) -> None:
    sign_in()
    assert "No plan has been driven yet" in client.get("/routes?lang=en").text
    assert client.get("/routes.csv").status_code == 404
    assert client.get("/api/route-checks").json() == []
    assert client.get("/api/alerts").json() == []
