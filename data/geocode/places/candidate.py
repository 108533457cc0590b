"""Results of the geocoder: a place on a street, its confidence, and the reasons."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from data.model import LonLat, SegmentId, Side


class Reason(StrEnum):
    """A reason for or against a candidate."""

    EXACT = "exact"
    SPELLING = "spelling"
    TYPO = "typo"
    SOUND = "sound"
    PART = "part"
    BEGUN = "begun"
    OTHER_KIND = "other_kind"
    HOUSE = "house"
    HOUSE_ESTIMATED = "house_estimated"
    HOUSE_UNKNOWN = "house_unknown"
    HOUSES_UNMAPPED = "houses_unmapped"
    ALLEY_UNKNOWN = "alley_unknown"
    CROSSING = "crossing"
    APART = "apart"
    BESIDE = "beside"
    BETWEEN = "between"
    OFF = "off"
    WITHIN = "within"
    GATE = "gate"
    FARTHER = "farther"
    SEVERAL = "several"
    WIDE = "wide"
    COORDINATES = "coordinates"


RELATED = frozenset(
    {
        Reason.CROSSING,
        Reason.BESIDE,
        Reason.BETWEEN,
        Reason.OFF,
        Reason.WITHIN,
        Reason.FARTHER,
    }
)
"""Reasons of a place that is where a second name says; `FARTHER` is up to 1500 m from there."""


class Candidate(NamedTuple):
    """A place that a text may mean; `confident` when the caller need not be asked to confirm it.

    `offset_m` is where the point meets the segment, from its start; `confidence` the share of
    such answers that are right, from 0 to 1; `matched` the words that were understood;
    `uncertain_m` how far from the point the place may be, 0 where it is known; `evidence` the
    signs of `confidence.toml` that were found. `number` is the house number that was said, and
    `houses_near` the nearest ones that the street has, where it lacks that one. `names` is the name
    by language of what is no street or house.
    """

    segment_id: SegmentId
    name: str
    kind: str
    point: LonLat
    side: Side
    confident: bool
    offset_m: float
    confidence: float
    matched: str
    reasons: tuple[Reason, ...]
    uncertain_m: float
    evidence: Mapping[str, float]
    number: str = ""
    houses_near: tuple[str, ...] = ()
    names: Mapping[str, str] = MappingProxyType({})
