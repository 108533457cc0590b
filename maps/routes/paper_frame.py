"""Places on a printed map: the projection of a picture, lines on it, its scale and its texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, cos, log10, radians

from data.model import LonLat
from data.streets.projection import DEGREE_M
from maps.pages.i18n import Translator
from maps.routes.run_words import said_length

WIDTH = 1000.0
"""Width of a picture in its own units, which the paper shrinks to its column."""

MARGIN = 0.06
"""Share of a picture left free around what it shows."""

RIGHT_TO_LEFT = "\u200f"
"""A picture has no direction of writing: this mark gives it to a text that begins with digits."""

BACKGROUND, PAPER, INK, MUTED = "#f7f8f9", "#ffffff", "#1c2329", "#5b6770"

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """Projection of places onto a picture; north is up in all languages."""

    west: float
    north: float
    per_lon: float
    per_lat: float
    height: float

    def xy(self, place: Sequence[float]) -> Point:
        """Return where a place is, in units of the picture."""
        return (place[0] - self.west) * self.per_lon, (self.north - place[1]) * self.per_lat

    def corners(self) -> tuple[LonLat, LonLat]:
        """Return the places of the upper left and the lower right corner."""
        east, south = self.west + WIDTH / self.per_lon, self.north - self.height / self.per_lat
        return LonLat(self.west, self.north), LonLat(east, south)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the picture."""
        return 0 <= x <= WIDTH and 0 <= y <= self.height


def frame_around(
    places: Sequence[Sequence[float]], shape: tuple[float, float], least_m: float
) -> Frame:
    """Return the frame that holds all places; `shape` is the least and the most height over width.

    A single place still shows `least_m` around it.
    """
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    flattest, tallest = shape
    middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    narrow = cos(radians(middle[1]))
    wide_m = max((max(lons) - min(lons)) * DEGREE_M * narrow, least_m)
    tall_m = max((max(lats) - min(lats)) * DEGREE_M, least_m * flattest)
    share = min(max(tall_m / wide_m, flattest), tallest)
    units_per_m = min(WIDTH / wide_m, WIDTH * share / tall_m) * (1 - 2 * MARGIN)
    per_lat = units_per_m * DEGREE_M
    height = WIDTH * share
    west = middle[0] - WIDTH / 2 / (per_lat * narrow)
    return Frame(west, middle[1] + height / 2 / per_lat, per_lat * narrow, per_lat, height)


def picture(parts: Iterable[str], height: float, width: float = WIDTH) -> str:
    """Return an SVG picture of some parts on the ground of maps."""
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}">',
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="{BACKGROUND}"/>',
            *parts,
            "</svg>",
        )
    )


def path_of(line: Iterable[Sequence[float]], frame: Frame) -> str:
    """Return a line of places as part of an SVG path."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(frame.xy, line))


def bar_length_m(frame: Frame) -> float:
    """Return the round length that the scale of a picture shows."""
    return _round_m(WIDTH / 4 / frame.per_lat * DEGREE_M)


def scale_bar(bar_m: float, frame: Frame, t: Translator) -> Iterable[str]:
    """Yield the scale at the lower left."""
    long = bar_m / DEGREE_M * frame.per_lat
    y = frame.height - 22
    yield f'<path d="M20 {y:.0f}h{long:.1f}" stroke="{MUTED}" stroke-width="4"/>'
    yield text_at((20 + long / 2, y - 13), directed(said_length(bar_m, t), t), MUTED, 16)


def directed(words: str, t: Translator) -> str:
    """Return words for a picture, in the direction of the reader's language."""
    return RIGHT_TO_LEFT * (t.direction == "rtl") + words


def text_at(
    middle: Point,
    words: str,
    ink: str,
    size: float,
    angle_deg: float = 0.0,
    anchor: str = "middle",
) -> str:
    """Return a text around the middle of its line; one on no ground of its own has an edge."""
    x, y = middle
    edge = f' stroke="{BACKGROUND}" stroke-width="3" paint-order="stroke"' if ink == INK else ""
    turn = f' transform="rotate({angle_deg:.1f} {x:.1f} {y:.1f})"' if angle_deg else ""
    return (
        f'<text x="{x:.1f}" y="{y + size * 0.34:.1f}" font-family="Vazirmatn" '
        f'font-size="{size:.0f}" text-anchor="{anchor}" fill="{ink}"{edge}{turn}>'
        f"{escape(words)}</text>"
    )


def _round_m(far_m: float) -> float:
    """Return the largest length of 1, 2 or 5 times a power of ten up to the given one."""
    power = 10.0 ** (ceil(log10(far_m)) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= far_m)
