"""What somebody reached in a training is kept in the city, and shown in the next training."""

import re
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from api.config.settings import Settings
from api.training.hosting.host import HOST, TrainingHost
from api.training.hosting.progress import HostStep, find_progress
from api.training.hosting.result_keeping import keep_in_city
from api.training.hosting.sandbox_control import delete_sandbox
from data.model import Role, VehicleId
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import list_events_on
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.training.results import list_results
from fleet.training.sandbox.folder import Sandbox
from tests import village as v
from tests.api.conftest import be_signed_in, served
from tests.fleet.drives import a_fix
from tests.rehearsed import a_sandbox, clock_of
from tests.stories.training.test_rehearsal import NoProcesses

HOUR = timedelta(hours=1)


def hosted(sandbox: Sandbox, home: Path) -> TrainingHost:
    """Return the host of a sandbox, which sets no marks."""
    stopped = Event()
    stopped.set()
    sandbox.desk.mkdir(exist_ok=True)

    def keep() -> int:
        return keep_in_city(sandbox, home, HOST)

    return TrainingHost(sandbox, NoProcesses(), 8001, stopped, 10**18, keep_results=keep)


def led(sandbox: Sandbox) -> str:
    """Let the dispatcher sit in the village for two hours; return what the debrief tells then."""
    clock = clock_of(sandbox)
    with served(Settings(var=sandbox.folder), sandbox.city_folder, clock) as client:
        be_signed_in(client, "dispatcher")
        client.post("/api/training/seats", json={"role": "dispatcher"})
        clock.set_back(clock.now() + 2 * HOUR)
        told = client.get("/training/debrief?lang=en", headers={"accept": "text/html"}).text
    return told[told.index('class="former"') :].split("</p>")[0]


def plain(words: str) -> str:
    """Return words without the marks that isolate numbers."""
    return re.sub("[\u2066-\u2069]", "", words)


def test_what_somebody_reached_is_shown_in_the_next_training(city_folder: Path) -> None:
    first = a_sandbox(city_folder)
    assert "No earlier result" in led(first)
    hosted(first, city_folder).run()
    delete_sandbox(first)
    city = database_of(city_folder)
    with reading(city) as tx:
        (kept,) = list_results(tx)
        (line,) = list_events_on(tx, ["training:1"], ["training.results_kept"])
    city.dispose()
    assert (kept.login, kept.role, kept.scenario_name) == (
        "dispatcher",
        Role.DISPATCHER,
        "first-night",
    )
    assert (line.actor, kept.points) == (HOST, 100.0)
    again = led(a_sandbox(city_folder, "morning-rush", v.NOW + 24 * HOUR))
    assert "100" in again
    assert "First night (2 h)" in again


def test_no_final_result_is_kept_before_all_until_the_end_is_counted(city_folder: Path) -> None:
    sandbox = a_sandbox(city_folder)
    led(sandbox)
    sandbox_city, city = database_of(sandbox.city_folder), database_of(city_folder)
    with transaction(sandbox_city) as tx:
        add_device(tx, "box", VehicleId(1), "box")
        add_positions(tx, [a_fix(v.at_m(0, 0), 5 * 3600.0)])
    clock_of(sandbox).set_back(v.NOW + 9 * HOUR)
    host = hosted(sandbox, city_folder)
    for _ in range(2):
        host.round()
    with reading(city) as tx:
        assert list_results(tx) == []
    hosted(sandbox, city_folder).run()  # whose stop cannot wait
    with reading(city) as tx:
        assert [one.hours for one in list_results(tx)] == [5.0]
    assert "before its last 180 min were counted" in plain(find_progress(sandbox).told["en"])
    with transaction(sandbox_city) as tx:
        mark_seen_until(tx, list_unseen(tx, 1)[1])
    host.round()
    with reading(city) as tx:
        assert [one.hours for one in list_results(tx)] == [8.0]
    assert find_progress(sandbox).fault == ""
    city.dispose()
    sandbox_city.dispose()


def test_results_are_kept_once_at_the_scenarios_end_or_it_is_told_why_not(
    city_folder: Path, tmp_path: Path
) -> None:
    sandbox = a_sandbox(city_folder)
    led(sandbox)
    host = hosted(sandbox, city_folder)
    clock, paused = clock_of(sandbox), []
    for hours in (6, 8, 9):
        clock.set_back(v.NOW + hours * HOUR)
        clock.go_on()
        host.round()
        paused.append(clock.paused)
    assert paused == [False, True, False]  # at the end alone: then people decide
    clock.pause()
    city = database_of(city_folder)
    with reading(city) as tx:
        (kept,) = list_results(tx)
        assert len(list_events_on(tx, ["training:1"], ["training.results_kept"])) == 1
    city.dispose()
    assert kept.hours == pytest.approx(8.0)
    hosted(sandbox, tmp_path / "gone").run()
    progress = find_progress(sandbox)
    assert progress.step is HostStep.STOPPED
    assert "results could not be kept" in progress.fault
