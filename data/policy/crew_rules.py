"""How fast crews work and move: `[crews]` of `policy.toml`, each entry with a default."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.files.toml_reader import TomlTable
from data.files.toml_writer import toml_number
from data.model.crews import (
    CrewWork,
)
from data.units import mps_from_kmh

HOUR_S = 3600.0
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class CrewRules:
    """What one person clears in an hour, what a job without a size is taken for, how crews move.

    A crew's time at a job is `setup_min` and then the labour shared by its people. Ways are
    straight lines times `detour`. The defaults are assumptions for 10 cm of loose snow and hand
    tools: a city sets what its crews do.
    """

    sidewalk_m_h: float = 100.0
    stairs_steps_h: float = 80.0
    haul_m3_h: float = 3.0
    usual_sidewalk_m: float = 40.0
    usual_stairs_steps: float = 20.0
    usual_haul_m3: float = 4.0
    setup_min: float = 5.0
    walk_kmh: float = 4.0
    drive_kmh: float = 20.0
    detour: float = 1.35

    def labour_s(self, work: CrewWork, size: float) -> float:
        """Return what one person takes for work of a size in its unit."""
        an_hour = {
            CrewWork.SIDEWALK: self.sidewalk_m_h,
            CrewWork.STAIRS: self.stairs_steps_h,
            CrewWork.HAUL: self.haul_m3_h,
        }
        return size / an_hour[work] * HOUR_S

    def usual_size(self, work: CrewWork) -> float:
        """Return the size of work that nobody has measured."""
        sizes = {
            CrewWork.SIDEWALK: self.usual_sidewalk_m,
            CrewWork.STAIRS: self.usual_stairs_steps,
            CrewWork.HAUL: self.usual_haul_m3,
        }
        return sizes[work]

    def speed_mps(self, *, drives: bool) -> float:
        """Return how fast a crew moves between jobs."""
        return mps_from_kmh(self.drive_kmh if drives else self.walk_kmh)

    @property
    def setup_s(self) -> float:
        """Seconds that every job takes beside its labour."""
        return self.setup_min * MINUTE_S


LIMITS = {
    "sidewalk_m_h": (1.0, 10_000.0),
    "stairs_steps_h": (1.0, 10_000.0),
    "haul_m3_h": (0.1, 1_000.0),
    "usual_sidewalk_m": (1.0, 10_000.0),
    "usual_stairs_steps": (1.0, 1_000.0),
    "usual_haul_m3": (0.1, 1_000.0),
    "setup_min": (0.0, 120.0),
    "walk_kmh": (1.0, 10.0),
    "drive_kmh": (1.0, 80.0),
    "detour": (1.0, 3.0),
}
"""What each entry may be."""


def crew_rules_of(root: TomlTable) -> CrewRules:
    """Return the rules of a `policy.toml`; raise `InvalidError` naming field, value and need."""
    if "crews" not in root:
        return CrewRules()
    table, usual = root.table("crews"), CrewRules()
    found = {
        name: table.number(name, low, high, getattr(usual, name))
        for name, (low, high) in LIMITS.items()
    }
    table.done()
    return CrewRules(**found)


def crew_rules_toml(rules: CrewRules) -> Iterator[str]:
    """Yield the lines of a `policy.toml` that say these rules."""
    yield "[crews]"
    yield from (f"{name} = {toml_number(getattr(rules, name))}" for name in LIMITS)
    yield ""
