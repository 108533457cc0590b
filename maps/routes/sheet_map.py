"""The map of a route sheet as an SVG picture: streets, and numbered stages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, cos, log10, radians

from data.model import LonLat, RoadClass
from data.streets.network import StreetNetwork
from data.streets.projection import DEGREE_M
from maps.pages.i18n import Translator
from maps.routes.route_steps import StageView

WIDTH = 1000.0
"""Width of the picture in its own units, which the paper shrinks to 182 mm."""

TALLEST, FLATTEST = 1.05, 0.55
"""Height over width, at most and at least."""

MARGIN = 0.06
"""Share of the picture left free around the route."""

LEAST_M = 250.0
"""A route of one street still shows where it is."""

BADGE = 15.0
"""Radius of a number."""

RIGHT_TO_LEFT = "\u200f"
"""A picture has no direction of writing: this mark gives it to a text that begins with digits."""

GREAT = frozenset({RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY, RoadClass.SECONDARY})
BACKGROUND, STREET, WORK, DRIVE, PAPER = "#f7f8f9", "#c9ced3", "#0b6e99", "#5b6770", "#ffffff"


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


def sheet_map(
    stages: Sequence[tuple[int, StageView]], network: StreetNetwork, t: Translator
) -> str:
    """Return the map of some stages of a route, each with its number in the list."""
    frame = _frame([place for _, stage in stages for place in stage.line])
    bar_m = _round_m(WIDTH / 4 / frame.per_lat * DEGREE_M)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {frame.height:.0f}">',
        f'<rect width="{WIDTH:.0f}" height="{frame.height:.0f}" fill="{BACKGROUND}"/>',
        *_streets(network, frame),
        *_course(stages, frame),
        *_numbers(stages, frame, t),
        *_bar(bar_m, frame, t),
        "</svg>",
    ]
    return "".join(parts)


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


def _streets(network: StreetNetwork, frame: _Frame) -> Iterable[str]:
    """Yield the streets in the picture as two paths, large streets wider."""
    small: list[str] = []
    great: list[str] = []
    for segment in network.within(*frame.corners()):
        course = [frame.xy((place.lon, place.lat)) for place in segment.geometry]
        (great if segment.road_class in GREAT else small).append(_path(course))
    for width, paths in ((2.5, small), (6.0, great)):
        yield f'<path d="{"".join(paths)}" fill="none" stroke="{STREET}" stroke-width="{width}"/>'


def _course(stages: Sequence[tuple[int, StageView]], frame: _Frame) -> Iterable[str]:
    drives = [_path([frame.xy(place) for place in one.line]) for _, one in stages]
    works = [
        _path([frame.xy(place) for place in one.line]) for _, one in stages if one.kind == "work"
    ]
    round_ends = 'fill="none" stroke-linejoin="round" stroke-linecap="round"'
    yield (
        f'<path d="{"".join(drives)}" {round_ends} stroke="{DRIVE}" stroke-width="3.5" '
        'stroke-dasharray="9 7"/>'
    )
    yield f'<path d="{"".join(works)}" {round_ends} stroke="{WORK}" stroke-width="7"/>'


def _numbers(
    stages: Sequence[tuple[int, StageView]], frame: _Frame, t: Translator
) -> Iterable[str]:
    """Yield a badge at the beginning of each stage; of overlapping ones only the first."""
    taken: list[tuple[float, float]] = []
    for number, stage in stages:
        x, y = frame.xy(stage.line[0]) if stage.line else (-1.0, -1.0)
        near = any(abs(x - a) < 2 * BADGE and abs(y - b) < 2 * BADGE for a, b in taken)
        if near or not frame.holds(x, y):
            continue
        taken.append((x, y))
        work = stage.kind == "work"
        fill, ink = (WORK, PAPER) if work else (PAPER, DRIVE)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{BADGE}" fill="{fill}" stroke="{ink}"/>'
        yield _text(x, y + 5.5, t.number(number), ink, 16)


def _bar(bar_m: float, frame: _Frame, t: Translator) -> Iterable[str]:
    long = bar_m / DEGREE_M * frame.per_lat
    y = frame.height - 22
    yield f'<path d="M20 {y:.0f}h{long:.1f}" stroke="{DRIVE}" stroke-width="4"/>'
    far = RIGHT_TO_LEFT * (t.direction == "rtl") + said_length(bar_m, t)
    yield _text(20 + long / 2, y - 8, far, DRIVE, 16)


def _text(x: float, y: float, words: str, ink: str, size: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Vazirmatn" font-size="{size}" '
        f'text-anchor="middle" fill="{ink}">{escape(words)}</text>'
    )


def said_length(metres: float, t: Translator) -> str:
    """Return a length in words."""
    if metres < 950:
        return t("{value} m", value=round(metres, -1))
    return t("{value} km", value=round(metres / 1000, 1))


def _path(course: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in course)


def _round_m(far_m: float) -> float:
    """Return the largest length of 1, 2 or 5 times a power of ten up to the given one."""
    power = 10.0 ** (ceil(log10(far_m)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= far_m)
