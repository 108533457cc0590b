"""Numbered revisions of a storm's coverage after it was first derived."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import CoverageChange, CoverageRevision, RevisionCause
from data.streets.network import StreetNetwork


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A numbered revision of a storm's coverage.

    `streets` changed in any way. Of their directions `gained_m` have more passes than before,
    `lost_m` fewer; where only times differ, neither. Streets that a newer file has no more have no
    length.
    """

    number: int
    made_at: datetime
    cause: RevisionCause
    network_version: str
    streets: int
    gained_m: float
    lost_m: float


def revision_views(
    revisions: Iterable[CoverageRevision],
    changes: Mapping[int, Sequence[CoverageChange]],
    network: StreetNetwork,
) -> tuple[RevisionView, ...]:
    """Return revisions with the changes of each; `changes` are by revision number."""
    return tuple(_view(one, changes.get(one.number, ()), network) for one in revisions)


def _view(
    one: CoverageRevision, changes: Sequence[CoverageChange], network: StreetNetwork
) -> RevisionView:
    def metres(counts: Callable[[CoverageChange], bool]) -> float:
        found = (network.find(change.segment_id) for change in changes if counts(change))
        return round(sum(segment.length_m for segment in found if segment is not None), 1)

    return RevisionView(
        number=one.number,
        made_at=one.made_at,
        cause=one.cause,
        network_version=one.network_version,
        streets=len({change.segment_id for change in changes}),
        gained_m=metres(lambda change: change.passes_after > change.passes_before),
        lost_m=metres(lambda change: change.passes_after < change.passes_before),
    )
