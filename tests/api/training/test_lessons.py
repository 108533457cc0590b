"""Lessons: ticked in a training by what somebody does, only read in a real city."""

import json
import re

import pytest

from api.config.training_clock import CLOCK_FILE
from data.store.audit.audit_log import list_events
from data.store.database.engine import transaction

PAGE = {"accept": "text/html"}


@pytest.fixture
def sandboxed(settings):
    """The server is of a sandbox: it has the file of a training's clock."""
    (settings.var / CLOCK_FILE).touch()


def asked_on(client, path):
    """Return what a page asks its script to tell."""
    page = client.get(path, headers=PAGE).text
    asked = re.search(r'id="looks">(.+?)</script>', page)
    return json.loads(asked[1]) if asked else []


def done(lessons, role):
    """Return the steps of a lesson that are done."""
    (lesson,) = [one for one in lessons if one["role"] == role]
    return {step["key"] for step in lesson["steps"] if step["done"]}


def test_steps_are_ticked_by_what_the_reader_does_and_by_nobody_else(client, sign_in, rehearsed):
    sign_in("operator")
    assert done(client.get("/api/training/lessons").json(), "operator") == set()
    client.post("/api/training/seats", json={"role": "operator"}).raise_for_status()
    told = {"kind": "plow", "text": "Mill Street is full of snow", "channel": "phone"}
    client.post("/requests", json=told).raise_for_status()
    lessons = client.get("/api/training/lessons").json()
    assert done(lessons, "operator") >= {"seat", "record"}
    assert done(lessons, "dispatcher") == set()
    assert lessons[0]["role"] == "operator"
    assert lessons[0]["mine"]

    page = client.get("/training/lessons", headers=PAGE).text
    assert 'data-key="seat" class="done"' in page
    sign_in("dispatcher")
    assert done(client.get("/api/training/lessons").json(), "operator") == set()


def test_a_page_asks_to_be_told_of_looks_that_are_open_and_a_get_writes_nothing(
    client, sign_in, rehearsed, sandboxed, app
):
    sign_in("supervisor")
    assert asked_on(client, "/followup") == ["/followup"]
    assert asked_on(client, "/replay") == ["/replay#from-debrief", "/replay#moved"]
    assert asked_on(client, "/storms") == []
    assert done(client.get("/api/training/lessons").json(), "supervisor") == set()
    for _ in range(2):  # it may be told twice, as by two tabs, and is written once
        client.post("/api/training/looks", json={"look": "/followup"}).raise_for_status()
    assert asked_on(client, "/followup") == []
    assert done(client.get("/api/training/lessons").json(), "supervisor") == {"office"}
    client.post("/api/training/looks", json={"look": "/replay#moved"}).raise_for_status()
    assert asked_on(client, "/replay") == ["/replay#from-debrief"]
    with transaction(app.engine) as tx:
        lines = [one for one in list_events(tx) if one.verb == "training.looked"]
    assert [one.actor.id for one in lines] == ["supervisor"] * 2

    sign_in("dispatcher")
    assert asked_on(client, "/followup") == ["/followup"]


def test_what_no_lesson_asks_to_look_at_is_not_kept(client, sign_in, rehearsed):
    sign_in("council")
    assert client.post("/api/training/looks", json={"look": "/storms"}).status_code == 404
    told = {"look": "/council#counted-answered"}
    client.post("/api/training/looks", json=told).raise_for_status()
    assert done(client.get("/api/training/lessons").json(), "council") == {"promises"}


def test_a_real_city_has_the_lessons_to_read_alone(client, sign_in):
    sign_in("driver")
    page = client.get("/training/lessons?lang=fa", headers=PAGE).text
    assert "راننده: یک شیفت با گوشی" in page
    assert "باز کردن صفحه" not in page
    assert client.get("/api/training/lessons").status_code == 404
    assert client.post("/api/training/looks", json={"look": "/followup"}).status_code == 404
    assert asked_on(client, "/training/lessons") == []
