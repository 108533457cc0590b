"""A rehearsal is begun on a copy of the city, paused, marked and set back: all through HTTP."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from errno import ENOSPC
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from api.config.settings import Settings
from api.config.training_clock import CLOCK_FILE
from api.processes.printing.training_word import training_word
from api.training.hosting.host import (
    SetBackOrder,
    TrainingHost,
    is_setting_back,
    order_set_back,
)
from api.training.hosting.progress import HostStep, find_progress, hosting
from api.web.cookies import cookie_name
from api.web.installed_app import PURPLE
from data.errors import ConflictError
from data.model import Role
from data.model.training.live_training import TrainingNote, TrainingNoteId
from data.model.training.rehearsal import TrainingMarkId
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.training import kept_copies
from data.store.training.instructor import add_training_note, list_training_notes
from data.store.training.rehearsal import list_marks
from data.store.training.seats import list_seats
from fleet.training.sandbox import marks
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.marks import MARK_EVERY
from fleet.training.sandbox.outbox import forget_later, kept_messages
from maps.pages.i18n import translator
from tests import village as v
from tests.api.conftest import be_signed_in, served
from tests.rehearsed import a_sandbox, clock_of
from tests.village_database import DISPATCHER


class NoProcesses:
    """What a host would start, noted."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def start(self, stopped: Event) -> None:
        self.done.append("start")

    def tend(self) -> None:
        self.done.append("tend")

    def stop(self) -> None:
        self.done.append("stop")


@pytest.fixture
def sandbox(city_folder: Path) -> Sandbox:
    sandbox = a_sandbox(city_folder)
    sandbox.desk.mkdir()
    return sandbox


@pytest.fixture
def processes() -> NoProcesses:
    return NoProcesses()


@pytest.fixture
def host(sandbox: Sandbox, processes: NoProcesses) -> TrainingHost:
    minutes = count(0, 60)
    return TrainingHost(sandbox, processes, 8001, Event(), 0, lambda: next(minutes))


def server_of(sandbox: Sandbox) -> Any:
    return served(Settings(var=sandbox.folder), sandbox.city_folder, clock_of(sandbox))


def ordered(sandbox: Sandbox, mark: int, *, ran: bool = False) -> None:
    """Order to set everything back to a mark, at a clock that stands since, and went before."""
    order_set_back(sandbox, SetBackOrder(TrainingMarkId(mark), DISPATCHER.id, ran))


def signed_in(client: TestClient, login: str) -> TestClient:
    be_signed_in(client, login)
    return client


def test_a_rehearsal_is_paused_marked_and_set_back(
    sandbox: Sandbox, host: TrainingHost, processes: NoProcesses
) -> None:
    clock = clock_of(sandbox)
    with server_of(sandbox) as client:
        app = client.app.state.barfrub
        signed_in(client, "supervisor")
        going = client.post("/api/training/clock", json={"paused": False, "speed": 60}).json()
        assert (going["paused"], going["speed"]) == (False, 60)
        with clock.held():  # while a mark is copied nobody has paused it
            copying = client.get("/api/training/instructor").json()
        assert (copying["paused"], copying["held"], copying["speed"]) == (False, True, 60)
        standing = client.post("/api/training/clock", json={"paused": True}).json()
        assert datetime.fromisoformat(standing["now"]) == clock.now()
        assert client.get("/health").json()["speed"] == 0

        signed_in(client, "driver")
        client.post("/api/training/seats", json={"role": "driver", "vehicle_id": 1})
        signed_in(client, "supervisor")
        marked = client.post("/api/training/marks", json={"label": "before the call"})
        assert marked.status_code == 201, marked.text
        storm = client.get("/api/board").json()["storm"]
        with transaction(app.engine) as tx:
            add_training_note(tx, TrainingNote(TrainingNoteId(0), clock.now(), "too late", "s"))
        signed_in(client, "dispatcher")
        assert client.post(f"/api/storms/{storm['id']}/end").is_success
        signed_in(client, "supervisor")
        mark = marked.json()
        client.post("/api/training/clock", json={"paused": False})
        assert not client.get("/api/training/instructor").json()["setting_back"]
        set_back = client.post(f"/api/training/marks/{mark['id']}/set-back")
        assert set_back.status_code == 202
        stands = client.get("/api/training/instructor").json()
        assert (stands["setting_back"], stands["paused"], clock.pace) == (True, True, 0)
        signed_in(client, "driver")
        client.post("/api/training/seats/leave", json={"role": "driver"})
        signed_in(client, "dispatcher")
        client.post("/api/training/seats", json={"role": "dispatcher"})
        kept = client.cookies

    host.round()
    assert processes.done == ["stop", "start"]
    assert (clock.now(), clock.pace, clock.epoch) == (
        datetime.fromisoformat(mark["at"]),
        0,
        1,
    )
    with server_of(sandbox) as client:
        assert not is_setting_back(sandbox)
        client.cookies = kept  # whoever has signed in since stays so
        page = client.get("/training/seats", headers={"accept": "text/html"}).text
        assert re.search('data-training="[0-9a-f]{12}-1"', page)  # phones keep nothing of before
        assert client.get("/api/board").json()["storm"]["phase"] == storm["phase"]
        signed_in(client, "administrator")
        assert [one["label"] for one in client.get("/api/training/marks").json()] == [
            "before the call"
        ]
        with transaction(client.app.state.barfrub.engine) as tx:
            assert [note.words for note in list_training_notes(tx)] == ["too late"]
            (seat,) = list_seats(tx)
            assert (seat.role, seat.taken_at) == (Role.DISPATCHER, clock.now())
        log = client.get("/audit-log.jsonl").text
    assert "training.set_back" in log
    assert "storm.ended" not in log


