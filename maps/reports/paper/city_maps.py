"""Maps of the whole city for the printed report: by state, and by the time since cleared.

Without color, late streets are told by a white line within them and never cleared ones by dashes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from data.model import RoadClass, Segment, SegmentId
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import (
    LATE,
    NO_DIRECTION,
    TELLING,
    CoverageState,
    state_of_street,
)
from fleet.coverage.street_colors import NEVER_PLOWED
from fleet.reports.pass_ages import HOUR_S, STEPS_H
from maps.pages.i18n import Translator
from maps.pages.style import PLOWED_COLORS, STATES
from maps.reports.coverage_table import CoveragePicture, state_name
from maps.reports.paper.blocks import Key
from maps.routes.paper_frame import (
    INK,
    PAPER,
    WIDTH,
    Frame,
    Point,
    bar_length_m,
    frame_around,
    path_of,
    picture,
    scale_bar,
    text_at,
)
from maps.routes.sheet_labels import SIZE, Room, street_labels
from maps.streets.street import called, street_name

FLATTEST, TALLEST = 0.45, 0.8
"""Height of a map over its width."""

LEAST_M = 500.0
"""A village of one street still shows where it is."""

WIDEST, NARROWER, NARROWEST = 5.0, 1.0, 2.0
"""Width of streets of the most urgent class, how much each next is narrower, and the least."""

CITY_WIDTH_M = 8_000.0
"""A city wider than this has narrower lines, else they run into each other."""

CORE = 0.35
"""Width of the white line within a late street, over the street's."""

NAMED_GREAT = (
    RoadClass.MOTORWAY,
    RoadClass.TRUNK,
    RoadClass.PRIMARY,
    RoadClass.SECONDARY,
    RoadClass.TERTIARY,
)
"""Streets whose names stand on the map, the largest first."""

DISC = 9.0
"""Names have discs of this radius free around them."""

NEVER = len(STEPS_H) + 1
"""Class of streets not cleared in this storm, after those by hours."""

NEVER_INK = "#737373"

type Cleared = Mapping[SegmentId, tuple[int, int]]
"""When the directions of streets were cleared, in seconds since 1970, 0 for not in this storm."""


@dataclass(frozen=True, slots=True)
class _Line:
    """How a street is drawn; `core` is the color of a line within it, "" for none."""

    color: str
    width: float
    dash: str = ""
    core: str = ""


def state_map(shown: CoveragePicture, t: Translator) -> str:
    """Return every street by its state."""
    states = {each.id: state_of_street(shown.states[each.id]) for each in shown.network.segments}
    looks = {state: _state_line(state) for state in CoverageState}
    return _map(shown.network, shown.policy, states, looks, list(reversed(TELLING)), t)


def age_map(shown: CoveragePicture, cleared: Cleared, t: Translator) -> str:
    """Return every street by the time since it was cleared, in the worse of its directions."""
    ages = {
        each.id: _age_class(shown.states[each.id], cleared.get(each.id, NEVER_PLOWED), shown.at)
        for each in shown.network.segments
    }
    looks = {rank: _age_line(rank) for rank in range(NEVER + 1)}
    return _map(shown.network, shown.policy, ages, looks, [NEVER, *range(NEVER)], t)


def state_keys(shown: CoveragePicture, t: Translator) -> list[Key]:
    """Return the legend of the states that are on the map, the partly cleared as one."""
    seen = {state_of_street(shown.states[each.id]) for each in shown.network.segments}
    looks = {(style.group or style.name): i for i, style in enumerate(STATES) if i in seen}
    return [
        Key(_sign(_state_line(CoverageState(i))), state_name(name, shown, t))
        for name, i in looks.items()
    ]


def age_keys(t: Translator) -> list[Key]:
    """Return the legend of the times since streets were cleared."""
    first, last = STEPS_H[0], STEPS_H[-1]
    between = pairwise(STEPS_H)
    words = [
        t("under {hours} h", hours=first),
        *(t("{from} to {until} h", **{"from": low, "until": high}) for low, high in between),
        t("over {hours} h", hours=last),
        t("not in this storm"),
    ]
    return [Key(_sign(_age_line(rank)), word) for rank, word in enumerate(words)]


