"""A storm beside the ones before it: the figures of the whole city, as long after the snow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from data.model import Storm
from fleet.reports.storm_statistics import Account
from maps.reports.figures import CouncilFiguresView, StormChoice, figures_view, storm_choice

STORMS_BESIDE = 3
"""Earlier storms that are told."""


@dataclass(frozen=True, slots=True)
class StormRowView:
    """A storm as long after its first flake as the one shown, or at its end: figures of the city.

    `worst` and `gini` are of its fairness, `None` where nothing could be compared.
    """

    storm: StormChoice
    now: CouncilFiguresView
    worst: float | None
    gini: float | None


def storms_before(storms: Iterable[Storm], storm: Storm) -> list[Storm]:
    """Return the last `STORMS_BESIDE` storms before one, the newest first."""
    before = sorted((one for one in storms if one.id < storm.id), key=lambda one: -one.id)
    return before[:STORMS_BESIDE]


def storm_row(account: Account, snowed: timedelta, inhabitants: Mapping[str, int]) -> StormRowView:
    """Return a storm some time after its first flake, or at its end if that was sooner."""
    standing = account.at(account.storm.snow_at + snowed)
    fair = account.fairness(inhabitants, standing.at)
    return StormRowView(
        storm_choice(account.storm),
        figures_view(standing.city),
        fair.city.worst if fair else None,
        fair.city.gini if fair else None,
    )
