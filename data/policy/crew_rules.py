"""How fast crews work and move: `[crews]` of `policy.toml`, each entry with a default."""

from dataclasses import dataclass
from typing import Annotated

from data.files.toml_reader import TomlTable
from data.files.toml_values import Number
from data.model.crews import CrewWork
from data.units import mps_from_kmh

HOUR_S = 3600.0
MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class CrewRules(TomlTable):
    """What one person clears in an hour, what a job without a size is taken for, how crews move.

    A crew's time at a job is `setup_min` and then the labour shared by its people. Ways are
    straight lines times `detour`. The defaults are assumptions for 10 cm of loose snow and hand
    tools: a city sets what its crews do.
    """

    sidewalk_m_h: Annotated[float, Number(1, 10_000)] = 100.0
    stairs_steps_h: Annotated[float, Number(1, 10_000)] = 80.0
    haul_m3_h: Annotated[float, Number(0.1, 1_000)] = 3.0
    usual_sidewalk_m: Annotated[float, Number(1, 10_000)] = 40.0
    usual_stairs_steps: Annotated[float, Number(1, 1_000)] = 20.0
    usual_haul_m3: Annotated[float, Number(0.1, 1_000)] = 4.0
    setup_min: Annotated[float, Number(0, 120)] = 5.0
    walk_kmh: Annotated[float, Number(1, 10)] = 4.0
    drive_kmh: Annotated[float, Number(1, 80)] = 20.0
    detour: Annotated[float, Number(1, 3)] = 1.35

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
