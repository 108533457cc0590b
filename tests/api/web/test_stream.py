import asyncio
import json
import socket
import threading
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.config.clock import Clock
from api.server.web_server import WebServer
from api.web import stream
from api.web.stream import KINDS_BY_ROLE, board_events
from data.model import Role
from fleet.tracking.live_fleet import Hub
from maps.board.board import StormView
from maps.requests.requests import request_view
from tests import village as v
from tests.fleet.drives import a_request


async def heard(hub: Hub, *published: tuple[str, list[Any]]) -> list[Any]:
    """Return the parsed events that a listener gets for what is published."""
    events = board_events(hub, Clock(v.NOW))
    assert (await anext(events)).startswith(b"retry:")
    for kind, items in published:
        hub.publish(kind, items)
    lines = [(await anext(events)).decode() for _ in {kind for kind, _ in published}]
    await events.aclose()
    return [_parsed(line) for line in lines]


def _parsed(line: str) -> tuple[int, str, Any]:
    number, kind, payload = line.rstrip("\n").split("\n")
    assert line.endswith("\n\n")
    return (
        int(number.removeprefix("id: ")),
        kind.removeprefix("event: "),
        json.loads(payload.removeprefix("data: ")),
    )


def test_colors_come_as_rows_and_events_are_numbered() -> None:
    events = asyncio.run(
        heard(Hub(), ("coverage", [(7, 0, -1)]), ("storm", [StormView(1, "Snow", "active", v.NOW)]))
    )
    assert events[0] == (1, "coverage", [[7, 0, -1]])
    number, kind, storm = events[1]
    assert (number, kind, storm["name"]) == (2, "storm", "Snow")


@pytest.mark.parametrize("role", [Role.COUNCIL, Role.DRIVER])
def test_council_and_drivers_get_no_caller_no_vehicle_and_no_other_driver(role: Role) -> None:
    hub = Hub()

    async def told() -> list[Any]:
        events = board_events(hub, Clock(v.NOW), KINDS_BY_ROLE[role])
        await anext(events)
        for kind in ("requests", "vehicles", "legs", "blockages", "runs"):
            hub.publish(kind, [request_view(a_request(), {})])
        hub.publish("storm", [StormView(1, "Snow", "active", v.NOW)])
        line = (await anext(events)).decode()
        await events.aclose()
        return [_parsed(line)]

    assert [event[:2] for event in asyncio.run(told())] == [(1, "storm")]


def test_news_that_is_not_for_the_council_leaves_its_stream_quiet(monkeypatch: Any) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.01)
    hub = Hub()

    async def told() -> str:
        events = board_events(hub, Clock(v.NOW), KINDS_BY_ROLE[Role.COUNCIL])
        await anext(events)
        hub.publish("requests", [request_view(a_request(), {})])
        return _parsed((await anext(events)).decode())[1]

    assert asyncio.run(told()) == "beat"


def test_a_quiet_stream_tells_the_time(monkeypatch: Any) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.01)

    async def second() -> str:
        events = board_events(Hub(), Clock(v.NOW))
        await anext(events)
        return (await anext(events)).decode()

    number, kind, beat = _parsed(asyncio.run(second()))
    assert (number, kind) == (1, "beat")
    assert timedelta(0) <= datetime.fromisoformat(beat["now"]) - v.NOW < timedelta(minutes=1)


def test_who_left_is_forgotten() -> None:
    hub = Hub()

    async def leave() -> None:
        events = board_events(hub, Clock(v.NOW))
        await anext(events)
        await events.aclose()

    asyncio.run(leave())
    hub.publish("coverage", [(1, 0, 0)])
    assert hub.listeners == 0


def test_the_stream_needs_a_session(client: TestClient) -> None:
    assert client.get("/stream").status_code == 401


def test_every_role_gets_changes_of_the_storm() -> None:
    assert KINDS_BY_ROLE.keys() == set(Role)
    assert all("storm" in kinds for kinds in KINDS_BY_ROLE.values())


def test_the_stream_of_somebody_who_was_shut_out_ends(monkeypatch: Any) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.01)
    hub, answers = Hub(), iter([True, False])

    async def heard_until_the_end() -> int:
        events = stream.while_welcome(board_events(hub, Clock(v.NOW)), lambda: next(answers))
        return len([line async for line in events])

    assert asyncio.run(asyncio.wait_for(heard_until_the_end(), 10)) >= 2
    assert hub.listeners == 0


def test_streams_end_whole_when_the_server_stops() -> None:
    hub = Hub()

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(board_events(hub, Clock(v.NOW)))(scope, receive, send)

    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(streaming, lifespan="off", log_level="critical")
    server = WebServer(config, hub.close)
    running = threading.Thread(target=server.run, args=([door],), daemon=True)
    running.start()
    with httpx.stream("GET", f"http://127.0.0.1:{door.getsockname()[1]}") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        server.should_exit = True
        assert list(lines) == [""]  # and no `RemoteProtocolError`
    running.join(10)
    assert not running.is_alive()
