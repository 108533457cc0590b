"""The council's levels of service by class: over the storm, and beside the same class elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.reports.class_courses import ClassInDistrict
from fleet.reports.performance import Share


@dataclass(frozen=True, slots=True)
class ClassInDistrictView:
    """A class in a district now; metres are lane metres, shares 0 to 1.

    `course` has the share within target at each of the view's moments, `elsewhere` is that of the
    same class in all other districts now, `None` where there is none of it. `small` and
    `elsewhere_small` mark sides with so few streets that chance decides.
    """

    district: str
    service_class: str
    lane_m: float
    waiting_m: float
    late_m: float
    within: float | None
    streets: int
    small: bool
    elsewhere: float | None
    elsewhere_small: bool
    course: tuple[float | None, ...]


def class_in_district_views(found: Iterable[ClassInDistrict]) -> tuple[ClassInDistrictView, ...]:
    """Return the classes of all districts."""
    return tuple(map(_view, found))


def within_of(course: Iterable[Share]) -> tuple[float | None, ...]:
    """Return the share within target at each moment."""
    return tuple(share.within for share in course)


def _view(one: ClassInDistrict) -> ClassInDistrictView:
    share, elsewhere = one.share, one.elsewhere
    return ClassInDistrictView(
        district=one.district,
        service_class=one.service_class,
        lane_m=share.lane_m,
        waiting_m=share.waiting_m,
        late_m=share.late_m,
        within=share.within,
        streets=one.streets,
        small=one.small,
        elsewhere=elsewhere.within if elsewhere else None,
        elsewhere_small=one.elsewhere_small,
        course=within_of(one.course),
    )
