"""The map of a route sheet as an SVG picture: named streets, and numbered runs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, cos, hypot, log10, radians

from data.model import LonLat, RoadClass, Segment, SegmentId
from data.streets.network import StreetNetwork
from data.streets.projection import DEGREE_M
from maps.pages.i18n import Translator
from maps.routes.run_words import said_length
from maps.routes.sheet_labels import SIZE, Point, Room, street_labels
from maps.routes.sheet_runs import Line, SheetRun
from maps.streets.street import called, street_name

WIDTH = 1000.0
"""Width of the picture in its own units, which the paper shrinks to 190 mm."""

TALLEST, FLATTEST = 0.46, 0.36
"""Height over width, at most and at least."""

MARGIN = 0.06
"""Share of the picture left free around the route."""

LEAST_M = 250.0
"""A route of one street still shows where it is."""

BADGE, BADGE_SIZE = 11.0, 13.0
"""Radius of a number's disc, and height of its digits."""

DISC = 9.0
"""What stands on the map has discs of this radius free around it."""

RIGHT_TO_LEFT = "\u200f"
"""A picture has no direction of writing: this mark gives it to a text that begins with digits."""

GREAT = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY, RoadClass.SECONDARY})
BACKGROUND, PAPER, INK = "#f7f8f9", "#ffffff", "#1c2329"
STREET, WORK, DRIVE = "#c9ced3", "#0b6e99", "#5b6770"


@dataclass(frozen=True, slots=True)
class _Frame:
    """Projection of places onto the picture; north is up in all languages."""

    west: float
    north: float
    per_lon: float
    per_lat: float
    height: float

    def xy(self, place: Sequence[float]) -> tuple[float, float]:
        return (place[0] - self.west) * self.per_lon, (self.north - place[1]) * self.per_lat

    def corners(self) -> tuple[LonLat, LonLat]:
        east, south = self.west + WIDTH / self.per_lon, self.north - self.height / self.per_lat
        return LonLat(self.west, self.north), LonLat(east, south)

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= WIDTH and 0 <= y <= self.height


def sheet_map(shown: Sequence[SheetRun], network: StreetNetwork, t: Translator) -> str:
    """Return the map of some runs of a route, each with its number in the list, and of streets."""
    frame = _frame([place for run in shown for line in _lines(run) for place in line])
    bar_m = _round_m(WIDTH / 4 / frame.per_lat * DEGREE_M)
    streets = network.within(*frame.corners())
    room = Room(WIDTH, frame.height, DISC)
    room.take([(x, frame.height - 24) for x in range(20, int(WIDTH / 4) + 40, 20)])
    numbers = list(_numbers(shown, frame, room, t))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}">',
        f'<rect width="{WIDTH:.0f}" height="{frame.height:.0f}" fill="{BACKGROUND}"/>',
        *_streets(streets, frame),
        *_course(shown, frame),
        *_names(_in_order(shown, streets), frame, room, t),
        *numbers,
        *_bar(bar_m, frame, t),
        "</svg>",
    ]
    return "".join(parts)


def _lines(run: SheetRun) -> Iterator[Line]:
    yield from (*run.works, *run.ways)
    if run.start is not None:
        yield (run.start,)


def _frame(places: Sequence[Sequence[float]]) -> _Frame:
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    narrow = cos(radians(middle[1]))
    wide_m = max((max(lons) - min(lons)) * DEGREE_M * narrow, LEAST_M)
    tall_m = max((max(lats) - min(lats)) * DEGREE_M, LEAST_M * FLATTEST)
    shape = min(max(tall_m / wide_m, FLATTEST), TALLEST)
    units_per_m = min(WIDTH / wide_m, WIDTH * shape / tall_m) * (1 - 2 * MARGIN)
    per_lat = units_per_m * DEGREE_M
    height = WIDTH * shape
    west = middle[0] - WIDTH / 2 / (per_lat * narrow)
    return _Frame(west, middle[1] + height / 2 / per_lat, per_lat * narrow, per_lat, height)


def _streets(streets: Iterable[Segment], frame: _Frame) -> Iterable[str]:
    """Yield the streets in the picture as two paths, large streets wider."""
    small: list[str] = []
    great: list[str] = []
    for segment in streets:
        (great if segment.road_class in GREAT else small).append(_path(segment.geometry, frame))
    for width, paths in ((2.5, small), (6.0, great)):
        yield f'<path d="{"".join(paths)}" fill="none" stroke="{STREET}" stroke-width="{width}"/>'


def _course(shown: Sequence[SheetRun], frame: _Frame) -> Iterable[str]:
    drives = [_path(line, frame) for run in shown for line in run.ways]
    works = [_path(line, frame) for run in shown for line in run.works]
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


def _names(streets: Iterable[Segment], frame: _Frame, room: Room, t: Translator) -> Iterator[str]:
    """Yield the names of streets, those of the first ones where there is not room for all."""
    lines: dict[str, dict[SegmentId, list[Point]]] = {}
    for segment in streets:
        if name := street_name(segment):
            line = [frame.xy((place.lon, place.lat)) for place in segment.geometry]
            lines.setdefault(called(name, t), {})[segment.id] = line
    named = ((name, list(mine.values())) for name, mine in lines.items())
    for label in street_labels(named, room):
        yield _text(label.x, label.y, label.words, INK, SIZE, label.angle_deg)


def _numbers(shown: Sequence[SheetRun], frame: _Frame, room: Room, t: Translator) -> Iterator[str]:
    """Yield the number of each run where it begins, or else on along it, where there is room."""
    for run in shown:
        place = next((one for one in _spots(run, frame) if room.take(_badge(one))), None)
        if place is None:
            continue
        fill, ink = (WORK, PAPER) if run.works else (PAPER, DRIVE)
        x, y = place
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{BADGE}" fill="{fill}" stroke="{ink}"/>'
        yield _text(x, y, t.number(run.number), ink, BADGE_SIZE)


def _spots(run: SheetRun, frame: _Frame) -> Iterator[Point]:
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


def _bar(bar_m: float, frame: _Frame, t: Translator) -> Iterable[str]:
    long = bar_m / DEGREE_M * frame.per_lat
    y = frame.height - 22
    yield f'<path d="M20 {y:.0f}h{long:.1f}" stroke="{DRIVE}" stroke-width="4"/>'
    far = RIGHT_TO_LEFT * (t.direction == "rtl") + said_length(bar_m, t)
    yield _text(20 + long / 2, y - 13, far, DRIVE, 16)


def _text(x: float, y: float, words: str, ink: str, size: float, angle_deg: float = 0.0) -> str:
    """Return a text around the middle of its line; one on no ground of its own has an edge."""
    edge = f' stroke="{BACKGROUND}" stroke-width="3" paint-order="stroke"' if ink == INK else ""
    turn = f' transform="rotate({angle_deg:.1f} {x:.1f} {y:.1f})"' if angle_deg else ""
    return (
        f'<text x="{x:.1f}" y="{y + size * 0.34:.1f}" font-family="Vazirmatn" '
        f'font-size="{size:.0f}" text-anchor="middle" fill="{ink}"{edge}{turn}>'
        f"{escape(words)}</text>"
    )


def _path(line: Iterable[Sequence[float]], frame: _Frame) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(frame.xy, line))


def _round_m(far_m: float) -> float:
    """Return the largest length of 1, 2 or 5 times a power of ten up to the given one."""
    power = 10.0 ** (ceil(log10(far_m)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= far_m)