def test_a_sandbox_marks_its_beginning_and_each_half_hour(
    sandbox: Sandbox, host: TrainingHost
) -> None:
    clock = clock_of(sandbox)
    for minutes in (0, 10, 40):
        clock.set_back(v.NOW + timedelta(minutes=minutes))
        host.round()
    with server_of(sandbox) as client:
        known = signed_in(client, "supervisor").get("/api/training/marks").json()
    assert [(one["kind"], one["made_by"]) for one in known] == [("auto", "")] * 2
    assert [datetime.fromisoformat(one["at"]) for one in known] == [
        v.NOW,
        v.NOW + timedelta(minutes=40),
    ]


def test_marks_leave_the_disk_to_the_real_city(
    sandbox: Sandbox, processes: NoProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "MOST_AUTO", 3)
    clock, seconds = clock_of(sandbox), iter((0, 0, 59, *(60 * n for n in range(1, 30))))
    host = TrainingHost(sandbox, processes, 8001, Event(), 0, lambda: next(seconds))
    kept: list[list[int]] = []
    for half_hours in range(7):
        clock.set_back(v.NOW + half_hours * MARK_EVERY)
        host.round()
        kept.append(half_hours_of(sandbox))
    assert kept[:2] == [[0], [0]]  # one in a real minute at most
    assert kept[-1] == [0, 2, 6]
    full = TrainingHost(sandbox, processes, 8001, Event(), 10**18, lambda: 0.0)
    clock.set_back(v.NOW + 10 * MARK_EVERY)
    full.round()
    assert half_hours_of(sandbox) == [0, 2, 6]
    assert len([*sandbox.marks.iterdir()]) == 3


def half_hours_of(sandbox: Sandbox) -> list[int]:
    """Return when the marks of a sandbox were set, in half hours since its beginning."""
    engine = database_of(sandbox.city_folder)
    with reading(engine) as tx:
        found = [int((one.at - v.NOW) / MARK_EVERY) for one in list_marks(tx)]
    engine.dispose()
    return found


def test_an_order_of_before_a_kill_is_not_carried_out(
    sandbox: Sandbox, processes: NoProcesses
) -> None:
    ordered(sandbox, 1)
    stopped = Event()
    stopped.set()
    TrainingHost(sandbox, processes, 8001, stopped).run()
    assert not sandbox.order.exists()


def test_nobody_takes_it_for_the_real_city(sandbox: Sandbox, dispatcher: TestClient) -> None:
    with server_of(sandbox) as client:
        page = client.get("/sign-in?lang=en", headers={"accept": "text/html"}).text
        assert "<title>Training: " in page
        assert re.search('<html [^>]*data-training="[0-9a-f]{12}-0"', page)
        assert "barfrub-training.svg" in page
        (ours,) = client.cookies
        app = client.get("/drive.en.webmanifest").json()
        assert (app["short_name"], app["theme_color"]) == ("Training", PURPLE)
        with reading(client.app.state.barfrub.engine) as tx:
            word = training_word(tx, translator("fa", "Asia/Tehran"))
    assert word == {"training": "تمرین"}
    assert re.fullmatch("training_[0-9a-f]{8}_barfrub_csrf", ours)  # cookies do not know ports
    beside = Settings(var=sandbox.folder).model_copy(update={"var": sandbox.folder / "other"})
    (beside.var / CLOCK_FILE).parent.mkdir()
    (beside.var / CLOCK_FILE).touch()
    assert cookie_name(beside, "barfrub_csrf") not in {ours, "barfrub_csrf"}  # of another sandbox
    real = dispatcher.get("/storms", headers={"accept": "text/html"}).text
    assert "data-training" not in real


def test_what_would_have_gone_out_is_kept_to_be_read(sandbox: Sandbox) -> None:
    clock = clock_of(sandbox)
    with server_of(sandbox) as client:
        sender = client.app.state.barfrub.notice_sender
        assert sender.send_sms("0914 555", "en", "A truck comes at 6.") == ""
        signed_in(client, "supervisor")
        shown = client.get("/training/outbox", headers={"accept": "text/html"}).text
    assert "0914 555" in shown
    assert "A truck comes at 6." in shown
    forget_later(sandbox.outbox, clock.now() - timedelta(minutes=1))
    assert kept_messages(sandbox.outbox) == []


def test_a_real_city_has_no_clock_to_set(dispatcher: TestClient) -> None:
    client = signed_in(dispatcher, "supervisor")
    assert client.post("/api/training/clock", json={"paused": True}).status_code == 404
    assert client.post("/api/training/marks", json={"label": ""}).status_code == 404


