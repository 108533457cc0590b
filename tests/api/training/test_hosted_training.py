"""A training is made, hosted by a real host whose server answers, and stopped.

Its server here is a small one, and nothing is simulated: a whole training takes ten seconds of a
processor until it runs.
"""

import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import Popen
from threading import Event

import httpx
import pytest

from api.config.console import CONSOLE
from api.config.settings import Settings
from api.config.training_clock import KEEP_S, TrainingClock
from api.training.hosting import sandbox_processes
from api.training.hosting.progress import HostStep
from api.training.hosting.sandbox_control import SandboxState, state_of
from api.training.hosting.starting import TrainingStart, run_training
from data.store.database.city_lock import find_server
from data.training import shipped_text
from fleet.training.sandbox.folder import Sandbox, sandbox_of

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from data.store.database.city_lock import serving

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

with serving(Path(sys.argv[1])):
    HTTPServer(("127.0.0.1", int(sys.argv[2])), Health).serve_forever()
"""


class AfterARound(Event):
    """Is set after the host's first round, and notes how the training stood then."""

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        super().__init__()
        self.sandbox = sandbox
        self.health = f"http://127.0.0.1:{port}/health"
        self.stood: SandboxState | None = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as any event; before its second round the host is to stop."""
        if timeout != KEEP_S:
            return super().wait(timeout)
        if not [*self.sandbox.marks.glob("*")]:  # no round was made yet
            return False
        assert httpx.get(self.health).is_success
        self.stood = state_of(self.sandbox)
        self.set()
        return True


def test_a_training_is_made_served_and_stopped(
    settings: Settings, city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = sandbox_of(settings.var, "village")
    start_child, started = sandbox_processes.start_child, list[Popen[bytes]]()

    def start(command: Sequence[str], environment: Mapping[str, str]) -> Popen[bytes]:
        stub = ["sleep", "300"]
        if "serve" in command:
            stub = [sys.executable, "-c", SERVER, str(sandbox.city_folder), command[-1]]
        started.append(start_child(stub, environment))
        return started[-1]

    monkeypatch.setattr(sandbox_processes, "start_child", start)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    stopped = AfterARound(sandbox, port)
    wanted = TrainingStart("first-night", shipped_text("first-night"), port=port, speed=10.0)
    run_training(settings, sandbox, wanted, CONSOLE, stopped)
    stood = stopped.stood
    assert stood is not None
    assert (stood.progress.step, stood.progress.port) == (HostStep.RUNNING, port)
    assert (stood.scenario_name, stood.pace) == ("first-night", 10.0)
    assert len(started) == 2
    assert all(child.poll() is not None for child in started)
    assert find_server(sandbox.city_folder) is None
    after = state_of(sandbox)
    assert (after.progress.step, after.progress.fault) == (HostStep.STOPPED, "")
    assert TrainingClock(sandbox.folder).paused
