"""The public map: state of every street and when it was cleared, as of a while ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import SegmentId, ServiceClass
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.street_colors import plowed_s
from fleet.public.delayed_streets import NEVER, DelayedStreets
from fleet.reports.performance import Performance, district_order
from maps.pages.i18n import Translator
from maps.pages.style import STATES
from maps.requests.citizen import MAP_CONTROLS

_MINUTE = timedelta(minutes=1)

PUBLIC_TEXTS = (
    *MAP_CONTROLS,
    "The map is being loaded…",
    "The server cannot be reached. Nothing was changed; try again.",
    "error:server",
    "It is shown {span} later on purpose, so that nobody can follow a truck.",
    "No snow is being cleared at the moment.",
    "As of {time}.",
    "The last storm ended on {date}. This is how the streets were then.",
    "Being plowed at {time}",
    "Not cleared, not due so far",
    *(f"state:{name}" for state in STATES for name in (state.name, state.group) if name),
    "View",
    "{day}, {time}",
    "This browser cannot draw the map. Ask for your street above.",
    "State",
    "Time since cleared",
    "under {hours} h",
    "{from} to {until} h",
    "over {hours} h",
    "not in this storm",
    "under a minute",
    "{count} min",
    "{count} h",
    "{hours} h {minutes} min",
    "Progress of the work",
    "Streets",
    "clear",
    "within the city's time limits",
    "{value} %",
    "reloading in {district}:{count}",
    "Tap a street to see when it was cleared last.",
    "Unnamed street",
    "cleared at {time}",
    "not cleared in this storm so far",
    "not cleared in that storm",
    "One direction",
    "The other direction",
    "More about this street",
)
"""Texts of the page's scripts, beside the names of the city's classes and districts."""


class PublicStreet(NamedTuple):
    """A street: states and seconds since 1970 (0: not in this storm) of its two directions.

    `service_class` and `district` are numbers in the lists of the map.
    """

    id: SegmentId
    forward: int
    backward: int
    cleared_forward_s: int
    cleared_backward_s: int
    service_class: int
    district: int


@dataclass(frozen=True, slots=True)
class PublicStorm:
    """When a storm began, and when it ended where it is over."""

    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClassShare:
    """Share of a class's lane kilometres that is clear, and that is not late; 0 to 1."""

    service_class: ServiceClass
    clear: float
    within: float


@dataclass(frozen=True, slots=True)
class PublicMap:
    """What everybody may see of the newest storm, as it was `at`.

    `storm` is `None` where none has begun by then. `reloading` counts machines that stood at a
    reload site, by the number of the district in which they work.
    """

    at: datetime
    delay_min: float
    storm: PublicStorm | None
    classes: tuple[ServiceClass, ...]
    districts: tuple[str, ...]
    shares: tuple[ClassShare, ...]
    reloading: tuple[tuple[int, int], ...]
    streets: list[PublicStreet]


def public_map(
    seen: DelayedStreets, figures: Performance | None, network: StreetNetwork, policy: Policy
) -> PublicMap:
    """Return the public map; `figures` are those of the same moment, none without a storm."""
    districts = tuple(
        sorted({segment.district for segment in network.segments}, key=district_order)
    )
    district_no = {name: number for number, name in enumerate(districts)}
    class_no = {name: number for number, name in enumerate(policy.rules)}
    rows = []
    for segment in network.segments:
        forward, backward = seen.states[segment.id]
        there, back = seen.cleared.get(segment.id, NEVER)
        rows.append(
            PublicStreet(
                segment.id,
                forward,
                backward,
                plowed_s(there),
                plowed_s(back),
                class_no[policy.class_of(segment)],
                district_no[segment.district],
            )
        )
    storm = seen.storm
    return PublicMap(
        seen.at,
        policy.public.delay / _MINUTE,
        None if storm is None else PublicStorm(storm.started_at, _over(storm.ended_at, seen.at)),
        tuple(policy.rules),
        districts,
        () if figures is None else _shares(figures),
        tuple((district_no[name], count) for name, count in sorted(seen.reloading.items())),
        rows,
    )


def script_texts(t: Translator) -> tuple[str, ...]:
    """Return the msgids that the page's scripts need, those of the city's own names included."""
    own = (one for one in t.city_texts if one.startswith(("class:", "district:")))
    return (*PUBLIC_TEXTS, *own)


def _over(ended_at: datetime | None, at: datetime) -> datetime | None:
    """Return the end of a storm where everybody may know of it already."""
    return ended_at if ended_at is not None and ended_at <= at else None


def _shares(figures: Performance) -> tuple[ClassShare, ...]:
    return tuple(
        ClassShare(name, one.share.clear, one.share.within)
        for name, one in figures.classes.items()
        if one.share.clear is not None and one.share.within is not None
    )
