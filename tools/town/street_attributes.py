"""What the map says about a street beside its name: lanes, width, surface, slope, direction."""

from collections.abc import Mapping
from math import dist

import networkx as nx
from numpy.random import Generator

from tools.town.layout.geometry import Point, length_m
from tools.town.layout.planar_graph import Plan, Street

HILLTOP = (-1250.0, -1200.0)
HILL_M = 760.0
"""From the top of the hill to its foot."""

SLOPE = 0.13
"""Rise of the hill in the south-west, metres a metre."""

STEEP_PCT = 4.0
"""Gentler slopes stand on no map."""

ONEWAY_SHARE = 0.12
"""Of the alleys that lead through."""

_ARTERIES: Mapping[str, Mapping[str, str]] = {
    "trunk": {"lanes": "4", "maxspeed": "80", "surface": "asphalt"},
    "primary": {"lanes": "4", "maxspeed": "60", "surface": "asphalt"},
    "secondary": {"lanes": "2", "maxspeed": "50", "surface": "asphalt"},
    "tertiary": {"lanes": "2", "surface": "asphalt"},
}
_ONEWAY_LANES = {"primary": "3", "secondary": "2"}
_WIDTHS_M = {
    "residential": ("6", "8", "8", "10"),
    "living_street": ("3", "3.5", "4", "5"),
    "service": ("2", "2.5", "3"),
}
_SURFACES = {
    "residential": ("asphalt", "asphalt", "asphalt", "paving_stones"),
    "living_street": ("asphalt", "paving_stones", "paving_stones", "sett"),
    "unclassified": ("asphalt", "asphalt", "concrete", "gravel"),
}


def describe_streets(plan: Plan, chance: Generator) -> None:
    """Add to every street what a mapper would have seen there."""
    for street in plan.streets:
        if street.depth == 0:
            _describe_artery(street)
        else:
            _describe_alley(street, chance)
        _slope(street, chance)
    _make_oneways(plan, chance)


def height_m(place: Point) -> float:
    """Return the height of a place over the town's plain: a hill rises in the south-west."""
    return max(HILL_M - dist(place, HILLTOP), 0.0) * SLOPE


def _describe_artery(street: Street) -> None:
    said = dict(_ARTERIES.get(street.road, {}))
    if street.tags.get("oneway") == "yes":
        said["lanes"] = _ONEWAY_LANES.get(street.road, "1")
    street.tags |= said | street.tags


def _describe_alley(street: Street, chance: Generator) -> None:
    widths, surfaces = _WIDTHS_M.get(street.road), _SURFACES.get(street.road)
    if widths and chance.random() < 0.3:
        street.tags["width"] = str(chance.choice(widths))
    if surfaces and chance.random() < 0.5:
        street.tags["surface"] = str(chance.choice(surfaces))


def _slope(street: Street, chance: Generator) -> None:
    if street.closed:
        return
    rise_m = height_m(street.points[-1]) - height_m(street.points[0])
    percent = 100 * rise_m / length_m(street.points)
    if abs(percent) >= STEEP_PCT:
        in_words = "up" if percent > 0 else "down"
        street.tags["incline"] = in_words if chance.random() < 0.15 else f"{percent:.0f}%"


def _make_oneways(plan: Plan, chance: Generator) -> None:
    """Make some alleys one-way, none whose ends could not be reached from each other any more."""
    made = [
        street
        for street in plan.streets
        if street.road == "residential"
        and "noexit" not in street.tags
        and chance.random() < ONEWAY_SHARE
    ]
    for street in made:
        street.tags["oneway"] = "yes" if chance.random() < 0.85 else "-1"
    largest = max(nx.strongly_connected_components(_ways(plan)), key=len)
    for street in made:
        if not largest.issuperset(street.points):
            del street.tags["oneway"]


def _ways(plan: Plan) -> nx.DiGraph:
    ways = nx.DiGraph()
    for street in plan.streets:
        oneway = street.tags.get("oneway", "yes" if street.closed else "no")
        if oneway != "-1":
            nx.add_path(ways, street.points)
        if oneway in ("no", "-1"):
            nx.add_path(ways, street.points[::-1])
    return ways