def _map[Kind: int](
    network: StreetNetwork,
    policy: Policy,
    kinds: Mapping[SegmentId, Kind],
    looks: Mapping[Kind, _Line],
    order: Sequence[Kind],
    t: Translator,
) -> str:
    """Return the picture of all streets, those of the last kinds of `order` over the others."""
    frame = _frame(network)
    thinner = min(1.0, CITY_WIDTH_M * frame.per_lat / WIDTH / 111_000.0)
    thinner = max(thinner, 0.3)
    ranks = {code: rank for rank, code in enumerate(policy.rules)}
    parts: dict[tuple[Kind, float], list[str]] = defaultdict(list)
    for segment in network.segments:
        rank = ranks[policy.class_of(segment)]
        width = max(WIDEST - rank * NARROWER, NARROWEST) * thinner
        parts[kinds[segment.id], width].append(path_of(segment.geometry, frame))
    drawn = [
        each
        for kind in order
        for (one, width), paths in sorted(parts.items())
        if one == kind
        for each in _drawn("".join(paths), looks[kind], width)
    ]
    names = _names(network, frame, t)
    return picture((*drawn, *names, *scale_bar(bar_length_m(frame), frame, t)), frame.height)


def _frame(network: StreetNetwork) -> Frame:
    west, south, east, north = network.bounds
    return frame_around([(west, south), (east, north)], (FLATTEST, TALLEST), LEAST_M)


def _drawn(path: str, look: _Line, width: float) -> Iterator[str]:
    wide = width * look.width
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    ends = 'fill="none" stroke-linejoin="round"'
    yield f'<path d="{path}" {ends} stroke="{look.color}" stroke-width="{wide:.2f}"{dash}/>'
    if look.core:
        yield f'<path d="{path}" {ends} stroke="{look.core}" stroke-width="{wide * CORE:.2f}"/>'


def _names(network: StreetNetwork, frame: Frame, t: Translator) -> Iterator[str]:
    """Yield the names of the large streets that find room, over the scale none."""
    room = Room(WIDTH, frame.height, DISC)
    room.take([(x, frame.height - 24) for x in range(20, int(WIDTH / 4) + 40, 20)])
    lines: dict[str, dict[SegmentId, list[Point]]] = {}
    for segment in _great(network.segments):
        if name := street_name(segment):
            course = [frame.xy((place.lon, place.lat)) for place in segment.geometry]
            lines.setdefault(called(name, t), {})[segment.id] = course
    named = ((name, list(mine.values())) for name, mine in lines.items())
    for label in street_labels(named, room):
        yield text_at((label.x, label.y), label.words, INK, SIZE, label.angle_deg)


def _great(segments: Iterable[Segment]) -> Iterator[Segment]:
    ranked = {road: rank for rank, road in enumerate(NAMED_GREAT)}
    great = [each for each in segments if each.road_class in ranked]
    yield from sorted(great, key=lambda each: ranked[each.road_class])


def _state_line(state: CoverageState) -> _Line:
    style = STATES[state]
    late = state in LATE
    return _Line(style.light, style.width, "7 4" if style.dashed else "", PAPER if late else "")


def _age_line(rank: int) -> _Line:
    if rank == NEVER:
        return _Line(NEVER_INK, 0.8, "4 3")
    return _Line(PLOWED_COLORS[rank][0], 1.0)


def _age_class(states: Iterable[int], cleared: Sequence[int], at: datetime) -> int:
    """Return the number of hours' step, or `NEVER`, of the direction that waits longest."""
    times = [at_s for state, at_s in zip(states, cleared, strict=True) if state != NO_DIRECTION]
    if not times or 0 in times:
        return NEVER
    hours = (at.timestamp() - min(times)) / HOUR_S
    return sum(hours >= step for step in STEPS_H)


def _sign(look: _Line) -> str:
    """Return a piece of a street of this look."""
    return picture(_drawn("M2 10H38", look, 6.0), 20, 40)
