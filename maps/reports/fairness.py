"""The council's section on fairness: how evenly the service of a storm was shared out."""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.reports.fairness import Evenness, Fairness, Gap, Group, Kind

PER_PEOPLE = 1000


@dataclass(frozen=True, slots=True)
class EvennessView:
    """How evenly a part was served; shares of time within the rule, 0 to 1.

    `worst` is the mean of the tenth of lane metres served worst, `small` marks parts in which
    chance decides.
    """

    lane_m: float
    streets: int
    mean: float
    worst: float
    gini: float
    small: bool


@dataclass(frozen=True, slots=True)
class FairnessGroupView:
    """A part of the city: all of its streets, and those that nobody asked for.

    `name` is a class, a district, or a band of widths (m) or slopes (%) as "5-8", "-5", "12-", or
    "unknown". `cleared_m_per_1000` are lane metres cleared for a thousand inhabitants.
    """

    kind: str
    name: str
    whole: EvennessView
    unasked: EvennessView | None
    cleared_m_per_1000: float | None


@dataclass(frozen=True, slots=True)
class FairnessGapView:
    """The best and the worst served part of a kind, with how far apart they are."""

    kind: str
    best: str
    worst: str
    gap: float


@dataclass(frozen=True, slots=True)
class FairnessView:
    """The city, its streets by whether somebody asked for them, and its parts."""

    city: EvennessView
    asked: EvennessView | None
    unasked: EvennessView | None
    groups: tuple[FairnessGroupView, ...]
    gaps: tuple[FairnessGapView, ...]
    unasked_gaps: tuple[FairnessGapView, ...]


def fairness_view(found: Fairness) -> FairnessView:
    """Return the section's figures."""
    return FairnessView(
        city=_evenness(found.city),
        asked=_evenness(found.asked) if found.asked else None,
        unasked=_evenness(found.unasked) if found.unasked else None,
        groups=tuple(map(_group, found.groups)),
        gaps=_gaps(found.gaps),
        unasked_gaps=_gaps(found.unasked_gaps),
    )


def _evenness(one: Evenness) -> EvennessView:
    return EvennessView(one.lane_m, one.streets, one.mean, one.worst, one.gini, one.small)


def _group(one: Group) -> FairnessGroupView:
    each = one.cleared_m_each
    return FairnessGroupView(
        one.kind,
        one.name,
        _evenness(one.whole),
        _evenness(one.unasked) if one.unasked else None,
        None if each is None else each * PER_PEOPLE,
    )


def _gaps(gaps: Mapping[Kind, Gap]) -> tuple[FairnessGapView, ...]:
    return tuple(FairnessGapView(kind, one.best, one.worst, one.gap) for kind, one in gaps.items())
