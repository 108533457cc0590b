"""A class of service that only a city's `policy.toml` knows."""

from pathlib import Path

import pytest

from api.config.settings import Settings
from data.model import ServiceClass
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.store.database.engine import reading, transaction
from data.store.storms.storms import find_active_storm
from data.store.work import list_jobs
from fleet.planning.plan_lifecycle import PLANNER, publish, store_draft
from fleet.planning.plan_preparation import prepare
from fleet.planning.plan_solving import solve_prepared
from fleet.setup.city_setup import set_policy
from tests import village as v
from tests.api.every_page import every_answer
from tests.api.lived_in_city import SYSTEM, open_at
from tests.village_database import copy_city

ADDED = """
[class.P5]
name = { en = "P5, quiet lanes", fa = "درجهٔ ۵، کوچه‌های آرام" }
roads = ["residential"]
trigger_cm = 10
cycle_h = 20
deadline_h = 20
weight = 1

[passes]
"""
WITH_P5 = (
    DEFAULT_POLICY.replace('"unclassified", "residential", ', '"unclassified", ')
    .replace("[passes]", ADDED.strip(), 1)
    .replace("[followup.done_h.ice]\n", "[followup.done_h.ice]\nP5 = 9\n")
)
P5 = ServiceClass("P5")
VALUES = {"q": "لاله", "form": "json", "hour": 0, "segment_id": v.TULIP}


@pytest.fixture
def city_folder(settings: Settings, drawn_city: Path) -> Path:
    """The village's folder, whose policy has one class more."""
    folder = copy_city(drawn_city, settings.city_folder("village"))
    engine = open_at(folder)
    with transaction(engine) as tx:
        set_policy(tx, SYSTEM, WITH_P5, v.village(), v.NOW)
    engine.dispose()
    return folder


@pytest.fixture
def stormy(client, sign_in):
    """An administrator's client in a storm with a published plan and a request."""
    app = client.app.state.barfrub
    sign_in("administrator")
    client.post("/api/storms", json={"name": "First snow"})
    client.post("/requests", json={"kind": "plow", "text": "کوچه لاله"})
    with transaction(app.engine) as tx:
        storm = find_active_storm(tx)
        prepared = prepare(tx, storm.id, app.network, app.clock.now())
        found = solve_prepared(prepared, 0.2, 1, lambda *_: None, lambda: False)
        draft = store_draft(tx, PLANNER, found, app.clock.now())
        publish(tx, PLANNER, draft.id, app.estimates, app.clock.now())
    return client


SHOWN = {
    "/api/texts": "P5, quiet lanes",
    "/api/board": '"service_class":"P5"',
    "/style.css": ".class-P5 { --tone: var(--class-P5); }",
    "/classes": '"name": "P5"',
    "/api/classes": '"service_class":"P5","reason":"road"',
    "/api/council": '"name":"P5"',
    "/api/council/coverage": '"P4","P5"',
    "/council/coverage.html": "P5, quiet lanes",
    "/council/coverage.csv": "P5",
    "/api/setup/policy": '"P5":"P5, quiet lanes"',
    "/setup/policy.toml": "[class.P5]",
    "/api/plan-choices": '{"name":"P5","jobs":',
    "/api/queue": '"P5":1',
    "/api/storms/1/left": '"P5":',
    f"/api/council/streets/{v.TULIP}": '"service_class":"P5"',
    "/followup/report": "P5, quiet lanes",
    "/followup/report?lang=fa": "درجهٔ ۵، کوچه‌های آرام",
}
"""What addresses say of the added class."""


def test_an_added_class_gets_jobs_and_routes_is_shown_and_every_page_opens(stormy):
    with reading(stormy.app.state.barfrub.engine) as tx:
        jobs = [job for job in list_jobs(tx, 1) if job.service_class == P5]
    tulip = next(job for job in jobs if job.segment_id == v.TULIP)
    assert (tulip.due_at - tulip.starts_at).total_seconds() == 20 * 3600
    assert stormy.get("/api/plans/1").json()["routes"]

    found = {path: stormy.get(path) for path in SHOWN}
    assert {path: one.status_code for path, one in found.items() if one.status_code != 200} == {}
    assert [path for path, shown in SHOWN.items() if shown not in found[path].text] == []

    answers = every_answer(stormy, VALUES)
    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    assert len([one for one in answers.values() if one.status_code == 200]) > 80


def test_a_street_is_decided_to_be_of_an_added_class_but_of_none_that_the_policy_has_not(stormy):
    decision = {"segment_id": v.MAIN_WEST, "service_class": "P5", "cycle_h": None, "note": ""}
    seen = decision | {"service_class": None}
    answer = stormy.post("/api/classes", json={"decisions": [decision], "seen": [seen]})
    assert answer.json()["changed"] == 1
    assert stormy.get(f"/api/classes/{v.MAIN_WEST}").json()["level"]["service_class"] == "P5"

    other = decision | {"service_class": "P6"}
    answer = stormy.post("/api/classes", json={"decisions": [other], "seen": [decision]})
    assert answer.status_code == 422
    assert answer.json()["error"]["values"]["expected"] == "one of P1, P2, P3, P4, P5"


def test_an_old_storm_shows_a_class_that_the_policy_has_no_longer(stormy):
    app = stormy.app.state.barfrub
    stormy.post("/api/storms/1/end")
    with transaction(app.engine) as tx:
        set_policy(tx, SYSTEM, DEFAULT_POLICY, app.network, app.clock.now())
    app.city_state.refresh()
    answers = every_answer(stormy, VALUES)

    assert [path for path, answer in answers.items() if answer.status_code >= 500] == []
    assert policy_from_toml(DEFAULT_POLICY).class_rule(P5).service_class == "P4"
