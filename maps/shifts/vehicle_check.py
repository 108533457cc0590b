"""The check of a machine before a shift, for the driver's phone and for the board."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import ByLanguage
from data.model.roster import VehicleCheck
from data.policy.check_rules import CheckItem
from maps.pages.wall import PrivateText, has_private_texts


@dataclass(frozen=True, slots=True)
class CheckPointView:
    """A point to check: its code, how it is called, and whether its fault keeps a machine in."""

    code: str
    names: ByLanguage
    grave: bool


@has_private_texts
@dataclass(frozen=True, slots=True)
class VehicleFaultView:
    """A fault that was found, with the driver's words."""

    code: str
    names: ByLanguage
    grave: bool
    text: PrivateText


@dataclass(frozen=True, slots=True)
class VehicleCheckView:
    """The last check for a shift: when, of how many points, and what was found."""

    at: datetime
    points: int
    grave: bool
    faults: tuple[VehicleFaultView, ...]


def point_views(items: Iterable[CheckItem]) -> tuple[CheckPointView, ...]:
    """Return the points that a machine has, in the city's order."""
    return tuple(CheckPointView(item.code, item.name, item.grave) for item in items)


def check_view(made: VehicleCheck | None) -> VehicleCheckView | None:
    """Return a check for pages; `None` where none was made."""
    if made is None:
        return None
    faults = tuple(
        VehicleFaultView(one.code, one.names, one.grave, one.text) for one in made.faults
    )
    return VehicleCheckView(made.checked_at, made.points, made.grave, faults)
