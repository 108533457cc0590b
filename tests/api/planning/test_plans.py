from dataclasses import replace

import pytest

from api.processes.workers.worker_presence import WorkerPresence
from data.model import PlanState, RunKind, StormId, Unserved
from data.store.database.engine import transaction
from data.store.planning.plans import add_plan
from data.store.schema import shift as shift_table
from data.store.work import list_jobs
from tests.maps.plans import a_plan


@pytest.fixture
def dispatcher(dispatcher, storm):
    """A dispatcher in a storm."""
    return dispatcher


@pytest.fixture
def plan(dispatcher):
    with transaction(dispatcher.app.state.barfrub.engine) as tx:
        return add_plan(tx, a_plan(state=PlanState.DRAFT, unserved=()))


@pytest.fixture
def published(dispatcher, plan):
    return dispatcher.post(f"/api/plans/{plan.id}/publish").json()


@pytest.fixture
def driver(client, sign_in, published):
    """Somebody who drives the first shift."""
    app = client.app.state.barfrub
    with transaction(app.engine) as tx:
        tx.execute(shift_table.update().where(shift_table.c.id == 1).values(driver_id=4))
    sign_in("driver")
    return client


def test_asking_for_a_plan_queues_a_run(dispatcher):
    asked = dispatcher.post("/api/plans", json={"seconds": 20})
    assert asked.status_code == 202
    run = asked.json()
    assert (run["state"], run["seconds"], run["asked_by"]) == ("queued", 20.0, "dispatcher")
    assert dispatcher.get("/api/board").json()["runs"] == [run]
    assert dispatcher.get(f"/api/plan-runs/{run['id']}").json() == run


def test_a_run_says_while_its_planner_still_starts(app, dispatcher):
    run = dispatcher.post("/api/plans", json={}).json()
    assert run["starting"] is True
    with WorkerPresence(app.engine, {RunKind.PLAN}):
        assert dispatcher.get(f"/api/plan-runs/{run['id']}").json()["starting"] is False


def test_only_one_plan_is_made_at_a_time(dispatcher):
    dispatcher.post("/api/plans", json={})
    assert dispatcher.post("/api/plans", json={}).status_code == 409


def test_without_a_storm_there_is_nothing_to_plan(client, sign_in):
    sign_in("dispatcher")
    refused = client.post("/api/plans", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize("seconds", [0, -1, 1e9, "long", None])
def test_the_time_to_search_is_checked(dispatcher, seconds):
    refused = dispatcher.post("/api/plans", json={"seconds": seconds})
    assert refused.status_code == 422
    assert refused.json()["error"]["values"]["field"] == "seconds"


def test_a_run_may_be_stopped_early(dispatcher):
    run = dispatcher.post("/api/plans", json={}).json()
    stopped = dispatcher.post(f"/api/plan-runs/{run['id']}/stop").json()
    assert stopped["stop_requested"] is True


def test_a_published_plan_is_on_the_board_with_its_routes(dispatcher, published):
    board = dispatcher.get("/api/board").json()
    assert board["plan"] == published
    (route,) = published["routes"]
    assert (route["vehicle"], route["reloads"]) == ("Truck 1", 1)
    assert route["work_m"] == pytest.approx(400, abs=2)
    assert route["drive_m"] == pytest.approx(350, abs=2)
    assert published["state"] == "published"


def test_publishing_notifies_every_open_board(dispatcher, plan):
    heard = dispatcher.app.state.barfrub.hub.subscribe(lambda: None)
    dispatcher.post(f"/api/plans/{plan.id}/publish")
    assert [storm.name for storm in dict(heard.take())["storm"]] == ["First snow"]


def test_publishing_twice_is_refused(dispatcher, plan, published):
    assert dispatcher.post(f"/api/plans/{plan.id}/publish").status_code == 409


def test_a_route_is_drawn_leg_by_leg(dispatcher, plan):
    lines = dispatcher.get(f"/api/plans/{plan.id}/routes/1").json()
    assert [leg["properties"]["kind"] for leg in lines["features"]] == [
        "work",
        "reload",
        "drive",
        "work",
    ]
    whole = dispatcher.get(f"/api/plans/{plan.id}/geojson").json()
    assert whole["features"] == lines["features"]


def test_a_route_that_is_not_in_the_plan_is_not_found(dispatcher, plan):
    assert dispatcher.get(f"/api/plans/{plan.id}/routes/77").status_code == 404


def test_a_driver_is_led_leg_by_leg(driver, plan):
    started = driver.post("/api/shifts/1/start").json()
    assert started["state"] == "driving"
    assert started["next_leg"]["properties"]["order"] == 0
    done = driver.post(f"/api/plans/{plan.id}/routes/1/legs/0/complete")
    assert (done.json()["done"], done.json()["total"]) == (1, 4)
    skipped = driver.post(
        f"/api/plans/{plan.id}/routes/1/legs/1/skip", json={"reason": "parked_cars"}
    )
    assert (skipped.json()["skipped"], skipped.json()["reason"]) == (1, "parked_cars")
    assert driver.get("/api/shifts/1").json()["next_leg"]["properties"]["order"] == 2
    assert driver.post("/api/shifts/1/end").json()["state"] == "ended"


def test_the_same_tap_again_changes_nothing(driver, plan):
    driver.post("/api/shifts/1/start")
    taps = [driver.post(f"/api/plans/{plan.id}/routes/1/legs/0/complete") for _ in range(2)]
    assert [tap.status_code for tap in taps] == [200, 200]


def test_a_driver_sees_and_changes_his_own_shift_only(driver, plan):
    assert driver.get(f"/api/plans/{plan.id}/routes/1").status_code == 200
    assert driver.get(f"/api/plans/{plan.id}/routes/2").status_code == 403
    assert driver.get("/api/shifts/2").status_code == 403
    assert driver.post("/api/shifts/2/start").status_code == 403
    assert driver.post(f"/api/plans/{plan.id}/routes/2/legs/0/complete").status_code == 403


def test_a_plan_of_other_streets_is_not_published(dispatcher, plan):
    with transaction(dispatcher.app.state.barfrub.engine) as tx:
        other = add_plan(tx, replace(plan, network_version="other"))
    assert dispatcher.post(f"/api/plans/{other.id}/publish").status_code == 409


def test_a_plan_may_be_for_some_classes_districts_and_machines(dispatcher):
    asked = dispatcher.post("/api/plans", json={"classes": ["P2", "P1", "P1"], "vehicles": [2]})
    assert asked.json()["options"] == {"classes": ["P1", "P2"], "districts": [], "vehicles": [2]}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"classes": ["P9"]}, "classes"),
        ({"districts": ["Nowhere"]}, "districts"),
        ({"vehicles": [77]}, "vehicles"),
    ],
)
def test_what_a_plan_cannot_be_for_is_refused_by_name(dispatcher, wish, field):
    refused = dispatcher.post("/api/plans", json=wish)
    assert refused.status_code == 422
    assert refused.json()["error"]["values"]["field"] == field


