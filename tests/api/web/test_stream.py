import asyncio
import json
import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.config.clock import Clock
from api.config.training_clock import make_training_clock
from api.processes import event_feeds
from api.processes.event_feeds import Beat, EventFeeds
from api.server import web_server
from api.server.web_server import WebServer
from api.web import stream
from api.web.stream import KINDS_BY_ROLE
from data.model import Role
from fleet.tracking.live_fleet import Hub
from maps.board.board import StormView
from maps.requests.requests import request_view
from tests import village as v
from tests.fleet.drives import a_request


async def heard(hub: Hub, *published: tuple[str, list[Any]]) -> list[Any]:
    """Return the parsed events that a listener gets for what is published."""
    events = EventFeeds(hub, Clock(v.NOW)).listen()
    assert (await anext(events)).startswith(b"retry:")
    for kind, items in published:
        hub.publish(kind, items)
    bunch = (await anext(events)).decode()
    await events.aclose()
    return [_parsed(f"{one}\n\n") for one in bunch.removesuffix("\n\n").split("\n\n")]


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
        events = EventFeeds(hub, Clock(v.NOW)).listen(KINDS_BY_ROLE[role])
        await anext(events)
        for kind in ("requests", "vehicles", "legs", "blockages", "runs"):
            hub.publish(kind, [request_view(a_request(), {}, v.village())])
        hub.publish("storm", [StormView(1, "Snow", "active", v.NOW)])
        line = (await anext(events)).decode()
        await events.aclose()
        return [_parsed(line)]

    assert [event[:2] for event in asyncio.run(told())] == [(1, "storm")]


def test_news_that_is_not_for_the_council_leaves_its_stream_quiet(monkeypatch: Any) -> None:
    monkeypatch.setattr(event_feeds, "BEAT_S", 0.01)
    hub = Hub()

    async def told() -> str:
        events = EventFeeds(hub, Clock(v.NOW)).listen(KINDS_BY_ROLE[Role.COUNCIL])
        await anext(events)
        hub.publish("requests", [request_view(a_request(), {}, v.village())])
        return _parsed((await anext(events)).decode())[1]

    assert asyncio.run(told()) == "beat"


def test_a_quiet_stream_tells_the_time(monkeypatch: Any) -> None:
    monkeypatch.setattr(event_feeds, "BEAT_S", 0.01)

    async def second() -> str:
        events = EventFeeds(Hub(), Clock(v.NOW)).listen()
        await anext(events)
        return (await anext(events)).decode()

    number, kind, beat = _parsed(asyncio.run(second()))
    assert (number, kind) == (1, "beat")
    assert timedelta(0) <= datetime.fromisoformat(beat["now"]) - v.NOW < timedelta(minutes=1)
    assert (beat["speed"], beat["epoch"]) == (1.0, 0)


def test_who_comes_back_to_a_rehearsal_hears_at_once_that_it_was_set_back(tmp_path: Path) -> None:
    clock = make_training_clock(tmp_path, v.NOW, 10)
    clock.set_back(v.NOW - timedelta(minutes=5))

    async def second() -> str:
        events = EventFeeds(Hub(), clock).listen()
        await anext(events)
        return (await anext(events)).decode()

    assert '"speed":0.0,"epoch":1' in asyncio.run(second())


