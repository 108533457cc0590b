"""The processes of a sandbox: its server with its workers, and the simulation."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Event

import httpx

from api.config.own_certificate import trusting
from api.config.settings import Settings
from api.simulation.demo_city import CODE_FOLDER
from api.training.hosting.low_priority import end_with_parent, step_back_together
from data.errors import BarfrubError
from data.store.database.city_lock import find_server
from data.training.players import DISPATCHER, OPERATOR
from fleet.training.sandbox.folder import Sandbox

READY_WITHIN_S = 600.0
"""How long the server may take: with kernels to compile, some minutes at low priority."""

ASK_S = 0.5

LEAVE_S = 20.0
"""How long a process may take to end; then it is killed."""

REST_S, LONGEST_REST_S = 2.0, 60.0
"""Pause before a process that died is started again; it doubles each time."""

WELL_S = 3600.0
"""A process that lived so long was well: the pause is short again when it dies."""

TAKEN_OVER = (
    "host",
    "certificate",
    "key",
    "proxies",
    "secure_cookies",
    "log",
    "public_pace",
    "import_memory_mb",
    "import_minutes",
    "photos_reserve_mb",
)
"""Settings of the real installation that hold in its sandboxes; no other one does, so that nothing
reaches a gateway, a broker or the database of the real city."""

_log = logging.getLogger(__name__)


def settings_taken_over(settings: Settings) -> dict[str, str]:
    """Return the settings of a server that hold for trainings beside it, as an environment."""
    return {
        f"BARFRUB_{name.upper()}": str(value.resolve() if isinstance(value, Path) else value)
        for name in TAKEN_OVER
        if (value := getattr(settings, name)) is not None
    }


def environment_of(
    settings: Settings, sandbox: Sandbox, given: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of a sandbox' processes."""
    kept = {name: text for name, text in given.items() if not name.startswith("BARFRUB_")}
    own = settings_taken_over(settings)
    players = json.loads(sandbox.players.read_text(encoding="utf-8"))
    return (
        kept
        | own
        | {
            "BARFRUB_VAR": str(sandbox.folder.resolve()),
            "BARFRUB_CITY": sandbox.city,
            "BARFRUB_SOLVER_THREADS": "1",
            "BARFRUB_OPERATOR_PASSWORD": players[OPERATOR],
            "BARFRUB_DISPATCHER_PASSWORD": players[DISPATCHER],
            "NUMBA_CACHE_DIR": given.get(
                "NUMBA_CACHE_DIR", str((settings.var / "numba").resolve())
            ),
        }
    )


def start_child(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a process that comes after all others and ends with this thread, however that ends."""
    child = subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        command,
        cwd=CODE_FOLDER,
        env=dict(environment),
        start_new_session=True,  # Ctrl+C is the host's alone
        preexec_fn=end_with_parent,
    )
    step_back_together(child.pid)
    return child


def address_of_server(settings: Settings, port: int) -> str:
    """Return where the processes of this machine find the sandbox' server."""
    scheme, host = "https" if settings.certificate else "http", settings.host
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:  # a machine's name
        return f"{scheme}://{host}:{port}"
    if address.is_unspecified:  # it listens on all addresses
        address = ip_address("127.0.0.1" if address.version == 4 else "::1")
    name = str(address) if address.version == 4 else f"[{address}]"
    return f"{scheme}://{name}:{port}"


@dataclass
class _Child:
    """A process with what it was started by, and when it may be started again."""

    arguments: Sequence[str]
    running: subprocess.Popen[bytes] | None = None
    rest_s: float = REST_S
    again_s: float = field(default_factory=time.monotonic)
    began_s: float = 0.0

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None


def pause_s(rest_s: float, lived_s: float) -> float:
    """Return how long to wait before the next start of a process that died after some time."""
    return REST_S if lived_s >= WELL_S else rest_s


class SandboxProcesses:
    """Starts the processes of a sandbox, starts again what dies, and ends them."""

    def __init__(self, settings: Settings, sandbox: Sandbox, port: int, seed: int) -> None:
        self._sandbox = sandbox
        self._environment = environment_of(settings, sandbox, os.environ)
        self._address = address_of_server(settings, port)
        self._trusted = trusting(settings.certificate)
        simulation = ["simulate", "--url", self._address, "--seed", str(seed)]
        simulation += ["--operator", OPERATOR, "--dispatcher", DISPATCHER]
        simulation += ["--scenario", str(sandbox.scenario.resolve())]
        self._server = _Child(["serve", "--port", str(port)])
        self._simulation = _Child(simulation)

    def start(self, stopped: Event) -> None:
        """Start them, and wait until the server answers or the host is to stop."""
        self._begin(self._server)
        until_s = time.monotonic() + READY_WITHIN_S
        while not stopped.is_set() and not self._answers():
            if not self._server.alive:
                raise BarfrubError("the server of the rehearsal has ended: see its log")
            if time.monotonic() > until_s:
                raise BarfrubError("the server of the rehearsal does not answer: see its log")
            stopped.wait(ASK_S)
        if not stopped.is_set():
            self._begin(self._simulation)

    def tend(self) -> None:
        """Start again what has died."""
        for child in (self._server, self._simulation):
            if child.alive or time.monotonic() < child.again_s:
                continue
            _log.error("%s of the rehearsal died and is started again", child.arguments[0])
            rest_s = pause_s(child.rest_s, time.monotonic() - child.began_s)
            self._begin(child)
            child.again_s = time.monotonic() + rest_s
            child.rest_s = min(2 * rest_s, LONGEST_REST_S)

    def stop(self) -> None:
        """End them all, the simulation first."""
        for child in (self._simulation, self._server):
            if child.running is None:
                continue
            child.running.terminate()
            try:
                child.running.wait(LEAVE_S)
            except subprocess.TimeoutExpired:
                child.running.kill()
                child.running.wait()
            child.running = None

    def _begin(self, child: _Child) -> None:
        command = [sys.executable, "-m", "api", *child.arguments]
        child.running = start_child(command, self._environment)
        child.began_s = time.monotonic()

    def _answers(self) -> bool:
        """Whether the server answers that was started, and not another program on its port."""
        server, child = find_server(self._sandbox.city_folder), self._server.running
        if server is None or child is None or server.pid != child.pid:
            return False
        try:
            health = httpx.get(f"{self._address}/health", timeout=5.0, verify=self._trusted)
        except httpx.HTTPError:
            return False
        return health.is_success