def test_a_plan_that_drops_work_is_published_only_by_who_says_so(dispatcher, plan, published):
    with transaction(dispatcher.app.state.barfrub.engine) as tx:
        draft = a_plan(state=PlanState.DRAFT, parent_id=plan.id, unserved=())
        empty = add_plan(tx, replace(draft, routes=()))
    refused = dispatcher.post(f"/api/plans/{empty.id}/publish")
    assert refused.json()["error"]["values"]["reason"] == "plan_drops_jobs"
    assert dispatcher.get("/api/board").json()["plan"]["id"] == plan.id
    agreed = dispatcher.post(f"/api/plans/{empty.id}/publish", json={"dropping": True})
    assert agreed.json()["state"] == "published"


def test_two_plans_are_compared_as_data_and_as_a_page(dispatcher, plan, published):
    with transaction(dispatcher.app.state.barfrub.engine) as tx:
        other = add_plan(tx, replace(plan, state=PlanState.DRAFT, bound=9.5))
    found = dispatcher.get(f"/api/plans/compare?a={plan.id}&b={other.id}").json()
    assert (found["first"]["state"], found["second"]["state"]) == ("published", "draft")
    rows = {row["key"]: row for row in found["rows"]}
    assert rows["work"]["first"]["words"] == "0.4 km"
    assert rows["gap"]["second"]["words"] == "Within 6 % of optimum."
    assert {row["better"] for row in found["rows"]} == {""}
    page = dispatcher.get("/plans", headers={"accept": "text/html"}).text
    assert f'value="{plan.id}" selected' in page
    assert "No truck drives another way" in page


def test_what_is_proved_of_a_plan_is_said_in_the_readers_language(dispatcher, plan):
    english = dispatcher.get(f"/api/plans/{plan.id}/words").json()
    assert (english["gap"], english["gap_words"]) == (
        1.0,
        "At most 2 times the optimum.",
    )
    persian = dispatcher.get(f"/api/plans/{plan.id}/words?lang=fa").json()
    assert persian["gap_words"] == "حداکثر ۲ برابر هزینهٔ بهترین برنامهٔ ممکن."


def test_what_a_plan_leaves_undone_is_told_with_the_machine_that_would_do_it(dispatcher):
    with transaction(dispatcher.app.state.barfrub.engine) as tx:
        job = list_jobs(tx, StormId(1))[0]
        plan = add_plan(tx, a_plan(unserved=(Unserved(job.id, "time"),)))
        blocked = a_plan(unserved=(Unserved(job.id, "no_vehicle"),), routes=())
        helpless = add_plan(tx, replace(blocked, state=PlanState.DRAFT))
    (late,) = dispatcher.get(f"/api/plans/{plan.id}/words").json()["left_undone"]
    assert (late["reason"], late["lack"]) == ("time", "")
    assert late["help"] == "The last shift ends at 15:30: longer shifts would do more."
    (left,) = dispatcher.get(f"/api/plans/{helpless.id}/words").json()["left_undone"]
    assert (left["lack"], left["jobs"]) == ("equipment", 1)
    assert "Wanted: a machine for plowing." in left["help"]
    assert "Truck 1" in left["help"]
    assert [street["segment_id"] for street in left["streets"]] == [job.segment_id]
    page = dispatcher.get(f"/plans?a={plan.id}&b={helpless.id}", headers={"accept": "text/html"})
    assert "Wanted: a machine for plowing." in page.text


def test_without_two_plans_the_page_says_what_to_do(dispatcher, published):
    page = dispatcher.get("/plans", headers={"accept": "text/html"})
    assert "no two plans to compare yet" in page.text
    assert "<select" not in page.text


def test_before_the_first_storm_the_page_says_where_one_begins(client, sign_in):
    sign_in("dispatcher")
    page = client.get("/plans", headers={"accept": "text/html"})
    assert "There has been no storm." in page.text
    assert '<a href="/storms">' in page.text
