"""Which scenario was asked for on the command line: somebody's file, or one that ships."""

from pathlib import Path

from data.errors import InvalidError
from data.training import SHIPPED, Scenario, scenario_from_toml, shipped_scenario

LARGEST_BYTES = 1_000_000


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
