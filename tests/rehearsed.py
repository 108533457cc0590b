"""A sandbox of a city, made as `barfrub training start` makes it, with hashes that open nothing."""

from datetime import datetime
from pathlib import Path

from api.config.training_clock import TrainingClock, make_training_clock
from data.training import shipped_text
from data.training.players import PLAYED_BY_SIMULATION
from fleet.training.sandbox.folder import Sandbox, sandbox_of
from fleet.training.sandbox.making import WantedTraining, make_sandbox
from tests import village as v
from tests.village_database import DISPATCHER


def a_sandbox(
    home: Path, scenario: str = "first-night", now: datetime = v.NOW, players_hash: str = "!"
) -> Sandbox:
    """Return the sandbox of the city in a folder, whose clock stands at the scenario's beginning.

    Serve it with `Settings(var=sandbox.folder)` and `TrainingClock(sandbox.folder)`.
    """
    sandbox = sandbox_of(home.parent.parent, home.name)
    players = dict.fromkeys(PLAYED_BY_SIMULATION, players_hash)
    wanted = WantedTraining(scenario, shipped_text(scenario), 1, players, players)

    def finish(folder: Path) -> None:
        make_training_clock(folder, now, 1.0)

    make_sandbox(home, sandbox, wanted, DISPATCHER, now, finish)
    return sandbox


def clock_of(sandbox: Sandbox) -> TrainingClock:
    """Return the clock of a sandbox."""
    return TrainingClock(sandbox.folder)
