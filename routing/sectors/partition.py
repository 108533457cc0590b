"""Sectors of a city: boxes that share out its work evenly, by cutting the longer side in two."""

from collections.abc import Sequence
from math import cos, radians
from typing import NamedTuple

import numpy as np

from routing.problem.problem import NONE, Flags, Floats, Ints

LONGITUDE, LATITUDE = 0, 1
MOST_DEG = 360.0
"""No longitude or latitude is so large: the sides of boxes at the edge of a city."""


class Box(NamedTuple):
    """A box in degrees; its western and southern sides belong to it, the others do not."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, points: Floats) -> Flags:
        """Return bool[N], which of some points float64[N, 2] lie in it."""
        low, high = np.array(self).reshape(2, 2)
        flags: Flags = ((points >= low) & (points < high)).all(axis=1)
        return flags

    def cut(self, axis: int, at_deg: float) -> tuple["Box", "Box"]:
        """Return the parts of it below and above a longitude or a latitude."""
        sides = ("west", "south", "east", "north")
        below = self._replace(**{sides[axis + 2]: at_deg})
        return below, self._replace(**{sides[axis]: at_deg})


NOWHERE = Box(0.0, 0.0, 0.0, 0.0)
EVERYWHERE = Box(-MOST_DEG, -MOST_DEG, MOST_DEG, MOST_DEG)


def split_into_boxes(
    points: Floats, work_s: Floats, shares: Sequence[float], box: Box = EVERYWHERE
) -> list[Box]:
    """Return boxes that cover a box and have these shares of the work, as far as points allow.

    Parameters
    ----------
    points
        float64[N, 2], longitude and latitude of each task in the box.
    work_s
        float64[N], seconds of work of each.
    shares
        One positive number for each box.
    """
    if len(shares) == 1 or not len(points):
        return [box, *[NOWHERE] * (len(shares) - 1)]
    first = len(shares) // 2
    width, height = np.ptp(points, axis=0).tolist()
    width *= cos(radians(float(points[0, LATITUDE])))
    axis = LONGITUDE if width > height else LATITUDE
    at_deg = _quantile(points[:, axis], work_s, sum(shares[:first]) / sum(shares))
    below = points[:, axis] < at_deg
    low, high = box.cut(axis, at_deg)
    return [
        *split_into_boxes(points[below], work_s[below], shares[:first], low),
        *split_into_boxes(points[~below], work_s[~below], shares[first:], high),
    ]


def _quantile(values: Floats, weight: Floats, share: float) -> float:
    """Return the value below which this share of the weight lies."""
    order = np.argsort(values, kind="stable")
    so_far = np.cumsum(weight[order])
    at = int(np.searchsorted(so_far, share * so_far[-1], side="right"))
    return float(values[order[min(at, len(order) - 1)]])


def box_of(points: Floats, boxes: Sequence[Box]) -> Ints:
    """Return int32[N], the number of the box in which each point lies, -1 for none."""
    found = np.full(len(points), NONE, np.int32)
    for number, box in enumerate(boxes):
        found[box.holds(points)] = number
    return found
