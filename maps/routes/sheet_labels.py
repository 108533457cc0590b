"""Names along the streets of a printed map, none over another or over a number."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import atan2, ceil, cos, degrees, hypot, radians, sin

import shapely

SIZE = 13.0
"""Height of the letters in units of the picture."""

OFFSET = 9.0
"""From the middle of a street to the middle of its name."""

SHARES = (0.5, 0.3, 0.7, 0.15, 0.85)
"""Where along a street its name may stand, the best place first."""

SHORTEST = 0.6
"""So much of a name's length a street must have to carry it."""

STRAIGHT = 0.97
"""So straight is the part of a street with a name: beeline over length."""

AGAIN = 500.0
"""A street that goes on has its name again so far away."""

LATIN, ARABIC, NARROW = 0.55, 0.46, 0.3
"""Widths of letters over their height in Vazirmatn, on average; narrow ones are `THIN`."""

THIN = frozenset(" ilj.,'-اآأإد")

MARKS = range(0x200B, 0x2010)
"""Characters without a width."""

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A name, turned by an angle around the middle of its line."""

    words: str
    x: float
    y: float
    angle_deg: float


class Room:
    """What of a picture is free; everything on it is a row of discs."""

    def __init__(self, width: float, height: float, radius: float) -> None:
        self._width, self._height, self._radius = width, height, radius
        self._cells: dict[tuple[int, int], list[Point]] = defaultdict(list)

    def take(self, discs: Sequence[Point]) -> bool:
        """Take the place of some discs, if all of it is free and within the picture."""
        if not all(self._free(disc) for disc in discs):
            return False
        for disc in discs:
            self._cells[self._cell(disc)].append(disc)
        return True

    def _free(self, disc: Point) -> bool:
        x, y = disc
        edge = self._radius
        if not (edge <= x <= self._width - edge and edge <= y <= self._height - edge):
            return False
        column, row = self._cell(disc)
        near = (
            other
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for other in self._cells.get((i, j), ())
        )
        return all(hypot(x - a, y - b) >= 2 * self._radius for a, b in near)

    def _cell(self, disc: Point) -> tuple[int, int]:
        return int(disc[0] // (2 * self._radius)), int(disc[1] // (2 * self._radius))


def text_width(words: str) -> float:
    """Return about how long a text is in units of the picture."""
    return SIZE * sum(map(_letter_width, words))


def street_labels(
    names: Iterable[tuple[str, Sequence[Sequence[Point]]]], room: Room
) -> Iterator[Label]:
    """Yield the names that find room; `names` are streets with their lines, the first go first."""
    for words, lines in names:
        width = text_width(words)
        merged = shapely.line_merge(shapely.MultiLineString([line for line in lines if line[1:]]))
        taken: list[Point] = []
        for line in sorted(shapely.get_parts(merged), key=lambda one: -one.length):
            if line.length < SHORTEST * width:
                break
            for label in _places(line, words, width):
                near = any(hypot(label.x - x, label.y - y) < AGAIN for x, y in taken)
                if not near and room.take(_discs(label, width)):
                    taken.append((label.x, label.y))
                    yield label


def _places(line: shapely.LineString, words: str, width: float) -> Iterator[Label]:
    """Yield where a name may stand beside a street: above it, else below."""
    half = min(width, line.length) / 2
    for share in SHARES:
        middle = min(max(share * line.length, half), line.length - half)
        ax, ay = _at(line, middle - half)
        bx, by = _at(line, middle + half)
        beeline = hypot(bx - ax, by - ay)
        if beeline < STRAIGHT * 2 * half:
            continue
        if (bx, by) < (ax, ay):
            ax, ay, bx, by = bx, by, ax, ay
        x, y = (ax + bx) / 2, (ay + by) / 2
        up_x, up_y = (by - ay) / beeline, -(bx - ax) / beeline
        angle_deg = degrees(atan2(by - ay, bx - ax))
        for side in (OFFSET, -OFFSET):
            yield Label(words, x + up_x * side, y + up_y * side, angle_deg)


def _discs(label: Label, width: float) -> list[Point]:
    count = max(ceil(width / SIZE), 1)
    turn = radians(label.angle_deg)
    along = [((i + 0.5) / count - 0.5) * width for i in range(count)]
    return [(label.x + far * cos(turn), label.y + far * sin(turn)) for far in along]


def _at(line: shapely.LineString, along: float) -> Point:
    point = line.interpolate(along)
    return point.x, point.y


def _letter_width(letter: str) -> float:
    if ord(letter) in MARKS:
        return 0.0
    if letter in THIN:
        return NARROW
    return ARABIC if "\u0600" <= letter <= "\u06ff" else LATIN
