"""What is asked of a weather feed, and what becomes of its answer."""

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any

import httpx
import pytest

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.tasks.weather_feed import MOST_BYTES, FeedError, FeedQuestion, FeedReader
from api.processes.tasks.weather_feed_task import WeatherFeedTask
from data.model.storm_conditions import FeedFault, FeedKind, ForecastSource
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.weather import find_forecast, list_feed_states, list_last_road_weather
from tests import village as v
from tests.village_database import a_village_database
from tests.weather_files import met_no_file, turn_feeds_on

MINUTE = timedelta(minutes=1)
LOCAL = "127.0.0.1"
CONTACT = "winter@example.org"
QUESTION = FeedQuestion("https://weather.example.org:8443/a?key=secret", "", "", v.NOW)

type Answer = tuple[int, Mapping[str, str], bytes]


class SetClock(Clock):
    """A time that a test moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = v.NOW
        self.in_training = False

    def now(self) -> datetime:
        return self.moment

    @property
    def training(self) -> bool:
        return self.in_training


class Station:
    """A server of weather on this machine, with an answer by path."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {}
        station = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                told = {name.lower(): value for name, value in self.headers.items()}
                station.asked.append({"path": self.path, **told})
                code, headers, content = station.answers[self.path]
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer((LOCAL, 0), Handler)
        self.address = f"http://{LOCAL}:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def station() -> Iterator[Station]:
    station = Station()
    yield station
    station.close()


def asked(
    answer: Callable[[httpx.Request], httpx.Response],
    question: FeedQuestion = QUESTION,
    found: tuple[str, ...] = ("93.184.216.34",),
    contact: str = CONTACT,
) -> Any:
    """Ask a feed of the internet that has such network addresses."""
    transport = httpx.MockTransport(answer)
    return FeedReader(contact, (), lambda *_: found, transport).ask(question)


def refused(answer: httpx.Response, **changes: Any) -> FeedError:
    with pytest.raises(FeedError) as caught:
        asked(lambda _: answer, **changes)
    return caught.value


def test_feeds_are_read_in_their_rhythm_and_say_since_when_they_are_not(station: Station) -> None:
    engine, clock = a_village_database(), SetClock()
    feeds = {"forecast": f"{station.address}/json", "road": f"{station.address}/csv"}
    with transaction(engine) as tx:
        turn_feeds_on(tx, **feeds, road_min=180)
    task = WeatherFeedTask(engine, clock, CityStateHolder(engine), FeedReader(CONTACT, {LOCAL}))

    def ran(minutes: int) -> list[str]:
        """Run the task so long after the beginning; return the paths that were asked."""
        station.asked.clear()
        clock.moment = v.NOW + minutes * MINUTE
        task.run()
        return [one["path"] for one in station.asked]

    def state() -> Any:
        with reading(engine) as tx:
            return next(one for one in list_feed_states(tx) if one.kind is FeedKind.FORECAST)

    clock.in_training = True
    assert ran(0) == []
    clock.in_training = False
    forecast = json.dumps(met_no_file(v.NOW, [("snow", 1.0)] * 9)).encode()
    marks = {"ETag": '"a"', "Last-Modified": format_datetime(v.NOW, usegmt=True)}
    station.answers["/json"] = 200, marks, forecast
    station.answers["/csv"] = 200, {}, b"station,time,road_c\nR1,2026-12-21T03:50Z,-2.5\n"
    assert ran(0) == ["/json", "/csv"]
    assert station.asked[0]["user-agent"] == f"Barfrub ({CONTACT})"
    with reading(engine) as tx:
        first = find_forecast(tx, v.NOW)
        assert first is not None
        assert (first.source, first.received_by) == (ForecastSource.MET_NO, "weather feed")
        assert [one.road_c for one in list_last_road_weather(tx, v.NOW - 60 * MINUTE, v.NOW)] == [
            -2.5
        ]
    assert ran(59) == []

    expires = format_datetime(v.NOW + 150 * MINUTE, usegmt=True)
    station.answers["/json"] = 304, {"Expires": expires}, b""
    assert ran(60) == ["/json"]
    told = {name: station.asked[0][name] for name in ("if-none-match", "if-modified-since")}
    assert [*told.values()] == [*marks.values()]
    assert (state().read_at, state().etag) == (v.NOW + 60 * MINUTE, '"a"')
    assert ran(149) == []

    station.answers["/json"] = 503, {}, b"busy"
    assert ran(150) == ["/json"]
    assert (state().fault, state().detail, state().tries) == (FeedFault.DOWN, "503", 1)
    assert ran(154) == []
    assert ran(155) == ["/json"]
    assert (state().tries, state().read_at) == (2, v.NOW + 60 * MINUTE)
    station.answers["/json"] = 200, {}, b"<html>"
    assert ran(165) == ["/json"]
    assert state().fault is FeedFault.UNREADABLE
    station.answers["/json"] = 200, {}, forecast
    assert ran(400) == ["/json", "/csv"]
    assert (state().fault, state().tries, state().detail) == (None, 0, "")
    with reading(engine) as tx:
        assert find_forecast(tx, clock.moment) == first
        assert [line.actor.id for line in list_events(tx) if line.verb == "weather.forecast"] == [
            "weather feed"
        ]


