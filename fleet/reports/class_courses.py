"""How the classes of each district fared in a storm, beside the same class elsewhere, pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data.model import ServiceClass
from fleet.reports.fairness import FEW_STREETS, SMALL_LANE_M
from fleet.reports.performance import Floats, Ints, Lanes, Share, Spells, lane_parts


class Courses(NamedTuple):
    """Lane metres by state at M moments, in D districts and of C classes.

    Attributes
    ----------
    clear_m, waiting_m, late_m : float64[M, D, C]
        Districts and classes are those of `Lanes`, in their order.
    """

    clear_m: Floats
    waiting_m: Floats
    late_m: Floats

    def of_city(self) -> list[Share]:
        """Return the shares of the whole city, one a moment."""
        return self._shares(slice(None), slice(None))

    def of_district(self, number: int) -> list[Share]:
        """Return the shares of a district, one a moment."""
        return self._shares(slice(number, number + 1), slice(None))

    def of_class(self, number: int) -> list[Share]:
        """Return the shares of a class in the whole city, one a moment."""
        return self._shares(slice(None), slice(number, number + 1))

    def of_class_in(self, district: int, number: int) -> list[Share]:
        """Return the shares of a class in a district, one a moment."""
        return self._shares(slice(district, district + 1), slice(number, number + 1))

    def _shares(self, districts: slice, classes: slice) -> list[Share]:
        sums = (part[:, districts, classes].sum(axis=(1, 2)).tolist() for part in self)
        return [Share(*three) for three in zip(*sums, strict=True)]


@dataclass(frozen=True, slots=True)
class ClassInDistrict:
    """A class in a district at the last moment, beside the same class in all other districts.

    `elsewhere` is `None` where no other district has streets of the class; `small` and
    `elsewhere_small` mark sides in which one truck's luck decides.
    """

    district: str
    service_class: ServiceClass
    course: Sequence[Share]
    streets: int
    small: bool
    elsewhere: Share | None
    elsewhere_small: bool

    @property
    def share(self) -> Share:
        """The share of the class here, at the last moment."""
        return self.course[-1]


def courses(lanes: Lanes, spells: Spells, moments_s: Iterable[float]) -> Courses:
    """Return the lane metres by state at each moment, in seconds after the storm's start."""
    shape = len(lanes.districts), len(lanes.classes)
    cell = _cells(lanes)
    moments = [
        [np.bincount(cell, part, shape[0] * shape[1]) for part in lane_parts(lanes, spells, at_s)]
        for at_s in moments_s
    ]
    whole = np.array(moments, np.float64).reshape(len(moments), 3, *shape)
    return Courses(*(whole[:, state] for state in range(3)))


def classes_beside_elsewhere(lanes: Lanes, course: Courses) -> Iterator[ClassInDistrict]:
    """Yield each class of each district that has streets of it; `course` has a moment at least."""
    shape = len(lanes.districts), len(lanes.classes)
    _, first = np.unique(lanes.street, return_index=True)
    streets = np.bincount(_cells(lanes)[first], minlength=shape[0] * shape[1]).reshape(shape)
    of_class = [course.of_class(number)[-1] for number in range(shape[1])]
    for district, name in enumerate(lanes.districts):
        for number, service_class in enumerate(lanes.classes):
            here = int(streets[district, number])
            if here == 0:
                continue
            shares = course.of_class_in(district, number)
            there = int(streets[:, number].sum()) - here
            elsewhere = _without(of_class[number], shares[-1]) if there else None
            yield ClassInDistrict(
                name,
                service_class,
                shares,
                here,
                _small(shares[-1], here),
                elsewhere,
                elsewhere is not None and _small(elsewhere, there),
            )


def _cells(lanes: Lanes) -> Ints:
    """Return the number of each direction's district and class together."""
    return lanes.district_no * len(lanes.classes) + lanes.class_no


def _without(whole: Share, part: Share) -> Share:
    return Share(
        max(whole.clear_m - part.clear_m, 0.0),
        max(whole.waiting_m - part.waiting_m, 0.0),
        max(whole.late_m - part.late_m, 0.0),
    )


def _small(share: Share, streets: int) -> bool:
    return share.lane_m < SMALL_LANE_M or streets < FEW_STREETS
