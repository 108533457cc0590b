"""The page of the real city: what may be rehearsed, and what keeps a rehearsal from starting."""

import os
import re
import shutil
import socket
import threading
from threading import Event

import pytest
from sqlalchemy import text

from api.config.console import CONSOLE
from api.training import sandboxes
from api.training.hosting.progress import (
    HostProgress,
    HostStep,
    find_host,
    hosting,
    starting,
    write_progress,
)
from api.training.hosting.sandbox_control import delete_sandbox, stop_host
from api.training.hosting.starting import TrainingStart, run_training
from data.errors import ConflictError, NotFoundError
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.training import SHIPPED
from fleet.training.sandbox.folder import sandbox_of
from maps.pages.i18n import translator
from tests import village as v
from tests.rehearsed import a_sandbox


@pytest.fixture
def supervisor(client, sign_in):
    sign_in("supervisor")
    return client


def sandbox_beside(client):
    app = client.app.state.barfrub
    return sandbox_of(app.settings.var, app.folder.name)


def refusal(answer):
    error = answer.json()["error"]
    return answer.status_code, error["values"].get("reason", error["code"])


def page(client):
    return client.get("/training", headers={"accept": "text/html"}).text


def test_every_scenario_that_ships_is_offered_with_its_brief(supervisor):
    shown = page(supervisor)
    assert all(f'value="{name}"' in shown for name in SHIPPED)
    assert supervisor.get("/api/training/sandbox").json()["step"] == ""


def test_a_start_is_refused_with_its_reason(supervisor):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        taken = {"scenario": "first-night", "port": door.getsockname()[1]}
        refused = supervisor.post("/api/training/sandbox", json=taken)
    assert refusal(refused) == (409, "port_taken")
    assert str(taken["port"]) in refused.json()["error"]["message"]
    bad = {"scenario": "ours", "toml": "lasts_h = 'long'"}
    assert supervisor.post("/api/training/sandbox", json=bad).status_code == 422
    with hosting(sandbox_beside(supervisor)):
        running = supervisor.post("/api/training/sandbox", json={"scenario": "first-night"})
        assert refusal(running) == (409, "training_runs")


def test_a_file_without_a_title_is_told_so_in_words(supervisor):
    for toml in ("", "lasts_h = 8"):
        refused = supervisor.post("/api/training/sandbox", json={"scenario": "ours", "toml": toml})
        said = re.sub("[\u2066-\u2069]", "", refused.json()["error"]["message"])
        told = "ours: title: expected a text by the code of its language, got “nothing”."
        assert (refused.status_code, said) == (422, told)


def test_of_two_who_start_at_once_the_second_disturbs_nothing(supervisor):
    sandbox = sandbox_beside(supervisor)
    with starting(sandbox):
        sandbox.log.write_text("the first one's")
        second = supervisor.post("/api/training/sandbox", json={"scenario": "first-night"})
        assert refusal(second) == (409, "training_runs")
    assert sandbox.log.read_text() == "the first one's"


def test_a_full_disk_keeps_it_from_starting(supervisor, monkeypatch):
    monkeypatch.setattr("fleet.training.sandbox.making.SPARE_BYTES", 10**18)
    full = supervisor.post("/api/training/sandbox", json={"scenario": "first-night"})
    assert refusal(full) == (507, "no_room")
    assert "GB of free disk" in full.json()["error"]["message"]


def test_one_of_a_newer_version_says_so_in_the_readers_language(supervisor, app, city_folder):
    sandbox = a_sandbox(city_folder, now=v.NOW)
    engine = database_of(sandbox.city_folder)
    with transaction(engine) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConflictError):
        run_training(app.settings, sandbox, TrainingStart(), CONSOLE, Event())
    shown = supervisor.get("/training?lang=fa", headers={"accept": "text/html"}).text
    assert translator("fa")("conflict:tables_newer") in shown


def test_a_host_that_cannot_begin_says_why(supervisor, monkeypatch):
    monkeypatch.setattr(sandboxes, "HOST", ["-c", "raise SystemExit('no memory')"])
    failed = supervisor.post("/api/training/sandbox", json={"scenario": "first-night"})
    assert refusal(failed) == (409, "training_failed")
    assert "no memory" in failed.json()["error"]["message"]


