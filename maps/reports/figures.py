"""Figures of a part of the city, as pages show them, and storms to choose from."""

from dataclasses import asdict, dataclass
from datetime import datetime

from data.model import Storm
from fleet.reports.performance import DistrictPerformance, Response


@dataclass(frozen=True, slots=True)
class StormChoice:
    """A storm in the list of choices."""

    id: int
    name: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ResponseView:
    """Response to requests; `late` are past their deadline, `waiting` have no answer yet."""

    asked: int
    answered: int
    in_time: int
    late: int
    waiting: int
    answered_within: float | None
    median_s: float | None
    p90_s: float | None
    longest_wait_s: float | None


@dataclass(frozen=True, slots=True)
class CouncilFiguresView(ResponseView):
    """Figures of a part of the city at a moment; metres are lane metres, shares are 0 to 1."""

    lane_m: float
    clear_m: float
    waiting_m: float
    late_m: float
    clear: float | None
    within: float | None


def storm_choice(storm: Storm) -> StormChoice:
    """Return a storm for a list to choose from."""
    return StormChoice(storm.id, storm.name, storm.started_at, storm.ended_at)


def figures_view(standing: DistrictPerformance) -> CouncilFiguresView:
    """Return the figures of one part of the city."""
    share = standing.share
    return CouncilFiguresView(
        **asdict(response_view(standing.response)),
        lane_m=share.lane_m,
        clear_m=share.clear_m,
        waiting_m=share.waiting_m,
        late_m=share.late_m,
        clear=share.clear,
        within=share.within,
    )


def response_view(response: Response) -> ResponseView:
    """Return the response to requests."""
    return ResponseView(
        asked=response.asked,
        answered=response.answered,
        in_time=response.in_time,
        late=response.late,
        waiting=response.waiting,
        answered_within=response.within,
        median_s=response.median_s,
        p90_s=response.p90_s,
        longest_wait_s=response.longest_wait_s,
    )