class StopOnceItGoesOn(Event):
    """Lets something be done once the rehearsal goes on, and then stops it."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def wait(self, timeout: float | None = None) -> bool:
        self._act()
        return True


def test_who_has_paused_a_rehearsal_finds_it_paused_when_it_goes_on_another_day(
    sandbox: Sandbox, processes: NoProcesses
) -> None:
    clock, went_on = clock_of(sandbox), list[bool]()

    def goes_on(then: Callable[[], None]) -> None:
        def act() -> None:
            went_on.append(not clock.paused)
            then()

        TrainingHost(sandbox, processes, 8001, StopOnceItGoesOn(act)).run()

    for then in (clock.go_on, clock.pause, clock.go_on, clock.go_on):
        goes_on(then)
    assert went_on == [True, True, False, True]


def test_a_sandbox_has_one_host(sandbox: Sandbox) -> None:
    with hosting(sandbox), pytest.raises(ConflictError, match="is running"), hosting(sandbox):
        raise AssertionError("two hosts")
    assert find_progress(sandbox).step is HostStep.STOPPED


def test_a_mark_that_is_gone_leaves_the_rehearsal_as_it_is(
    sandbox: Sandbox, host: TrainingHost, processes: NoProcesses
) -> None:
    ordered(sandbox, 99, ran=True)
    with hosting(sandbox):
        host.round()
        assert "could not be set back" in find_progress(sandbox).fault
    assert processes.done == ["stop", "start"]
    assert (clock_of(sandbox).epoch, clock_of(sandbox).paused) == (0, False)


def marked(sandbox: Sandbox, host: TrainingHost) -> None:
    """Let the host set its first mark, and order to set the rehearsal back to it ten minutes on."""
    host.round()
    clock_of(sandbox).set_back(v.NOW + timedelta(minutes=10))
    ordered(sandbox, 1)


def test_a_damaged_mark_is_refused_and_another_one_may_be_chosen(
    sandbox: Sandbox, host: TrainingHost
) -> None:
    clock = clock_of(sandbox)
    for minutes in (0, 40, 50):
        clock.set_back(v.NOW + timedelta(minutes=minutes))
        host.round()
    second = max(sandbox.marks.iterdir())
    second.write_bytes(second.read_bytes()[:9000])
    with server_of(sandbox) as client:
        signed_in(client, "supervisor")
        refused = client.post("/api/training/marks/2/set-back")
        assert refused.json()["error"]["values"]["reason"] == "training_mark_damaged"
        assert "08:10" in refused.json()["error"]["message"]
        assert not sandbox.order.exists()
        assert client.post("/api/training/marks/1/set-back").status_code == 202
    with hosting(sandbox):
        ordered(sandbox, 2)  # it was damaged meanwhile
        host.round()
        assert "04:40Z is damaged" in find_progress(sandbox).fault
        assert clock.now() == v.NOW + timedelta(minutes=50)
        ordered(sandbox, 1)
        host.round()
        assert find_progress(sandbox).fault == ""
    assert clock.now() == v.NOW


def no_room(*_: object) -> None:
    raise OSError(ENOSPC, "no space left")


def test_what_fails_after_the_database_is_set_back_leaves_no_clock_behind(
    sandbox: Sandbox, host: TrainingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked(sandbox, host)
    monkeypatch.setattr(marks, "forget_later", no_room)
    with hosting(sandbox):
        host.round()
        assert find_progress(sandbox).fault == ""
    assert clock_of(sandbox).now() == v.NOW


@pytest.mark.parametrize("error", [OSError(ENOSPC, ""), OperationalError("", {}, Exception())])
def test_a_set_back_that_fails_leaves_the_rehearsal_as_it_was(
    sandbox: Sandbox, host: TrainingHost, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    marked(sandbox, host)
    files = {*sandbox.city_folder.iterdir()}
    monkeypatch.setattr(kept_copies, "copy_table", fails)
    with hosting(sandbox):
        host.round()
        assert "could not be set back" in find_progress(sandbox).fault
        with server_of(sandbox) as client:
            signed_in(client, "supervisor")
            told = client.get("/api/training/instructor").json()["fault"]
        assert "goes on as it was" in told
    assert clock_of(sandbox).now() == v.NOW + timedelta(minutes=10)
    assert {*sandbox.city_folder.iterdir()} == files


def test_setting_back_leaves_the_disk_to_the_real_city(
    sandbox: Sandbox, host: TrainingHost, processes: NoProcesses
) -> None:
    marked(sandbox, host)
    with hosting(sandbox):
        TrainingHost(sandbox, processes, 8001, Event(), 10**18, lambda: 0.0).round()
        assert "disk" in find_progress(sandbox).fault
    assert clock_of(sandbox).now() == v.NOW + timedelta(minutes=10)


def test_a_locked_database_puts_a_mark_off(
    sandbox: Sandbox, host: TrainingHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("", {}, Exception("database is locked"))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(marks, "keep_copy", locked)
        host.round()
    assert half_hours_of(sandbox) == []
    host.round()
    assert half_hours_of(sandbox) == [0]
