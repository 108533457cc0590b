"""A rehearsal is started: its sandbox is made, unless there is one, and hosted to the end."""

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from api.access.auth import hash_password
from api.config.clock import Clock
from api.config.settings import Settings
from api.config.training_clock import TrainingClock, known_speed, make_training_clock
from api.training.hosting.host import HOST, TrainingHost
from api.training.hosting.progress import (
    HostProgress,
    HostStep,
    find_progress,
    hosting,
    told_by_language,
    write_progress,
)
from api.training.hosting.result_keeping import keep_in_city
from api.training.hosting.sandbox_processes import SandboxProcesses
from data.errors import BarfrubError, ConflictError, NotFoundError
from data.model import Actor
from data.store.database.city_database import database_of
from data.store.database.engine import Database, reading
from data.training.players import PLAYED_BY_SIMULATION
from fleet.training.rehearsal import training_of
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.making import WantedTraining, bring_up_to_date, make_sandbox

FIRST_PORT, PORTS = 8001, 100
"""Where a free port is looked for, unless one is named."""


@dataclass(frozen=True, slots=True)
class TrainingStart:
    """How to start: a scenario's name and TOML, for a new sandbox; without one it goes on."""

    name: str = ""
    scenario: str = ""
    seed: int = 1
    speed: float | None = None
    port: int | None = None


def run_training(
    settings: Settings,
    sandbox: Sandbox,
    start: TrainingStart,
    actor: Actor,
    stopped: Event,
    on_port: Callable[[int], object] = bool,
) -> None:
    """Rehearse until `stopped` is set; `on_port` hears where the sandbox will be served.

    Raises `ConflictError` where one runs or the port is taken, `NotFoundError` where there is
    nothing to go on with, and what `make_sandbox` does.
    """
    with hosting(sandbox), _faults_shown(sandbox):
        port = chosen_port(settings, start.port or port_of_before(settings, sandbox))
        if start.scenario:
            _make(settings, sandbox, start, actor, port)
        elif not sandbox.exists:
            raise NotFoundError("training", sandbox.city)
        bring_up_to_date(sandbox)
        if start.speed is not None:
            TrainingClock(sandbox.folder).set_speed(start.speed)
        on_port(port)
        processes = SandboxProcesses(settings, sandbox, port, _seed(sandbox))
        home = settings.city_folder(sandbox.city)
        host = TrainingHost(
            sandbox,
            processes,
            port,
            stopped,
            settings.reserve_bytes,
            keep_results=lambda: keep_in_city(sandbox, home, HOST),
        )
        host.run()


def chosen_port(settings: Settings, wanted: int | None) -> int:
    """Return the wanted port, or the first free one; raise `ConflictError` where it is taken.

    A proxy leads to one port alone: to the first where none is wanted or known.
    """
    host = settings.host
    if wanted is None and settings.training_address:
        wanted = FIRST_PORT
    if wanted is None:
        all_ports = range(FIRST_PORT, FIRST_PORT + PORTS)
        wanted = next((port for port in all_ports if is_free(host, port)), FIRST_PORT)
    if not is_free(host, wanted):
        raise ConflictError(
            f"port {wanted} is taken by another program",
            reason="port_taken",
            field="port",
            port=str(wanted),
        )
    return wanted


def port_of_before(settings: Settings, sandbox: Sandbox) -> int | None:
    """Return the port of before where it is free or a proxy leads to it; else nothing."""
    last = find_progress(sandbox).port
    kept = last and (settings.training_address or is_free(settings.host, last))
    return last if kept else None


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError:
            return False
    return True


def _make(
    settings: Settings, sandbox: Sandbox, start: TrainingStart, actor: Actor, port: int
) -> None:
    speed, now = known_speed(start.speed or 1.0), Clock().now().replace(microsecond=0)

    def report(step: str) -> None:
        write_progress(sandbox, HostProgress(HostStep(step), port))

    def finish(folder: Path) -> None:
        make_training_clock(folder, now, speed)

    passwords = {login: secrets.token_urlsafe(16) for login in PLAYED_BY_SIMULATION}
    hashes = {login: hash_password(password) for login, password in passwords.items()}
    report(HostStep.COPY)
    with _people(settings) as people:
        wanted = WantedTraining(
            start.name,
            start.scenario,
            start.seed,
            passwords,
            hashes,
            people,
            settings.reserve_bytes,
        )
        home = settings.city_folder(sandbox.city)
        make_sandbox(home, sandbox, wanted, actor, now, finish, report)


@contextmanager
def _people(settings: Settings) -> Iterator[Database | None]:
    """Give the database of the province's people, `None` for a city of its own."""
    if not settings.province_file.exists():
        yield None
        return
    people = database_of(settings.province_folder)
    yield people
    people.dispose()


def _seed(sandbox: Sandbox) -> int:
    engine = database_of(sandbox.city_folder)
    with reading(engine) as tx:
        training = training_of(tx)
    engine.dispose()
    if training is None:
        raise BarfrubError(f"{sandbox.folder} is no sandbox")
    return training.seed


@contextmanager
def _faults_shown(sandbox: Sandbox) -> Iterator[None]:
    """Write down what kept a rehearsal from starting, for those who wait at a page."""
    try:
        yield
    except Exception as error:
        with suppress(OSError):
            told = told_by_language(error)
            port = find_progress(sandbox).port
            write_progress(sandbox, HostProgress(HostStep.FAILED, port, str(error), told))
        raise