def test_pages_hear_at_once_that_the_clock_of_a_training_waits(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(event_feeds, "BEAT_S", 3600.0)
    monkeypatch.setattr(event_feeds, "LOOK_S", 0.01)
    clock = make_training_clock(tmp_path, v.NOW, 30.0)
    clock.go_on()

    async def told() -> list[str]:
        events = EventFeeds(Hub(), clock).listen()
        await anext(events)
        beats = [await anext(events)]
        with clock.held():
            beats.append(await anext(events))
        beats.append(await anext(events))
        await events.aclose()
        return [one.decode() for one in beats]

    beats = asyncio.run(asyncio.wait_for(told(), 240))
    speeds = [json.loads(one.partition("data: ")[2])["speed"] for one in beats]
    assert speeds == [30.0, 0.0, 30.0]


def test_where_news_never_cease_the_time_comes_with_them(tmp_path: Path) -> None:
    hub = Hub()
    clock = make_training_clock(tmp_path, v.NOW, 60.0)
    clock.go_on()

    async def kinds() -> list[list[str]]:
        events = EventFeeds(hub, clock).listen()
        await anext(events)
        await anext(events)
        told = []
        for kind, item in (
            ("coverage", (7, 0, -1)),
            ("beat", Beat(v.NOW, 0.0, clock.epoch)),  # a mark held it, and it goes on
            ("coverage", (8, 0, -1)),
            ("coverage", (9, 0, -1)),
        ):
            hub.publish(kind, [item])
            lines = (await anext(events)).decode().splitlines()
            told.append([one.removeprefix("event: ") for one in lines if one.startswith("event")])
        await events.aclose()
        return told

    assert asyncio.run(kinds()) == [
        ["coverage"],
        ["beat", "beat"],
        ["coverage"],
        ["coverage"],
    ]


def test_who_left_is_forgotten() -> None:
    hub = Hub()

    async def leave() -> None:
        events = EventFeeds(hub, Clock(v.NOW)).listen()
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
    monkeypatch.setattr(event_feeds, "BEAT_S", 0.01)
    monkeypatch.setattr(stream, "BEAT_S", 0.01)
    hub, answers = Hub(), iter([True, False])

    async def heard_until_the_end() -> int:
        events = stream.while_welcome(EventFeeds(hub, Clock(v.NOW)).listen(), lambda: next(answers))
        return len([line async for line in events])

    assert asyncio.run(asyncio.wait_for(heard_until_the_end(), 240)) >= 2
    assert hub.listeners == 0


def test_streams_end_whole_when_the_server_stops() -> None:
    hub = Hub()

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(EventFeeds(hub, Clock(v.NOW)).listen())(scope, receive, send)

    door = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(streaming, lifespan="off", log_config=None)
    server = WebServer(config, hub.close)
    running = threading.Thread(target=server.run, args=([door],), daemon=True)
    running.start()
    with httpx.stream("GET", f"http://127.0.0.1:{door.getsockname()[1]}") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        server.should_exit = True
        assert list(lines) == [""]  # and no `RemoteProtocolError`
    running.join(240)
    assert not running.is_alive()


def test_an_event_is_serialized_once_for_all_who_read_the_same_kinds() -> None:
    async def told() -> tuple[list[bytes], bytes]:
        hub = Hub()
        feeds = EventFeeds(hub, Clock(v.NOW))
        readers = [feeds.listen(KINDS_BY_ROLE[Role.COUNCIL]) for _ in range(3)]
        board = feeds.listen(KINDS_BY_ROLE[Role.DISPATCHER])
        for reader in (*readers, board):
            await anext(reader)
        assert hub.listeners == 4
        hub.publish("coverage", [(7, 0, -1)])
        hub.publish("requests", [request_view(a_request(), {}, v.village())])
        bunches, whole = [await anext(reader) for reader in readers], await anext(board)
        for reader in (*readers, board):
            await reader.aclose()
        assert hub.listeners == 0
        return bunches, whole

    bunches, whole = asyncio.run(told())
    assert len({id(one) for one in bunches}) == 1
    assert b"requests" in whole
    assert b"requests" not in bunches[0]


def test_a_listener_that_does_not_read_is_cut_off_and_holds_up_nobody(monkeypatch: Any) -> None:
    monkeypatch.setattr(event_feeds, "GATHER_S", 0.0)
    monkeypatch.setattr(event_feeds, "MOST_WAITING", 3)

    async def told() -> tuple[list[bytes], int]:
        hub = Hub()
        feeds = EventFeeds(hub, Clock(v.NOW))
        slow, quick = feeds.listen(), feeds.listen()
        await anext(slow)
        await anext(quick)
        for number in range(5):
            hub.publish("coverage", [(number, 0, 0)])
            assert b"[[%d,0,0]]" % number in await anext(quick)
        left = [lines async for lines in slow]
        await quick.aclose()
        return left, hub.listeners

    assert asyncio.run(asyncio.wait_for(told(), 10)) == ([], 0)


def test_the_connection_of_a_browser_that_does_not_read_is_closed(monkeypatch: Any) -> None:
    monkeypatch.setattr(event_feeds, "GATHER_S", 0.0)
    monkeypatch.setattr(event_feeds, "MOST_WAITING", 3)
    monkeypatch.setattr(web_server, "UNREAD_MS", 200)
    hub, pause = Hub(), threading.Event()

    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(EventFeeds(hub, Clock(v.NOW)).listen())(scope, receive, send)

    door = socket.create_server(("127.0.0.1", 0))
    door.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    server = WebServer(uvicorn.Config(streaming, lifespan="off", log_config=None), hub.close)
    running = threading.Thread(target=server.run, args=([door],), daemon=True)
    running.start()
    while not server.started:
        pause.wait(0.01)
    with socket.create_connection(door.getsockname()) as browser:
        browser.sendall(b"GET / HTTP/1.1\r\nHost: city\r\n\r\n")
        assert browser.recv(64)
        while hub.listeners:  # more than the kernel and the server keep
            hub.publish("coverage", [(street, 0, 0) for street in range(10_000)])
            pause.wait(0.005)
        for _ in range(1_200):
            if not server.server_state.connections:
                break
            pause.wait(0.05)
        assert not server.server_state.connections
    server.should_exit = True
    running.join(240)
    assert not running.is_alive()


def test_the_same_reader_may_come_back_after_the_cut(monkeypatch: Any) -> None:
    async def told() -> bytes:
        hub = Hub()
        feeds = EventFeeds(hub, Clock(v.NOW))
        for _ in range(2):
            events = feeds.listen()
            await anext(events)
            hub.publish("coverage", [(1, 0, 0)])
            lines = await anext(events)
            await events.aclose()
        return lines

    assert asyncio.run(told()).startswith(b"id: 1\nevent: coverage\n")
