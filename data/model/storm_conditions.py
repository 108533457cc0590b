"""What a storm is met with: its moves from phase to phase, snow and weather, closed streets."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model.ids import ClosureId, ForecastId, SegmentId, SnowEntryId, StormId
from data.model.work import StormPhase


@dataclass(frozen=True, slots=True)
class StormMove:
    """A storm came into a phase; `moved_by` is a sign-in name, empty where nobody kept it."""

    phase: StormPhase
    at: datetime
    moved_by: str


class SnowSource(StrEnum):
    """How a snowfall entry came in."""

    HAND = "hand"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class SnowEntry:
    """How much snow had fallen by a time, in all since the snowfall began.

    A correction is an entry of its own that `replaces_id` names; what it replaced is withdrawn.
    """

    id: SnowEntryId
    storm_id: StormId
    at: datetime
    fallen_mm: float
    source: SnowSource
    entered_at: datetime
    entered_by: str
    replaces_id: SnowEntryId | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""


class ForecastSource(StrEnum):
    """Who made a forecast, by the form it came in."""

    MET_NO = "met_no"
    OPEN_METEO = "open_meteo"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class ForecastHour:
    """What is forecast for the hour from `begins_at` on: new snow, air, mean wind."""

    begins_at: datetime
    snow_mm: float
    temperature_c: float | None = None
    wind_mps: float | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of snow, its hours in order; `made_at` is its source's own time."""

    id: ForecastId
    source: ForecastSource
    made_at: datetime
    received_at: datetime
    received_by: str
    hours: tuple[ForecastHour, ...]


class FeedKind(StrEnum):
    """What a weather feed brings."""

    FORECAST = "forecast"
    ROAD = "road"


class FeedFault(StrEnum):
    """Why a weather feed could not be read.

    Either it was not asked, since its address is not allowed or it wants to know whom to write to;
    or it did not answer, answered an error of its own or of ours, too much, or no weather.
    """

    FORBIDDEN = "forbidden"
    NO_CONTACT = "no_contact"
    UNREACHABLE = "unreachable"
    DOWN = "down"
    REFUSED = "refused"
    LARGE = "large"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FeedState:
    """How a weather feed answered at an address that is asked since a time.

    It was asked last at `asked_at`, read last at `read_at`, and wants not to be asked `not_before`.
    `etag` and `modified` are by its own words of what was read; `fault` and `detail` are of the
    last of so many `tries` that failed alike.
    """

    kind: FeedKind
    address: str
    since: datetime
    asked_at: datetime
    not_before: datetime | None = None
    read_at: datetime | None = None
    etag: str = ""
    modified: str = ""
    tries: int = 0
    fault: FeedFault | None = None
    detail: str = ""


class RoadState(StrEnum):
    """What lies on a road."""

    DRY = "dry"
    MOIST = "moist"
    WET = "wet"
    SLUSH = "slush"
    FROST = "frost"
    SNOW = "snow"
    ICE = "ice"


@dataclass(frozen=True, slots=True)
class RoadWeather:
    """What a station of road weather measured at a time; `None` for what it did not."""

    station: str
    at: datetime
    road_c: float | None = None
    air_c: float | None = None
    state: RoadState | None = None
    snow_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """A street that nobody may drive on for a time; `forward` is `None` for both directions.

    `until_at` is `None` where nobody knows yet.
    """

    id: ClosureId
    storm_id: StormId
    segment_id: SegmentId
    forward: bool | None
    from_at: datetime
    until_at: datetime | None
    reason: str
    added_at: datetime
    added_by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""

    def holds_at(self, moment: datetime) -> bool:
        """Whether the street is closed at a moment."""
        if moment < self.from_at:
            return False
        ends = [at for at in (self.until_at, self.lifted_at) if at is not None]
        return all(moment < at for at in ends)
