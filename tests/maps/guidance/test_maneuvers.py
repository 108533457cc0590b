"""Fifty junctions, and what a driver is told at each; one comes from the south, northward."""

import gc
from weakref import ref

import pytest

from data.model import DirectedSegment, SegmentId
from data.streets.network import build_network
from maps.guidance.instructions import turn_words
from maps.guidance.junctions import Junctions
from maps.guidance.maneuvers import maneuvers
from maps.pages.i18n import translator
from tests import village as v
from tests.maps.guidance.shapes import BOTH, IN, OUT, Arm, Shape

SOUTH = Arm(180, "Mill")

SHAPES = {
    # Nothing to decide
    "a bend": (Shape([SOUTH, Arm(90, "Mill")]), ""),
    "a bend with another name": (Shape([SOUTH, Arm(90, "Oak")]), ""),
    "a hairpin": (Shape([SOUTH, Arm(160, "Mill")]), ""),
    "past a side street": (Shape([SOUTH, Arm(0, "Mill"), Arm(90, "Oak")]), ""),
    "over a crossing": (Shape([SOUTH, Arm(0, "Mill"), Arm(90, "Oak"), Arm(270, "Oak")]), ""),
    "a bend past a side street": (Shape([SOUTH, Arm(40, "Mill"), Arm(270, "Oak")]), ""),
    "past a one-way against us": (Shape([SOUTH, Arm(0, "Mill"), Arm(10, "Oak", IN)]), ""),
    "no name on either side": (Shape([Arm(180), Arm(5), Arm(90, "Oak")]), ""),
    "the only way on bends": (Shape([SOUTH, Arm(90, "Mill"), Arm(0, "Oak", IN)]), ""),
    "the only way on by the signs": (Shape([SOUTH, Arm(0, "Oak"), Arm(90, "Elm")], banned=[2]), ""),
    # Straight on
    "the name changes at a crossing": (
        Shape([SOUTH, Arm(0, "Oak"), Arm(90, "Elm"), Arm(270, "Elm")]),
        "go straight on into Oak",
    ),
    "our street bends away": (
        Shape([SOUTH, Arm(0, "Oak"), Arm(90, "Mill")]),
        "go straight on into Oak",
    ),
    "straight on with a slant": (
        Shape([SOUTH, Arm(20, "Oak"), Arm(250, "Elm")]),
        "go straight on into Oak",
    ),
    # Right angles
    "right at a crossing": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill"), Arm(270, "Oak")]),
        "turn right into Oak",
    ),
    "left at a crossing": (
        Shape([SOUTH, Arm(270, "Oak"), Arm(0, "Mill"), Arm(90, "Oak")]),
        "turn left into Oak",
    ),
    "right into a side street": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill")]),
        "turn right into Oak",
    ),
    "left into a street without a name": (Shape([SOUTH, Arm(270), Arm(0, "Mill")]), "turn left"),
    "our street turns right at a crossing": (
        Shape([SOUTH, Arm(90, "Mill"), Arm(0, "Oak"), Arm(270, "Elm")]),
        "turn right",
    ),
    "right where straight on is closed to us": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill", IN)]),
        "turn right into Oak",
    ),
    "a slanted right": (Shape([SOUTH, Arm(70, "Oak"), Arm(0, "Mill")]), "turn right into Oak"),
    "a slanted left": (Shape([SOUTH, Arm(250, "Oak"), Arm(0, "Mill")]), "turn left into Oak"),
    # The end of the street
    "a T to the right": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(270, "Oak")]),
        "at the end of the street, turn right into Oak",
    ),
    "a T to the left": (
        Shape([SOUTH, Arm(270, "Oak"), Arm(90, "Oak")]),
        "at the end of the street, turn left into Oak",
    ),
    "a slanted T": (
        Shape([SOUTH, Arm(65, "Oak"), Arm(245, "Oak")]),
        "at the end of the street, turn right into Oak",
    ),
    "a T on a one-way": (
        Shape([SOUTH, Arm(90, "Oak", OUT), Arm(270, "Oak", IN)]),
        "at the end of the street, turn right into Oak",
    ),
    # Slight and sharp
    "off to the right before the crossing": (
        Shape([SOUTH, Arm(45, "Oak"), Arm(0, "Mill")]),
        "bear right into Oak",
    ),
    "off to the left": (Shape([SOUTH, Arm(315, "Oak"), Arm(0, "Mill")]), "bear left into Oak"),
    "the slight one of two rights": (
        Shape([SOUTH, Arm(65, "Oak"), Arm(120, "Elm"), Arm(0, "Mill")]),
        "bear right into Oak",
    ),
    "the sharp one of two rights": (
        Shape([SOUTH, Arm(120, "Elm"), Arm(65, "Oak"), Arm(0, "Mill")]),
        "turn sharp right into Elm",
    ),
    "a sharp left": (Shape([SOUTH, Arm(215, "Oak"), Arm(0, "Mill")]), "turn sharp left into Oak"),
    "a sharp right": (Shape([SOUTH, Arm(145, "Oak"), Arm(0, "Mill")]), "turn sharp right into Oak"),
    "sharply back into another street": (
        Shape([SOUTH, Arm(172, "Oak"), Arm(0, "Mill")]),
        "turn sharp right into Oak",
    ),
    "a slight right into the only new name": (
        Shape([SOUTH, Arm(40, "Oak"), Arm(270, "Elm")]),
        "bear right into Oak",
    ),
    # Forks
    "a fork, right": (Shape([SOUTH, Arm(25, "Oak"), Arm(335, "Elm")]), "keep right into Oak"),
    "a fork, left": (Shape([SOUTH, Arm(335, "Elm"), Arm(25, "Oak")]), "keep left into Elm"),
    "a fork on our own street": (Shape([SOUTH, Arm(345, "Mill"), Arm(20, "Oak")]), "keep left"),
    "a narrow fork ahead": (Shape([SOUTH, Arm(0, "Mill"), Arm(20, "Ramp")]), "keep left"),
    "three ways ahead, the middle": (
        Shape([SOUTH, Arm(0, "Mill"), Arm(45, "Oak"), Arm(315, "Elm")]),
        "",
    ),
    # Back
    "back over the street on which one came": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill")], came=1, goes=1),
        "turn round",
    ),
    "the other carriageway": (
        Shape([Arm(180, "Mill", IN), Arm(175, "Mill", OUT), Arm(0, "Oak")]),
        "turn round",
    ),
    # Roundabouts
    "the first exit": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill"), Arm(270, "Oak")], ring=True),
        "at the roundabout, take the first exit into Oak",
    ),
    "the second exit": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill"), Arm(270, "Oak")], goes=2, ring=True),
        "at the roundabout, take the second exit",
    ),
    "the third exit": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill"), Arm(270, "Elm")], goes=3, ring=True),
        "at the roundabout, take the third exit into Elm",
    ),
    "an arm that only leads in is no exit": (
        Shape([SOUTH, Arm(90, "Oak", IN), Arm(0, "Elm"), Arm(270, "Oak")], goes=2, ring=True),
        "at the roundabout, take the first exit into Elm",
    ),
    "turn round at the square": (
        Shape([SOUTH, Arm(90, "Oak"), Arm(0, "Mill"), Arm(270, "Oak")], goes=0, ring=True),
        "turn round at the square",
    ),
    "back on the other carriageway of the square": (
        Shape([Arm(178, "Mill", IN), Arm(183, "Mill", OUT), Arm(0, "Elm")], ring=True),
        "turn round at the square",
    ),
    "five arms": (
        Shape(
            [SOUTH, Arm(110, "Oak"), Arm(40, "Elm"), Arm(325, "Fir"), Arm(250, "Ash")],
            goes=3,
            ring=True,
        ),
        "at the roundabout, take the third exit into Fir",
    ),
    # Large crossings
    "the second right of a star": (
        Shape([SOUTH, Arm(110, "Elm"), Arm(50, "Oak"), Arm(0, "Mill"), Arm(290, "Fir")]),
        "turn sharp right into Elm",
    ),
    "left at a star": (
        Shape([SOUTH, Arm(270, "Fir"), Arm(50, "Oak"), Arm(0, "Mill"), Arm(110, "Elm")]),
        "turn left into Fir",
    ),
    "right at a crossing of one-ways": (
        Shape([SOUTH, Arm(90, "Oak", OUT), Arm(0, "Mill", OUT), Arm(270, "Oak", IN)]),
        "turn right into Oak",
    ),
    "two-way though named both": (
        Shape([SOUTH, Arm(90, "Mill", BOTH), Arm(270, "Mill", BOTH)]),
        "at the end of the street, turn right",
    ),
}


