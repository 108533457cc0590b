"""The map of a route sheet as an SVG picture: named streets, and numbered runs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import hypot

from data.model import RoadClass, Segment, SegmentId
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator
from maps.routes.paper_frame import (
    INK,
    MUTED,
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
from maps.routes.sheet_runs import Line, SheetRun
from maps.streets.street import called, street_name

TALLEST, FLATTEST = 0.46, 0.36
"""Height over width, at most and at least."""

LEAST_M = 250.0
"""A route of one street still shows where it is."""

BADGE, BADGE_SIZE = 11.0, 13.0
"""Radius of a number's disc, and height of its digits."""

DISC = 9.0
"""What stands on the map has discs of this radius free around it."""

GREAT = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY, RoadClass.SECONDARY})
STREET, WORK, DRIVE = "#c9ced3", "#0b6e99", MUTED


def sheet_map(shown: Sequence[SheetRun], network: StreetNetwork, t: Translator) -> str:
    """Return the map of some runs of a route, each with its number in the list, and of streets."""
    places = [place for run in shown for line in _lines(run) for place in line]
    frame = frame_around(places, (FLATTEST, TALLEST), LEAST_M)
    streets = network.within(*frame.corners())
    room = Room(WIDTH, frame.height, DISC)
    room.take([(x, frame.height - 24) for x in range(20, int(WIDTH / 4) + 40, 20)])
    numbers = list(_numbers(shown, frame, room, t))
    parts = [
        *_streets(streets, frame),
        *_course(shown, frame),
        *_names(_in_order(shown, streets), frame, room, t),
        *numbers,
        *scale_bar(bar_length_m(frame), frame, t),
    ]
    return picture(parts, frame.height)


def _lines(run: SheetRun) -> Iterator[Line]:
    yield from (*run.works, *run.ways)
    if run.start is not None:
        yield (run.start,)


def _streets(streets: Iterable[Segment], frame: Frame) -> Iterable[str]:
    """Yield the streets in the picture as two paths, large streets wider."""
    small: list[str] = []
    great: list[str] = []
    for segment in streets:
        (great if segment.road_class in GREAT else small).append(path_of(segment.geometry, frame))
    for width, paths in ((2.5, small), (6.0, great)):
        yield f'<path d="{"".join(paths)}" fill="none" stroke="{STREET}" stroke-width="{width}"/>'


def _course(shown: Sequence[SheetRun], frame: Frame) -> Iterable[str]:
    drives = [path_of(line, frame) for run in shown for line in run.ways]
    works = [path_of(line, frame) for run in shown for line in run.works]
    round_ends = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
    yield f'<path d="{"".join(works)}" {round_ends} stroke="{WORK}" stroke-width="7"/>'
    yield (
        f'<path d="{"".join(drives)}" {round_ends} stroke="{DRIVE}" stroke-width="3" '
        'stroke-dasharray="9 7"/>'
    )


def _in_order(shown: Sequence[SheetRun], streets: Sequence[Segment]) -> Iterator[Segment]:
    """Yield the named streets of the picture: those to plow, large ones, then all others."""
    here = {segment.id: segment for segment in streets}
    worked = dict.fromkeys(one for run in shown for one in run.worked if one in here)
    yield from (here[one] for one in worked)
    yield from (one for one in streets if one.road_class in GREAT)
    yield from streets


def _names(streets: Iterable[Segment], frame: Frame, room: Room, t: Translator) -> Iterator[str]:
    """Yield the names of streets, those of the first ones where there is not room for all."""
    lines: dict[str, dict[SegmentId, list[Point]]] = {}
    for segment in streets:
        if name := street_name(segment):
            line = [frame.xy((place.lon, place.lat)) for place in segment.geometry]
            lines.setdefault(called(name, t), {})[segment.id] = line
    named = ((name, list(mine.values())) for name, mine in lines.items())
    for label in street_labels(named, room):
        yield text_at((label.x, label.y), label.words, INK, SIZE, label.angle_deg)


def _numbers(shown: Sequence[SheetRun], frame: Frame, room: Room, t: Translator) -> Iterator[str]:
    """Yield the number of each run where it begins, or else on along it, where there is room."""
    for run in shown:
        place = next((one for one in _spots(run, frame) if room.take(_badge(one))), None)
        if place is None:
            continue
        fill, ink = (WORK, PAPER) if run.works else (PAPER, DRIVE)
        x, y = place
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{BADGE}" fill="{fill}" stroke="{ink}"/>'
        yield text_at(place, t.number(run.number), ink, BADGE_SIZE)


def _spots(run: SheetRun, frame: Frame) -> Iterator[Point]:
    if run.start is not None:
        yield frame.xy(run.start)
    for line in run.works or run.ways:
        course = [frame.xy(place) for place in line]
        for (ax, ay), (bx, by) in pairwise(course):
            steps = max(int(hypot(bx - ax, by - ay) / BADGE), 1)
            for step in range(1, steps + 1):
                yield ax + (bx - ax) * step / steps, ay + (by - ay) * step / steps


def _badge(place: Point) -> list[Point]:
    x, y = place
    far = BADGE / 2
    return [(x, y), (x - far, y), (x + far, y), (x, y - far), (x, y + far)]
