"""What drivers and dispatchers say on the road, and what a wall screen gets of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic_core import to_json

from data.model import Role
from maps.storms.storms import ClosureView
from tests.api.every_page import every_answer
from tests.village import MILL, NOW

WORDS = "ask for Leila"
NAMES = {role.value for role in Role} - {Role.WALL, Role.DRIVER} | {"driver-1"}
"""Sign-in names, without the one by which alerts say that it was a driver who called for help."""


def texts(found: Any) -> Iterator[str]:
    """Yield every text in an answer of JSON, without the keys of its objects."""
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            yield from texts(one)
    elif isinstance(found, str):
        yield found


@pytest.fixture
def said(driver, plan, sign_in, client) -> None:
    """Everything that somebody may type or sign on the road, all with the same words."""
    answer = {"key": "answer-key", "state": "declined", "reason": "unwell", "text": WORDS}
    assert client.post(f"/api/plans/{plan.id}/routes/1/answer", json=answer).is_success
    blocked = {"key": "blocked-key", "plan_id": plan.id, "leg": 1, "text": WORDS}
    assert client.post("/api/shifts/1/blockages", json=blocked).is_success
    assert client.post("/api/shifts/1/sos", json={"key": "sos-key-1"}).is_success
    written = {"key": "message-key", "text": WORDS}
    assert client.post("/api/shifts/1/messages", json=written).is_success
    sign_in("dispatcher")
    [alert] = client.get("/api/alerts").json()
    assert client.post(f"/api/alerts/{alert['id']}/acknowledge").is_success
    closure = {"segment_id": MILL, "reason": WORDS}
    assert client.post("/api/storms/1/closures", json=closure).is_success
    called = {"kind": "plow", "text": WORDS, "caller_name": WORDS}
    assert client.post("/requests", json=called).is_success
    assert client.post("/api/plans", json={"seconds": 1}).is_success


@pytest.mark.usefixtures("said")
def test_no_answer_to_a_wall_has_a_name_or_what_somebody_said(client, sign_in):
    sign_in("dispatcher")
    seen = ("/api/shifts", "/api/blockages", "/api/closures")
    desk = {path: client.get(path) for path in (*seen, "/api/alerts")}
    sign_in("wall")
    given = {path: one for path, one in every_answer(client, {}).items() if one.is_success}
    for path in seen:
        assert WORDS in desk[path].text, path
    assert '"dispatcher"' in desk["/api/alerts"].text
    assert {path: len(given[path].json()) for path in desk} == {
        path: len(desk[path].json()) for path in desk
    }
    assert {path for path, answer in given.items() if WORDS in answer.text} == set()
    named = {
        path
        for path, answer in given.items()
        if answer.headers["content-type"].startswith("application/json")
        and path != "/api/texts"
        and NAMES & set(texts(json.loads(answer.text)))
    }
    assert named == set()
    assert "driver-1" in desk["/api/shifts"].text
    boot = re.search(r"<script[^>]*application/json[^>]*>(.*?)</script>", given["/board"].text)
    assert boot is None or not NAMES & set(texts(json.loads(boot[1])))


@pytest.mark.parametrize(("role", "shown"), [("wall", ("", "")), ("dispatcher", (WORDS, "leila"))])
def test_the_stream_of_a_wall_hides_what_a_boards_stream_shows(
    client, app, sign_in, monkeypatch, role, shown
):
    view = ClosureView(1, MILL, {}, None, NOW, None, WORDS, "leila", True, False, ())

    async def one_event(_kinds, shown_as, _beat_s):
        yield to_json(shown_as(view))

    monkeypatch.setattr(app.feeds, "listen", one_event)
    sign_in(role)
    event = client.get("/stream").json()
    assert (event["reason"], event["by"]) == shown