def test_it_is_being_made_as_long_as_its_host_lives(supervisor, monkeypatch, tmp_path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    loads = f"open({str(gate)!r}).read(); raise SystemExit('no memory')"
    monkeypatch.setattr(sandboxes, "HOST", ["-c", loads])
    monkeypatch.setattr(sandboxes, "BEGINS_WITHIN_S", 0.0)
    order = {"scenario": "first-night"}
    making = supervisor.post("/api/training/sandbox", json=order).json()
    assert (making["running"], making["step"], making["stoppable"]) == (True, "loading", False)
    assert 'id="start"' not in page(supervisor)
    again = supervisor.post("/api/training/sandbox", json=order)
    assert refusal(again) == (409, "training_runs")
    gate.write_text("load")
    for thread in threading.enumerate():
        if thread.name == sandboxes.HOST_THREAD:
            thread.join()
    ended = supervisor.get("/api/training/sandbox").json()
    assert (ended["running"], ended["step"], ended["fault"]) == (False, "failed", "no memory")
    assert 'id="start"' in page(supervisor)


def test_a_stopped_one_is_shown_and_deleted(supervisor, city_folder):
    sandbox = a_sandbox(city_folder, now=v.NOW)
    again = supervisor.post("/api/training/sandbox", json={"scenario": "first-night"})
    assert refusal(again) == (409, "training_exists")
    assert "/api/training/sandbox/go-on" in page(supervisor)
    told = supervisor.get("/training?lang=en", headers={"accept": "text/html"}).text
    assert "The results of each person stay" in told
    state = supervisor.get("/api/training/sandbox").json()
    assert (state["made"], state["running"], state["step"]) == (True, False, "stopped")
    assert supervisor.post("/api/training/sandbox/stop").status_code == 404
    assert not supervisor.post("/api/training/sandbox/delete").json()["made"]
    assert not sandbox.exists


def test_stop_while_it_is_deleted_ends_no_process(city_folder, monkeypatch):
    """A deletion runs in the real city's server, which may not be taken for the host."""
    sandbox, ended = a_sandbox(city_folder, now=v.NOW), []
    delete_folder = shutil.rmtree

    def deleted(folder):
        ended.append((find_host(sandbox), sandbox.exists))
        with pytest.raises(NotFoundError):
            stop_host(sandbox)
        with pytest.raises(ConflictError), hosting(sandbox):
            raise AssertionError("hosted while it is deleted")
        delete_folder(folder)

    monkeypatch.setattr(os, "kill", lambda *told: ended.append(told))
    monkeypatch.setattr(shutil, "rmtree", deleted)
    delete_sandbox(sandbox)
    assert ended == [(None, False)]
    assert [*sandbox.folder.parent.glob("*")] == [sandbox.desk]
    assert not sandbox.gone.exists()
    with hosting(sandbox), pytest.raises(NotFoundError):
        stop_host(sandbox)
    assert ended == [(None, False)]


def test_the_page_leads_to_a_rehearsal_by_its_port_or_where_the_proxy_has_it(
    supervisor, app, city_folder, monkeypatch
):
    sandbox = a_sandbox(city_folder, now=v.NOW)
    behind = app.settings.model_copy(update={"training_address": "https://training.example.org"})
    with hosting(sandbox):
        write_progress(sandbox, HostProgress(HostStep.SETTING_BACK, 8123))
        beside = supervisor.get("/api/training/sandbox").json()["address"]
        monkeypatch.setattr(app, "settings", behind)
        proxied = supervisor.get("/api/training/sandbox").json()["address"]
    assert (beside, proxied) == ("http://testserver:8123/", "https://training.example.org/")


def test_it_goes_on_at_its_last_address_unless_that_is_taken_and_no_proxy_leads_there(
    supervisor, app, city_folder, monkeypatch
):
    wanted = []

    def chosen(_, port):
        wanted.append(port)
        raise ConflictError("taken", reason="port_taken", port=port)

    monkeypatch.setattr(sandboxes, "chosen_port", chosen)
    sandbox = a_sandbox(city_folder, now=v.NOW)
    sandbox.desk.mkdir()
    write_progress(sandbox, HostProgress(HostStep.STOPPED, 8123))
    for address, free in (("", True), ("", False), ("https://training.example.org", False)):
        behind = app.settings.model_copy(update={"training_address": address})
        monkeypatch.setattr(app, "settings", behind)
        monkeypatch.setattr("api.training.hosting.starting.is_free", lambda *_, free=free: free)
        assert supervisor.post("/api/training/sandbox/go-on").status_code == 409
    assert wanted == [8123, None, 8123]


def test_one_that_cannot_be_read_says_so_and_can_be_deleted(supervisor, city_folder):
    sandbox = a_sandbox(city_folder, now=v.NOW)
    for file in sandbox.city_folder.glob("barfrub.sqlite*"):
        file.write_bytes(b"no database any more" * 400)
    state = supervisor.get("/api/training/sandbox").json()
    assert (state["made"], state["running"]) == (True, False)
    assert "cannot be read any more" in state["fault"]
    assert "/api/training/sandbox/delete" in page(supervisor)
    assert not supervisor.post("/api/training/sandbox/delete").json()["made"]


def test_a_scenario_of_another_release_is_called_by_its_name(supervisor, city_folder):
    sandbox = a_sandbox(city_folder, now=v.NOW)
    engine = database_of(sandbox.city_folder)
    with transaction(engine) as tx:
        tx.execute(text("UPDATE training SET scenario = 'wind = 3', scenario_name = 'gale'"))
    engine.dispose()
    assert supervisor.get("/api/training/sandbox").json()["title"] == "gale"


def test_where_every_port_is_taken_nothing_is_started(supervisor, monkeypatch):
    monkeypatch.setattr("api.training.hosting.starting.is_free", lambda *_: False)
    taken = supervisor.post("/api/training/sandbox", json={"scenario": "first-night"})
    assert refusal(taken) == (409, "port_taken")
