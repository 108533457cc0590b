"""`barfrub serve` finds out whether there is a city to serve or one to set up."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fastapi import FastAPI
from typer.testing import CliRunner

from api.cli.main import commands
from api.province.host_router import HostRouter
from api.server.first_run_app import FirstRunApp
from api.server.web_server import WebServer
from data.errors import ConflictError
from data.setup.certificates import CertificateFiles, make_authority, make_server_certificate
from data.store.database.city_lock import find_server, holding, serving
from tests.postgres import WANTED
from tests.village import NOW

OTHER_SERVER = """
import sys
from pathlib import Path
from data.store.database.city_lock import serving
with serving(Path(sys.argv[1])):
    print("serving", flush=True)
    sys.stdin.read()
"""
"""A program that serves the city named by its argument until its input ends."""

type Serve = Callable[..., tuple[Result, list[Any]]]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Serve:
    """Run the command without a network, and return what it would serve."""
    served: list[Any] = []
    monkeypatch.setenv("BARFRUB_VAR", str(tmp_path))
    monkeypatch.delenv("BARFRUB_CITY", raising=False)

    def run_server(server: WebServer) -> None:
        served.append(server.config.app)

    monkeypatch.setattr(WebServer, "run", run_server)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("api.config.logs.configure_logs", lambda *_: None)
    for name in ("running_workers", "sharing_workers"):
        monkeypatch.setattr(f"api.server.served_city.{name}", lambda *_: nullcontext())

    def run(*words: str) -> tuple[Result, list[Any]]:
        return CliRunner().invoke(commands, ["serve", *words]), served

    return run


def test_without_a_city_it_prints_the_address_of_a_first_start(serve: Serve) -> None:
    result, served = serve("--port", "8123")
    assert isinstance(served[0], FirstRunApp)
    assert f"http://127.0.0.1:8123/first?code={served[0].start.code}" in result.stdout


def test_a_service_unit_that_names_its_city_may_start_before_there_is_one(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BARFRUB_CITY", "urmia")
    assert isinstance(serve()[1][0], FirstRunApp)


def test_an_address_that_nobody_can_open_is_replaced_by_the_machines_name(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "snow-server")
    for everywhere in (str(IPv4Address(0)), str(IPv6Address(0))):
        told = serve("--host", everywhere)[0].stdout
        assert "http://snow-server:8000/first?code=" in told


def test_a_city_is_served_and_not_set_up(serve: Serve, city_folder: Path) -> None:
    result, served = serve()
    assert isinstance(served[0], FastAPI)
    assert "Barfrub serves village" in result.stdout
    assert "code=" not in result.stdout


def test_one_more_city_is_set_up_when_one_asks_for_it(serve: Serve, city_folder: Path) -> None:
    assert isinstance(serve("--setup")[1][0], FirstRunApp)


def test_only_the_proxies_that_are_set_say_whose_requests_they_pass_on(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    believed: list[Any] = []
    monkeypatch.setattr(
        WebServer, "run", lambda server: believed.append(server.config.forwarded_allow_ips)
    )
    serve()
    monkeypatch.setenv("BARFRUB_PROXIES", "10.0.0.9")
    serve()
    assert believed == ["127.0.0.1,::1", "10.0.0.9"]


def test_a_city_that_is_named_wrongly_is_no_first_start(serve: Serve) -> None:
    result, served = serve("--city", "urmai")
    assert result.exit_code == 1
    assert served == []


def made_certificates(folder: Path) -> CertificateFiles:
    files = CertificateFiles(folder)
    make_authority(files, ["barfrub.lan"], NOW)
    make_server_certificate(files, NOW)
    return files


def test_a_certificate_with_its_key_makes_https(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made_certificates(tmp_path / "certificates")
    shown: list[Any] = []
    monkeypatch.setattr(WebServer, "run", lambda server: shown.append(server.config))
    result, _ = serve("--certificate", str(files.server), "--key", str(files.server_key))
    (config,) = shown
    assert config.is_ssl
    assert (config.ssl_certfile, config.ssl_keyfile) == (files.server, files.server_key)
    assert "https://127.0.0.1:8000/first?code=" in result.stdout
    monkeypatch.setenv("BARFRUB_CERTIFICATE", str(files.server))
    monkeypatch.setenv("BARFRUB_KEY", str(files.server_key))
    result, _ = serve()
    assert shown[1].ssl_keyfile == files.server_key
    assert "https://127.0.0.1:8000/first?code=" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--certificate", "server.crt"), "belong together"),
        (("--key", "server.key"), "belong together"),
        (("--certificate", "gone.crt", "--key", "server.key"), "does not exist"),
        (("--certificate", ".", "--key", "server.key"), "is a directory"),
        (("--certificate", "server.crt", "--key", "authority.key"), "mismatch"),
        (("--certificate", "server.key", "--key", "server.key"), "no certificate"),
    ],
)
def test_a_certificate_that_cannot_be_shown_is_refused_before_anything_is_loaded(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(made_certificates(tmp_path / "certificates").folder)
    result, served = serve(*words)
    assert (result.exit_code, served) == (2, [])
    assert "Loading" not in result.stdout
    assert said in " ".join(result.stderr.replace("│", " ").split())


@contextmanager
def another_server(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Serve a city in a process of its own."""
    words, pipe = [sys.executable, "-c", OTHER_SERVER, str(folder)], subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "serving\n"
        yield other


@pytest.mark.sqlite
def test_a_second_server_of_a_city_is_refused_and_told_who_serves_it(
    serve: Serve, city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = socket.gethostname()
    with another_server(city_folder) as other:
        monkeypatch.setattr("socket.gethostname", lambda: "somewhere-else")
        result, served = serve()
        with holding(city_folder):  # workers and commands that read go on
            pass
    assert served == []
    assert isinstance(result.exception, ConflictError)
    said = str(result.exception)
    assert f"served already by process {other.pid} on {here}. " in said
    assert f"`systemctl stop barfrub` or `kill {other.pid}` there" in said


@pytest.mark.skipif(not WANTED, reason="a city on SQLite has one server")
def test_a_city_on_postgresql_has_as_many_servers_as_wanted(
    serve: Serve, city_folder: Path
) -> None:
    with another_server(city_folder):
        assert isinstance(serve()[1][0], FastAPI)


def test_a_killed_server_leaves_no_lock(serve: Serve, city_folder: Path) -> None:
    with another_server(city_folder) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        assert isinstance(serve()[1][0], FastAPI)


def test_a_server_that_stopped_makes_room_for_the_next(serve: Serve, city_folder: Path) -> None:
    serve()
    assert find_server(city_folder) is None
    assert len(serve()[1]) == 2


def test_processes_that_a_server_started_do_not_hold_its_city(city_folder: Path) -> None:
    with serving(city_folder):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        with serving(city_folder):
            pass
    finally:
        child.communicate()


def test_all_cities_of_a_province_are_served_by_one_process(
    serve: Serve, city_folder: Path, tmp_path: Path
) -> None:
    towns = "".join(
        f'[[city]]\nname = "{name}"\nhost = "{name}.example.ir"\n'
        for name in ("village", "atlantis")
    )
    head = 'host = "west.example.ir"\nname = "West"\ntimezone = "Asia/Tehran"\n'
    (tmp_path / "province.toml").write_text(head + towns)
    result, served = serve("--province")
    assert isinstance(served[0], HostRouter)
    assert "Barfrub serves village under village.example.ir" in result.stdout
    assert "atlantis is not served: there is no city 'atlantis'" in result.stderr