def test_a_host_of_the_internet_is_asked_where_its_name_led_when_it_was_checked() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            200, content=gzip.compress(b"{}"), headers={"content-encoding": "gzip"}
        )

    assert asked(answer).content == b"{}"
    assert (seen[0].url.host, seen[0].url.port) == ("93.184.216.34", 8443)
    assert seen[0].headers["host"] == "weather.example.org:8443"
    assert seen[0].extensions["sni_hostname"] == "weather.example.org"


@pytest.mark.parametrize(
    "found",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.9",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "0.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
    ],
)
def test_an_address_that_leads_into_a_network_of_ones_own_is_not_asked(found: str) -> None:
    error = refused(httpx.Response(200), found=("93.184.216.34", found))
    assert (error.fault, error.detail) == (FeedFault.FORBIDDEN, "weather.example.org")


def test_the_internet_is_asked_by_https_alone() -> None:
    question = QUESTION._replace(address="http://weather.example.org/")
    assert refused(httpx.Response(200), question=question).fault is FeedFault.FORBIDDEN


def test_met_no_is_not_asked_by_nobody() -> None:
    question = QUESTION._replace(address="https://api.met.no/weatherapi/")
    error = refused(httpx.Response(200), question=question, contact="")
    assert (error.fault, error.detail) == (FeedFault.NO_CONTACT, "BARFRUB_CONTACT")
    assert asked(lambda _: httpx.Response(304), question).content is None


@pytest.mark.parametrize(
    ("code", "headers", "fault", "rests_min"),
    [
        (302, {"location": "http://127.0.0.1/"}, FeedFault.REFUSED, None),
        (403, {}, FeedFault.REFUSED, None),
        (429, {"retry-after": "600"}, FeedFault.REFUSED, 10),
        (429, {"retry-after": "9" * 30}, FeedFault.REFUSED, 24 * 60),
        (503, {"retry-after": "Mon, 21 Dec 2026 05:00:00 GMT"}, FeedFault.DOWN, 60),
        (503, {"retry-after": "soon"}, FeedFault.DOWN, None),
    ],
)
def test_another_answer_is_a_fault_and_is_not_followed(
    code: int, headers: dict[str, str], fault: FeedFault, rests_min: int | None
) -> None:
    error = refused(httpx.Response(code, headers=headers))
    not_before = None if rests_min is None else v.NOW + rests_min * MINUTE
    assert (error.fault, error.detail, error.not_before) == (fault, str(code), not_before)


def test_no_more_is_read_than_a_file_may_have() -> None:
    said = httpx.Response(200, headers={"content-length": str(MOST_BYTES + 1)})
    assert refused(said).fault is FeedFault.LARGE
    packed = gzip.compress(b" " * (MOST_BYTES + 1))
    unsaid = httpx.Response(200, content=packed, headers={"content-encoding": "gzip"})
    assert refused(unsaid).fault is FeedFault.LARGE


def test_an_answer_that_takes_too_long_is_none() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter([b"{", b"}"]))

    passed = count(0, 20)
    transport = httpx.MockTransport(answer)
    reader = FeedReader("", (), lambda *_: ["93.184.216.34"], transport, lambda: next(passed))
    with pytest.raises(FeedError, match="unreachable: 30 s"):
        reader.ask(QUESTION)


def test_what_cannot_be_reached_names_no_key() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("", request=request)

    with pytest.raises(FeedError) as caught:
        asked(silent)
    assert (caught.value.fault, caught.value.detail) == (FeedFault.UNREACHABLE, "ReadTimeout")