def told(network, path, language: str = "en") -> list[str]:
    t = translator(language, "UTC").plain
    return [turn_words(each, t) for each in maneuvers(path, Junctions(network))]


@pytest.mark.parametrize(("shape", "words"), SHAPES.values(), ids=SHAPES.keys())
def test_at_each_shape_of_a_junction_a_driver_is_told_what_he_must_decide(shape, words) -> None:
    assert told(shape.network(), shape.path()) == ([words] if words else [])


def steps(*ids: int) -> list[DirectedSegment]:
    return [DirectedSegment(SegmentId(abs(each)), each > 0) for each in ids]


def test_a_dead_end_is_where_no_other_street_is() -> None:
    assert told(v.village(), steps(v.BLIND, -v.BLIND)) == ["at the end of the dead end, turn round"]


def test_two_turns_over_a_median_are_one() -> None:
    streets = [
        v.a_segment(1, 1, 2, line=[v.at_m(0, 0), v.at_m(0, 100)], oneway=OUT),
        v.a_segment(2, 2, 3, line=[v.at_m(0, 100), v.at_m(-15, 100)], names={}),
        v.a_segment(3, 3, 4, line=[v.at_m(-15, 100), v.at_m(-15, 0)], oneway=OUT),
        v.a_segment(4, 2, 5, line=[v.at_m(0, 100), v.at_m(0, 200)], oneway=OUT),
        v.a_segment(5, 6, 3, line=[v.at_m(-15, 200), v.at_m(-15, 100)], oneway=OUT),
    ]
    assert told(build_network(streets), steps(1, 2, 3)) == ["turn round"]


def test_steps_that_do_not_meet_have_no_maneuver() -> None:
    assert told(v.village(), steps(v.TULIP, v.MAIN_EAST)) == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "at the roundabout, take the second exit into Oak"),
        ("fa", "در میدان از خروجی دوم بیرون بروید و وارد Oak شوید"),
        ("az", "dairəvi yolda ikinci çıxışdan çıxın, Oak üzrə davam edin"),
    ],
)
def test_each_language_says_it_in_its_own_order(language, words) -> None:
    arms = [SOUTH, Arm(90, "Elm"), Arm(0, "Oak"), Arm(270, "Elm")]
    shape = Shape(arms, goes=2, ring=True)
    assert told(shape.network(), shape.path(), language) == [words]


def test_nothing_is_kept_of_a_network_that_is_gone() -> None:
    network = build_network(v.village_segments())
    assert Junctions(network).arms(DirectedSegment(SegmentId(v.MAIN_WEST), True))
    gone = ref(network)
    del network
    gc.collect()
    assert gone() is None
