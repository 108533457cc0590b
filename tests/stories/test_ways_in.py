"""By whichever way a request comes in: when it is answered it has a place, a job and a time."""

import re
from datetime import timedelta

import pytest

from data.model import Actor, ActorKind, JobState, PlanState, RequestId, RequestState
from data.store.database.engine import reading, transaction
from data.store.planning.plans import add_plan
from data.store.requests.promises import find_promise
from data.store.requests.requests import get_request, list_requests
from data.store.storms.storms import find_active_storm
from data.store.work import list_jobs
from fleet.accounts.api_keys import make_key
from tests import village as v
from tests.village_plan import a_leg, a_plan

HOUR = timedelta(hours=1)
WORDS = "School Street"
PLACE = {"lon": 45.07, "lat": 37.55}
ADMIN = Actor(ActorKind.SYSTEM, "console")


@pytest.fixture
def app(client):
    return client.app.state.barfrub


@pytest.fixture
def plan(client, app, sign_in):
    """A published plan that comes to every street with a job in an hour."""
    sign_in()
    client.post("/api/storms", json={"name": "First snow"})
    with transaction(app.engine) as tx:
        jobs = list_jobs(tx, find_active_storm(tx).id, JobState.OPEN)
        legs = [
            a_leg(segment_id=job.segment_id, starts_at=v.NOW + HOUR, job_ids=(job.id,))
            for job in jobs
        ]
        return add_plan(tx, a_plan(*legs, state=PlanState.PUBLISHED))


def by_desk(client, app) -> None:
    client.post("/requests", json={"kind": "plow", "text": WORDS})


def by_pin(client, app) -> None:
    unclear = client.post("/requests", json={"kind": "plow", "text": "somewhere"}).json()
    client.post(f"/api/requests/{unclear['id']}/place", json=PLACE)


def by_many(client, app) -> None:
    unclear = client.post("/requests", json={"kind": "plow", "text": "somewhere"}).json()
    client.post("/api/queue/place", json={"ids": [unclear["id"]], **PLACE})


def by_file(client, app) -> None:
    text = f"number,text,kind\r\n17,Snow on {WORDS},plow\r\n"
    client.post("/api/queue/file", files={"file": ("calls.csv", text.encode(), "text/csv")})


def by_open311(client, app) -> None:
    with transaction(app.engine) as tx:
        key = make_key(tx, ADMIN, "FixMyStreet", "team@example.org", v.NOW)[1]
    told = {"api_key": key, "service_code": "plow", "lat": "37.55", "long": "45.07"}
    assert client.post("/open311/v2/requests.json", data=told).status_code == 201


def by_form(client, app) -> None:
    client.get("/report?lang=en")
    said = {"csrf": client.cookies["barfrub_csrf"], "kind": "plow", "text": WORDS}
    answer = client.post("/report?lang=en", data=said)
    assert re.search(r"We expect to be there today between \d\d:\d\d and \d\d:\d\d", answer.text)


WAYS = [by_desk, by_pin, by_many, by_file, by_open311, by_form]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_request_is_placed_and_promised_when_its_answer_comes(client, app, plan, way):
    way(client, app)
    with reading(app.engine) as tx:
        (asked,) = list_requests(tx)
        given = find_promise(tx, asked.id)
    assert (asked.state, asked.snap is not None) == (RequestState.OPEN, True)
    assert given is not None
    assert (given.job_id, given.plan_id) == (asked.job_id, plan.id)
    assert given.from_at < v.NOW + HOUR < given.to_at


def test_what_cannot_be_placed_waits_for_a_human_and_is_promised_nothing(client, app, plan):
    asked = client.post("/requests", json={"kind": "plow", "text": "somewhere"}).json()
    with reading(app.engine) as tx:
        assert get_request(tx, RequestId(asked["id"])).state is RequestState.NEW
        assert find_promise(tx, RequestId(asked["id"])) is None
