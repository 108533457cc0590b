"""A storm for the replay: events, and the colors and tracks of one hour at a time.

For somebody who may not see which machine was where, vehicles are numbers without a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from data.model import Storm, VehicleId
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import CLEAR, LATE, PARTLY, CoverageState
from fleet.replay.color_history import StreetChanges, shares_of_states
from fleet.replay.storm_history import HOUR_S, StormTimeline
from fleet.replay.timeline_events import TimelineEvent
from fleet.replay.track_history import TrackPoint
from maps.reports.figures import StormChoice, storm_choice

POINTS = 120
"""Moments of the curve behind the slider."""

MICRO = 1_000_000
"""Places are whole millionths of a degree: a tenth of a metre."""

CODES = 16
"""Codes of one direction in a color: its state plus one, or nothing where there is no direction."""

GROUPS = {
    "clear": CLEAR,
    "partly": PARTLY - LATE,
    "progress": {CoverageState.PROGRESS},
    "late": LATE,
}
"""States that each line of the curve sums up; the other streets were not due."""


@dataclass(frozen=True, slots=True)
class ReplayVehicle:
    """A vehicle of the storm; `name` is empty for readers who may not see it."""

    number: int
    name: str
    type: str


@dataclass(frozen=True, slots=True)
class ReplayMoment:
    """An event to jump to, `at_s` after the storm's start; `count` equal ones at about that time.

    `at` is when it happened: a revision after the storm's end is seen at its last second.
    """

    at_s: int
    at: datetime
    kind: str
    service_class: str | None
    count: int


@dataclass(frozen=True, slots=True)
class ReplayView:
    """A storm as a whole.

    `streets` are ids in the order that colors use. `curve_s` are seconds after the start;
    `curve` has shares of all street metres at each, by group.
    """

    now: datetime
    storms: tuple[StormChoice, ...]
    storm: StormChoice | None
    lasts_s: int
    hour_s: int
    streets: list[int]
    vehicles: tuple[ReplayVehicle, ...]
    moments: tuple[ReplayMoment, ...]
    curve_s: list[int]
    curve: Mapping[str, list[float]]


@dataclass(frozen=True, slots=True)
class ColorsOfHour:
    """Colors of all streets between two seconds of a storm.

    `first` has the color of every street at `from_s`; then `street` (index) has another `color`
    from `at_s` on, which is the first second and the steps between them. A color is `CODES`
    times the forward state and the backward one, each plus one.
    """

    from_s: int
    to_s: int
    first: list[int]
    at_s: list[int]
    street: list[int]
    color: list[int]


@dataclass(frozen=True, slots=True)
class TrackOfHour:
    """A vehicle's positions (1e-6 degrees) over time (0.1 s), and its motion from each on.

    Times and positions are the first value and then differences. `motion`: 0 unknown, 1 stopped,
    2 driving, 3 working.
    """

    number: int
    at_ds: list[int]
    lon: list[int]
    lat: list[int]
    motion: list[int]


@dataclass(frozen=True, slots=True)
class TracksOfHour:
    """Tracks of vehicles between two seconds of a storm."""

    from_s: int
    to_s: int
    tracks: tuple[TrackOfHour, ...]


def replay_view(
    now: datetime,
    storms: Sequence[Storm],
    network: StreetNetwork,
    story: StormTimeline | None,
    *,
    names: bool,
) -> ReplayView:
    """Return a storm for the page; `names` is whether vehicles have names."""
    choices = tuple(storm_choice(storm) for storm in storms)
    if story is None:
        return ReplayView(now, choices, None, 0, HOUR_S, [], (), (), [], {})
    lasts_s = int((story.until - story.storm.started_at).total_seconds())
    seconds = [round(lasts_s * i / (POINTS - 1)) for i in range(POINTS)]
    shares = shares_of_states(network, story.changes, seconds, len(CoverageState))
    vehicles = tuple(
        ReplayVehicle(number, one.name if names else "", one.type if names else "")
        for number, one in enumerate(story.vehicles)
    )
    curve = {
        name: np.round(shares[:, [int(s) for s in states]].sum(axis=1), 4).tolist()
        for name, states in GROUPS.items()
    }
    return ReplayView(
        now=now,
        storms=choices,
        storm=storm_choice(story.storm),
        lasts_s=lasts_s,
        hour_s=HOUR_S,
        streets=[segment.id for segment in network.segments],
        vehicles=vehicles,
        moments=_moments(story.storm, story.happened, lasts_s),
        curve_s=seconds,
        curve=curve,
    )


def colors_of_hour(changes: StreetChanges, hour: int) -> ColorsOfHour:
    """Return the colors of an hour, coded for the browser."""
    first, state = ((part.astype(int) + 1) @ (CODES, 1) for part in (changes.first, changes.state))
    return ColorsOfHour(
        hour * HOUR_S,
        (hour + 1) * HOUR_S,
        first.tolist(),
        _steps(changes.at_s.tolist()),
        changes.street.tolist(),
        state.tolist(),
    )


def tracks_of_hour(
    storm: Storm,
    hour: int,
    numbers: Mapping[VehicleId, int],
    tracks: Sequence[tuple[VehicleId, Sequence[TrackPoint]]],
) -> TracksOfHour:
    """Return the tracks of an hour, coded; `numbers` are those of `ReplayView.vehicles`."""
    return TracksOfHour(
        hour * HOUR_S,
        (hour + 1) * HOUR_S,
        tuple(
            TrackOfHour(
                numbers[vehicle_id],
                _steps([round((p.at - storm.started_at).total_seconds() * 10) for p in points]),
                _steps([round(p.place.lon * MICRO) for p in points]),
                _steps([round(p.place.lat * MICRO) for p in points]),
                [int(p.motion) for p in points],
            )
            for vehicle_id, points in tracks
            if vehicle_id in numbers
        ),
    )


def _moments(
    storm: Storm, happened: Sequence[TimelineEvent], lasts_s: int
) -> tuple[ReplayMoment, ...]:
    """Return the events; equal ones within a minute are one."""
    found: list[ReplayMoment] = []
    for one in happened:
        at_s = min(int((one.at - storm.started_at).total_seconds()), lasts_s)
        new = ReplayMoment(at_s, one.at, one.moment, one.service_class, 1)
        same = found[-1] if found else None
        if same is not None and _alike(same, new):
            found[-1] = replace(same, count=same.count + 1)
        else:
            found.append(new)
    return tuple(found)


def _alike(one: ReplayMoment, other: ReplayMoment) -> bool:
    things = (one.kind, one.service_class), (other.kind, other.service_class)
    return things[0] == things[1] and other.at - one.at < timedelta(minutes=1)


def _steps(numbers: Sequence[int]) -> list[int]:
    """Return the first number and then the differences, which makes short JSON."""
    return [*numbers[:1], *(b - a for a, b in pairwise(numbers))]
