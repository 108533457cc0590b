"""What a simulation plays: its script, whose scenario is somebody's file, or one that ships."""

from dataclasses import dataclass
from pathlib import Path

from data.errors import InvalidError
from data.training import SHIPPED, Scenario, scenario_from_toml, shipped_scenario

LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Person:
    """A simulated person who signs in."""

    login: str
    password: str


@dataclass(frozen=True, slots=True)
class Script:
    """What to simulate; without an operator nobody calls, without a dispatcher nobody plans.

    `speed` is how fast the server's clock has to run, where that matters. With a scenario, who
    calls when, how much it snows and what goes wrong is as it says; `language` is its callers'.
    """

    seed: int = 1
    calls_per_hour: float = 30.0
    operator: Person | None = None
    dispatcher: Person | None = None
    speed: float | None = None
    scenario: Scenario | None = None
    language: str = "en"


def found_scenario(wanted: str) -> Scenario | None:
    """Return the scenario of a file or of a name; `None` where none is wanted.

    Raises `InvalidError` where there is neither, and with every mistake in the file.
    """
    if not wanted:
        return None
    if wanted in SHIPPED:
        return shipped_scenario(wanted)
    path = Path(wanted)
    if not path.is_file():
        raise InvalidError("--scenario", wanted, f"a file, or one of {', '.join(SHIPPED)}")
    if path.stat().st_size > LARGEST_BYTES:
        raise InvalidError("--scenario", wanted, f"a file of at most {LARGEST_BYTES:,} bytes")
    return scenario_from_toml(path.read_bytes(), path.name)
