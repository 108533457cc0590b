"""Drives whose truth is plain, over drawn streets: what the matching must say of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from data.model import DirectedSegment, Match, Oneway, Position, Segment
from data.streets.network import StreetNetwork, build_network
from fleet.matching.map_matching import StreetMatcher, Trail
from tests import village as v
from tests.fleet.drives import Metres, a_drive, a_fix

Line = tuple[Metres, ...]

CROSSING = {1: ((-400, 0), (400, 0)), 2: ((0, -400), (0, 400)), 3: ((400, 0), (400, 300))}
"""Street 2 leads over street 1 on a bridge: no junction."""

DUAL = {
    1: ((0, 0), (500, 0)),
    2: ((500, 14), (0, 14)),
    3: ((500, 0), (500, 14)),
    4: ((500, 14), (500, 300)),
    5: ((-300, 0), (0, 0)),
    6: ((0, 14), (-300, 14)),
}
"""A street with a carriageway for each direction, 14 m apart."""

BLOCK = {
    1: ((0, 0), (400, 0)),
    2: ((400, 0), (400, 250)),
    3: ((400, 250), (0, 250)),
    4: ((0, 250), (0, 0)),
}
"""Four streets around a block with a car park, and an alley through it that no map has."""


def drawn(lines: dict[int, Line], oneway: Sequence[int] = ()) -> StreetNetwork:
    """Streets along lines in metres, which meet where they end at one place."""
    nodes: dict[Metres, int] = {}
    for line in lines.values():
        for end in (line[0], line[-1]):
            nodes.setdefault(end, len(nodes) + 1)
    return build_network(
        [_street(number, line, nodes, number in oneway) for number, line in lines.items()]
    )


def _street(number: int, line: Line, nodes: dict[Metres, int], oneway: bool) -> Segment:
    places = [v.at_m(*point) for point in line]
    way = Oneway.FORWARD if oneway else Oneway.NO
    return v.a_segment(number, nodes[line[0]], nodes[line[-1]], line=places, oneway=way)


@dataclass(frozen=True)
class Case:
    """A drive and the streets it takes: negative numbers from their end, 0 is off every street."""

    lines: dict[int, Line]
    drive: Line
    streets: tuple[int, ...]
    oneway: tuple[int, ...] = ()
    noise_m: float = 4.0
    every_s: float = 5.0
    speed_mps: float = 8.0


CASES = {
    "over a bridge": Case(CROSSING, ((0, -350), (0, 350)), (2,)),
    "under a bridge": Case(CROSSING, ((-350, 0), (350, 0)), (1,)),
    "under a bridge each second": Case(CROSSING, ((-350, 0), (350, 0)), (1,), every_s=1.0),
    "under a bridge, errors that jump": Case(
        CROSSING, ((-350, 0), (350, 0)), (1,), noise_m=7.0, every_s=1.0
    ),
    "under a bridge, then a corner": Case(CROSSING, ((-350, 0), (400, 0), (400, 250)), (1, 3)),
    "a carriageway of two": Case(DUAL, ((-250, 0), (450, 0)), (5, 1), (1, 2, 5, 6)),
    "the other carriageway": Case(DUAL, ((450, 14), (-250, 14)), (2, 6), (1, 2, 5, 6)),
    "round at the end of a carriageway": Case(
        DUAL, ((50, 0), (500, 0), (500, 14), (50, 14)), (1, 2), (1, 2, 5, 6), 1.0, every_s=6.0
    ),
    "against a one-way street": Case(BLOCK, ((350, 0), (50, 0)), (-1,), (1,)),
    "into a one-way street from its end": Case(
        BLOCK, ((400, 200), (400, 0), (60, 0)), (-2, -1), (1,)
    ),
    "round in the street": Case(BLOCK, ((50, 0), (300, 0), (50, 0)), (1, -1)),
    "round at the corner": Case(BLOCK, ((100, 0), (400, 0), (100, 0)), (1, -1)),
    "round at a dead end": Case(CROSSING, ((400, 60), (400, 300), (400, 60)), (3, -3)),
    "round the block": Case(
        BLOCK, ((200, 0), (400, 0), (400, 250), (0, 250), (0, 0), (200, 0)), (1, 2, 3, 4, 1)
    ),
    "slow work": Case(BLOCK, ((50, 0), (250, 0)), (1,), noise_m=3.0, speed_mps=1.1),
    "an alley that no map has": Case(
        BLOCK, ((50, 0), (200, 0), (200, 250), (50, 250)), (1, 0, 3), noise_m=2.0
    ),
    "circles in a car park": Case(
        BLOCK,
        ((60, 0), (200, 0), (200, 110), (250, 110), (250, 150), (180, 150), (180, 0), (60, 0)),
        (1, 0, -1),
        noise_m=2.0,
        every_s=3.0,
    ),
}


def matched(network: StreetNetwork, fixes: Sequence[Position]) -> list[Match]:
    matcher, trail = StreetMatcher(network), Trail()
    return matcher.match(trail, fixes) + matcher.settle(trail)


def numbers(matches: Sequence[Match]) -> list[int]:
    """The streets in a row, each once, as `Case` writes them."""
    found: list[int] = []
    for match in matches:
        number = 0 if match.segment is None else _signed(match.segment)
        if not found or found[-1] != number:
            found.append(number)
    return found


def _signed(street: DirectedSegment) -> int:
    return street.segment_id if street.forward else -street.segment_id


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", CASES)
def test_a_drive_takes_the_streets_that_it_took(name: str, seed: int) -> None:
    case = CASES[name]
    fixes = a_drive(
        *case.drive,
        every_s=case.every_s,
        speed_mps=case.speed_mps,
        noise_m=case.noise_m,
        seed=seed,
        heading_deg=None,
    )
    assert numbers(matched(drawn(case.lines, case.oneway), fixes)) == list(case.streets)


def test_places_on_a_grid_of_eight_by_six_metres_find_their_street() -> None:
    """So coarse is the log of Syracuse's trucks."""
    fixes = a_drive((20, 0), (400, 0), (400, 200), every_s=4.0, heading_deg=None)
    matches = matched(drawn(BLOCK), [_on_grid(fix) for fix in fixes])
    assert numbers(matches) == [1, 2]


def _on_grid(fix: Position) -> Position:
    corner, place = v.at_m(0, 0), fix.location
    step = v.at_m(8, 6)
    east = round((place.lon - corner.lon) / (step.lon - corner.lon))
    north = round((place.lat - corner.lat) / (step.lat - corner.lat))
    return a_fix(v.at_m(8 * east, 6 * north), (fix.fixed_at - v.NOW).total_seconds())


def test_a_truck_that_stands_in_a_car_park_stays_off() -> None:
    stands = [a_fix(v.at_m(200 + i % 3, 120 + i % 2), 10.0 * i) for i in range(40)]
    assert numbers(matched(drawn(BLOCK), stands)) == [0]


def test_a_slow_or_standing_truck_does_not_go_back_by_what_is_noise() -> None:
    drive = ((50, 0), (90, 0), (90.1, 0), (150, 0))
    fixes = a_drive(*drive, every_s=1.0, speed_mps=1.1, noise_m=1.5, seed=1, heading_deg=None)
    offsets_m = [match.offset_m for match in matched(drawn(BLOCK), fixes)]
    assert offsets_m == sorted(offsets_m)
    assert 145.0 < offsets_m[-1] < 155.0
