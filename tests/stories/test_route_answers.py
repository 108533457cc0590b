"""A route is published, accepted or declined with a reason, and published anew."""

from dataclasses import replace

import pytest

from data.model import AlertKind
from data.store.alerts import list_open_alerts
from data.store.database.engine import reading, transaction
from data.store.planning.plans import get_plan
from fleet.planning.plan_lifecycle import store_draft
from tests import village as v
from tests.api.shifts.test_driver import PAGE
from tests.stories.test_first_storm import planned
from tests.village_database import DISPATCHER

pytestmark = pytest.mark.usefixtures("storm")


def standing(client, shift_id):
    (one,) = [each for each in client.get("/api/shifts").json() if each["id"] == shift_id]
    return one["answer"], one["declined"], one["words"]


def republished(client, app, plan, **changes):
    """Publish a draft like a plan, with other routes if wanted."""
    with transaction(app.engine) as tx:
        draft = store_draft(tx, DISPATCHER, replace(plan, parent_id=plan.id, **changes), v.NOW)
    answer = client.post(f"/api/plans/{draft.id}/publish", json={"dropping": True})
    assert answer.status_code == 200
    with reading(app.engine) as tx:
        return get_plan(tx, draft.id)


def test_drivers_answer_and_only_what_changes_asks_them_again(client, app, sign_in):
    plan = planned(client, app)
    one, other = [route.shift_id for route in plan.routes if len(route.legs) > 2][:2]
    assert standing(client, one) == ("waiting", "", "")
    code = client.post(f"/api/shifts/{one}/code", json={}).json()["code"]
    url = f"/api/plans/{plan.id}/routes/{one}/answer"

    client.cookies.clear()
    client.headers.pop("x-csrf-token", None)
    client.get("/drive", headers=PAGE)
    form = {"code": code, "csrf": client.cookies["barfrub_csrf"]}
    client.post("/drive", data=form, headers=PAGE)
    client.headers["x-csrf-token"] = client.cookies.get("barfrub_csrf", "")
    told = client.get("/api/drive").json()
    assert (told["revision"], told["answer"]) == (plan.revision, None)
    assert client.post(url, json={"state": "declined"}).status_code == 422
    tap = {"key": "one-tap-of-mine", "state": "declined", "reason": "unwell", "text": "Fever"}
    first = client.post(url, json=tap)
    assert first.status_code == 200
    assert client.post(url, json=tap | {"text": "other words"}).json() == first.json()
    theirs = f"/api/plans/{plan.id}/routes/{other}/answer"
    assert client.post(theirs, json={"state": "accepted"}).status_code == 403

    sign_in("dispatcher")
    assert standing(client, one) == ("declined", "unwell", "Fever")
    assert client.post(theirs, json={"state": "accepted"}).json()["answer"] == "accepted"
    app.alert_task.run()
    with reading(app.engine) as tx:
        (alert,) = [x for x in list_open_alerts(tx) if x.kind is AlertKind.ROUTE_DECLINED]
    assert dict(alert.facts) == {"reason": "unwell"}

    same = republished(client, app, plan)
    assert standing(client, one) == ("declined", "unwell", "Fever")
    assert standing(client, other) == ("accepted", "", "")
    assert client.post(url, json={"state": "accepted"}).json()["error"]["values"]["reason"] == (
        "plan_not_driven"
    )
    again = f"/api/plans/{same.id}/routes/{one}/answer"
    assert client.post(again, json={"state": "accepted"}).status_code == 200

    shorter = tuple(
        replace(route, legs=route.legs[:-2]) if route.shift_id == one else route
        for route in same.routes
    )
    republished(client, app, same, routes=shorter)
    assert standing(client, one) == ("waiting", "", "")
    assert standing(client, other) == ("accepted", "", "")
