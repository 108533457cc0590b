"""A city of 20,000 street names, to measure how fast names are found."""

from itertools import islice, product

from data.model import LonLat, NodeId, Oneway, RoadClass, Segment, SegmentId, SegmentKey
from data.streets.network import build_network
from data.streets.projection import line_length_m
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City
from tools.town.name_words import FLOWERS, FORENAMES, STREETS, SURNAMES, VIRTUES

NAMES = 20_000
SIDE = 101
"""Junctions each way: 2 x 101 x 100 = 20,200 segments between them."""

STEP_DEG = 0.001
KINDS = ("خیابان", "کوچهٔ", "بلوار", "بن‌بست")


def large_city(seed: int = 1) -> City:
    """Return a grid where every segment has a name of its own, in both scripts."""
    chance = Chance(seed)
    names = chance.sample(list(_names().items()), NAMES)
    segments = []
    for number, (start, end) in enumerate(islice(_steps(), NAMES), 1):
        fa, en = names[number - 1]
        line = (_place(start), _place(end))
        segments.append(_segment(number, start, end, line, f"{chance.choice(KINDS)} {fa}", en))
    return City("20,000 names", build_network(segments, ()), (), persian=True)


def _names() -> dict[str, str]:
    words = (*STREETS, *FLOWERS, *VIRTUES, *SURNAMES)
    pairs = [*product(FORENAMES, SURNAMES), *product(words, words)]
    return {f"{one.fa} {other.fa}": f"{one.en} {other.en}" for one, other in pairs}


def _steps() -> list[tuple[int, int]]:
    east = [(r * SIDE + c, r * SIDE + c + 1) for r in range(SIDE) for c in range(SIDE - 1)]
    north = [(r * SIDE + c, (r + 1) * SIDE + c) for r in range(SIDE - 1) for c in range(SIDE)]
    return [*east, *north]


def _place(node: int) -> LonLat:
    row, column = divmod(node, SIDE)
    return LonLat(45.0 + column * STEP_DEG, 37.5 + row * STEP_DEG)


def _segment(
    number: int, start: int, end: int, line: tuple[LonLat, LonLat], fa: str, en: str
) -> Segment:
    return Segment(
        id=SegmentId(number),
        key=SegmentKey(number, start, end, 0),
        start=NodeId(start),
        end=NodeId(end),
        geometry=line,
        length_m=line_length_m(line),
        road_class=RoadClass.RESIDENTIAL,
        names={"": (fa,), "en": (en,)},
        drive_speed_mps=10.0,
        oneway=Oneway.NO,
        lanes=2,
        width_m=6.0,
    )
