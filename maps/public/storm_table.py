"""Storms for everybody: the list of them, and every street of one as columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import Storm, StormId
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import NO_DIRECTION
from fleet.public.delayed_streets import NEVER, DelayedStreets
from fleet.public.street_passes import whole_minute
from maps.pages.style import STATES
from maps.reports.coverage_table import WAYS, level_columns

GEOJSON = "application/geo+json"


class StormEnding(StrEnum):
    """The ending of a storm's file."""

    CSV = "csv"
    GEOJSON = "geojson"
    GPKG = "gpkg"
    PARQUET = "parquet"


FILE_TYPES = {
    StormEnding.CSV: "text/csv; charset=utf-8",
    StormEnding.GEOJSON: GEOJSON,
    StormEnding.GPKG: "application/geopackage+sqlite3",
    StormEnding.PARQUET: "application/vnd.apache.parquet",
}
"""The media types of a storm's files."""


@dataclass(frozen=True, slots=True)
class OpenStorm:
    """A storm as everybody may know it; `files` are addresses by format."""

    id: StormId
    started_at: datetime
    ended_at: datetime | None
    files: dict[str, str]


def open_storm(storm: Storm, at: datetime, base: str) -> OpenStorm:
    """Return a storm as it was known at a moment."""
    ended_at = storm.ended_at
    over = whole_minute(ended_at) if ended_at is not None and ended_at <= at else None
    files = {each.value: f"{base}/{storm.id}/streets.{each}" for each in StormEnding}
    return OpenStorm(storm.id, whole_minute(storm.started_at), over, files)


def storm_columns(
    seen: DelayedStreets, network: StreetNetwork, policy: Policy
) -> dict[str, Sequence[object]]:
    """Return class, state and time of clearing of every street, as columns.

    `None` stands for a direction that a street has not, and for a time that never was.
    """
    columns: dict[str, Sequence[object]] = {**level_columns(network, policy)}
    for place, way in enumerate(WAYS.values()):
        states = [seen.states[segment.id][place] for segment in network.segments]
        columns[f"state_{way}"] = [
            None if state == NO_DIRECTION else STATES[state].name for state in states
        ]
        columns[f"cleared_{way}_at"] = [
            seen.cleared.get(segment.id, NEVER)[place] for segment in network.segments
        ]
    return columns
