"""`barfrub serve` finds out whether there is a city to serve or one to set up."""

from collections.abc import Callable
from contextlib import nullcontext
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fastapi import FastAPI
from typer.testing import CliRunner

from api.cli.main import commands
from api.server.first_run_app import FirstRunApp
from api.server.web_server import WebServer

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
    monkeypatch.setattr(
        "api.processes.workers.worker_processes.running_workers", lambda *_: nullcontext()
    )

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


def test_a_city_that_is_named_wrongly_is_no_first_start(serve: Serve) -> None:
    result, served = serve("--city", "urmai")
    assert result.exit_code == 1
    assert served == []
