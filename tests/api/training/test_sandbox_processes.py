"""A sandbox takes nothing along that reaches the outside, steps back, and leaves nothing behind."""

import os
import select
import signal
import socket
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path
from threading import Event

import httpx
import pytest

from api.config.console import CONSOLE
from api.config.settings import Settings
from api.training.hosting.low_priority import NICENESS
from api.training.hosting.progress import HostProgress, HostStep, write_progress
from api.training.hosting.sandbox_processes import (
    REST_S,
    WELL_S,
    SandboxProcesses,
    address_of_server,
    environment_of,
    pause_s,
)
from api.training.hosting.starting import (
    TrainingStart,
    chosen_port,
    is_free,
    port_of_before,
    run_training,
)
from data.errors import BarfrubError, ConflictError
from data.training.players import DISPATCHER, OPERATOR
from fleet.training.sandbox.folder import Sandbox

HOST = """
import os, sys
from api.training.hosting.low_priority import step_back
from api.training.hosting.sandbox_processes import start_child
step_back()
print(start_child(["sleep", "300"], os.environ).pid, flush=True)
sys.stdin.read()
"""

LEFT_WITHIN_MS = 20_000


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    one = Sandbox(tmp_path / "training" / "village", "village")
    one.folder.mkdir(parents=True)
    one.players.write_text(f'{{"{OPERATOR}": "one", "{DISPATCHER}": "two"}}')
    return one


def test_no_gateway_broker_or_database_is_known_in_it(sandbox: Sandbox, tmp_path: Path) -> None:
    settings = Settings(
        var=tmp_path,
        host="10.0.0.1",
        secure_cookies=True,
        mqtt_password="secret",
        database="postgresql://x/y",
    )
    outside = {"BARFRUB_DATABASE": "postgresql://x/y", "BARFRUB_SECRETS": "/etc", "LANG": "C"}
    known = environment_of(settings, sandbox, outside | {"BARFRUB_NOTICES": "gateways.toml"})
    assert known["BARFRUB_VAR"] == str(sandbox.folder)
    assert (known["BARFRUB_HOST"], known["LANG"]) == ("10.0.0.1", "C")
    assert known["BARFRUB_SECURE_COOKIES"] == "True"
    assert known.keys() & {*outside, "BARFRUB_NOTICES", "BARFRUB_MQTT_PASSWORD"} == {"LANG"}
    assert not {"secret", "postgresql://x/y"} & {*known.values()}


def test_what_a_killed_host_has_started_ends_with_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOST], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as host:
        assert host.stdout is not None
        child = int(host.stdout.readline())
        alive = os.pidfd_open(child)
        assert os.getpriority(os.PRIO_PROCESS, child) == NICENESS
        assert os.sched_getscheduler(child) == os.SCHED_BATCH
        host.send_signal(signal.SIGKILL)
    ended = select.poll()
    ended.register(alive, select.POLLIN)
    assert ended.poll(LEFT_WITHIN_MS)
    os.close(alive)


def test_a_port_that_is_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(var=tmp_path)
    proxied = Settings(var=tmp_path, training_address="https://training.example.org")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        with pytest.raises(ConflictError, match=str(port)):
            chosen_port(settings, port)
        monkeypatch.setattr("api.training.hosting.starting.FIRST_PORT", port)
        assert chosen_port(settings, None) != port
        with pytest.raises(ConflictError, match=str(port)):  # the proxy leads to no other
            chosen_port(proxied, None)
        assert not is_free("127.0.0.1", port)
    assert chosen_port(settings, port) == port
    assert chosen_port(proxied, None) == port


def test_behind_a_proxy_it_goes_on_at_its_port_of_before(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.desk.mkdir()
    proxied = Settings(var=tmp_path, training_address="https://training.example.org")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = door.getsockname()[1]
        write_progress(sandbox, HostProgress(HostStep.STOPPED, port))
        for _ in range(2):  # it is known still after a start that failed
            with pytest.raises(ConflictError, match=f"port {port} is taken"):
                run_training(proxied, sandbox, TrainingStart(), CONSOLE, Event())
        beside = Settings(var=tmp_path)
        assert port_of_before(beside, sandbox) is None
    assert port_of_before(beside, sandbox) == port


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (str(IPv4Address(0)), "http://127.0.0.1:8001"),
        ("10.0.0.1", "http://10.0.0.1:8001"),
        ("::", "http://[::1]:8001"),
        ("fd00::1", "http://[fd00::1]:8001"),
        ("plows", "http://plows:8001"),
    ],
)
def test_its_processes_find_the_server_where_it_listens(host: str, address: str) -> None:
    assert address_of_server(Settings(host=host), 8001) == address


def test_where_the_city_shows_a_certificate_itself_its_trainings_do_too(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    files = {name: tmp_path / f"server.{name}" for name in ("certificate", "key")}
    settings = Settings(var=tmp_path, host="plows", **files)
    known = environment_of(settings, sandbox, {})
    assert known["BARFRUB_CERTIFICATE"] == str(files["certificate"])
    assert known["BARFRUB_KEY"] == str(files["key"])
    assert address_of_server(settings, 8001) == "https://plows:8001"
    assert "BARFRUB_KEY" not in environment_of(Settings(var=tmp_path), sandbox, {})


def test_another_program_on_its_port_is_not_taken_for_its_server(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own server ends at once here, since there is no city; another one answers meanwhile."""
    monkeypatch.setattr(httpx, "get", lambda *_, **__: httpx.Response(200))
    processes = SandboxProcesses(Settings(var=tmp_path), sandbox, 8001, 1)
    monkeypatch.setattr(
        "api.training.hosting.sandbox_processes.start_child",
        lambda *_: subprocess.Popen([sys.executable, "-c", ""]),
    )
    with pytest.raises(BarfrubError, match="has ended"):
        processes.start(Event())


def test_a_process_that_was_well_for_an_hour_is_started_again_soon() -> None:
    assert pause_s(32.0, 10.0) == 32.0
    assert pause_s(32.0, WELL_S) == REST_S
