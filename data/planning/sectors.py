"""Sectors of a plan, and what was planned for one."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.model import ReloadSiteId, ShiftId, WorkPass


@dataclass(frozen=True, slots=True)
class PlanSector:
    """Part of a city that a run plans apart: streets with their middle in a box, and machines.

    The box is west, south, east and north in degrees; the first two sides belong to it.
    """

    box: tuple[float, float, float, float]
    shifts: tuple[ShiftId, ...]


@dataclass(frozen=True, slots=True)
class SectorRoutes:
    """What was planned for a sector: the passes of each shift in order, and its reloads."""

    stops: Mapping[ShiftId, tuple[WorkPass | ReloadSiteId, ...]]
