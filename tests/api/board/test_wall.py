"""A screen on a wall: signed in for a winter, and it shows no words of callers."""

from datetime import timedelta

from api.access.auth import SESSION_S, WALL_S
from api.web.stream import KINDS_BY_ROLE
from data.model import Role

PAGE = {"accept": "text/html"}


def later(app, seconds: int) -> None:
    """Let so many seconds go by since the sessions were begun."""
    began = app.sessions.now()
    app.sessions.now = lambda: began + timedelta(seconds=seconds)


def test_a_wall_comes_to_the_board_and_stays_signed_in_for_a_winter(client, app, sign_in):
    sign_in("wall")
    first = client.get("/", headers=PAGE, follow_redirects=False)
    assert first.headers["location"] == "/board?wall"
    later(app, WALL_S - 60)
    assert client.get("/board", headers=PAGE).status_code == 200
    later(app, 120)
    assert client.get("/api/board").status_code == 401


def test_others_sign_in_again_after_a_shift(client, app, sign_in):
    sign_in("dispatcher")
    later(app, SESSION_S + 1)
    assert client.get("/api/board").status_code == 401


def test_a_wall_shows_requests_but_not_what_callers_said(client, sign_in):
    sign_in("dispatcher")
    client.post("/requests", json={"kind": "plow", "text": "my mother lives at School Street 4"})
    sign_in("wall")
    board = client.get("/api/board")
    assert board.json()["figures"]["open_requests"] == 1
    assert len(board.json()["waiting"]) == 1
    assert "mother" not in board.text
    assert "requests" not in KINDS_BY_ROLE[Role.WALL]
