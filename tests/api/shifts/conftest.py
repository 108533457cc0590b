"""A published plan of the village, and the phone of its driver."""

import pytest

from data.model import LegKind, Plan
from data.store.database.engine import transaction
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

PAGE = {"accept": "text/html"}


@pytest.fixture
def plan(app) -> Plan:
    """A published plan: along Main Street, then down Mill Street."""
    with transaction(app.engine) as tx:
        start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        return add_published_plan(
            tx,
            a_leg(LegKind.DRIVE, v.MAIN_WEST, length_m=400.0),
            a_leg(segment_id=v.MAIN_EAST),
            a_leg(segment_id=v.MILL, forward=False),
        )


@pytest.fixture
def code(sign_in, client, plan) -> str:
    sign_in("dispatcher")
    return str(client.post("/api/shifts/1/code", json={}).json()["code"])


@pytest.fixture
def enter(client):
    """Enter a code as a phone does that nobody is signed in on."""

    def entered(code: str):
        client.cookies.clear()
        client.headers.pop("x-csrf-token", None)
        client.get("/drive", headers=PAGE)
        form = {"code": code, "csrf": client.cookies["barfrub_csrf"]}
        answer = client.post("/drive", data=form, headers=PAGE, follow_redirects=False)
        client.headers["x-csrf-token"] = client.cookies.get("barfrub_csrf", "")
        return answer

    return entered


@pytest.fixture
def driver(client, code, enter):
    """The phone of shift 1, on the road."""
    assert enter(code).status_code == 303
    assert client.post("/api/shifts/1/start", json={"key": "start-key"}).status_code == 200
    return client
