"""Work on streets as everybody may read it: by street and whole minute, never by machine."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from data.model import DirectedSegment, Pass, SegmentId, Storm, Treatment
from data.policy.evidence_rules import EvidenceRules
from data.store.coverage.coverage import list_denials_between, list_work_between
from data.store.database.engine import Tx
from data.store.storms.storms import list_storms
from fleet.coverage.street_coverage import counting

MINUTE = timedelta(minutes=1)
READ_AT_ONCE = timedelta(minutes=30)
"""Time of which work is read together: a page of a list seldom needs more."""

STREET_BITS = 27
"""Bits of a pass's number that name the street and its direction."""


@dataclass(frozen=True, slots=True)
class StreetPass:
    """Work on one direction of a street that ended in one minute; times are whole minutes.

    `from_m` and `to_m` count from the segment's start. Of several machines that ended in the same
    minute the longest stretch stands, with all that was done.
    """

    directed: DirectedSegment
    from_m: float
    to_m: float
    started_at: datetime
    ended_at: datetime
    treatments: tuple[Treatment, ...]

    @property
    def number(self) -> int:
        """The number that it keeps for ever: later passes have greater ones.

        It says nothing but when and where: the minute, the street and the direction.
        """
        street, forward = self.directed
        return (first_number(self.ended_at)) | (street << 1) | (not forward)


def first_number(minute: datetime) -> int:
    """Return the least number that a pass which ended in a minute can have."""
    return int(minute.timestamp()) // 60 << STREET_BITS


def minute_of(number: int) -> datetime:
    """Return the minute in which the pass with a number ended."""
    return datetime.fromtimestamp((number >> STREET_BITS) * 60, UTC)


def street_of(number: int) -> DirectedSegment:
    """Return the street and direction of the pass with a number."""
    bits = number & ((1 << STREET_BITS) - 1)
    return DirectedSegment(SegmentId(bits >> 1), not bits & 1)


def whole_minute(at: datetime) -> datetime:
    """Return the last whole minute until a time."""
    return at.replace(second=0, microsecond=0)


def next_minute(at: datetime) -> datetime:
    """Return the first whole minute from a time on: what ended within it is known by then."""
    whole = whole_minute(at)
    return whole if whole == at else whole + MINUTE


def list_street_passes(
    tx: Tx, since: datetime, until: datetime, rules_of: Callable[[Storm], EvidenceRules]
) -> Iterator[StreetPass]:
    """Yield the work of all storms that ended from one whole minute to another, by number.

    Only what a storm's rules take as proof. It is read from the database as far as it is asked for.
    """
    after = since - MINUTE
    if after >= until:
        return
    storms = [
        (storm.id, rules_of(storm), list_denials_between(tx, storm.id, after, until))
        for storm in list_storms(tx)
        if _meets(storm, after, until)
    ]
    while after < until and storms:
        upto = min(after + READ_AT_ONCE, until)
        work = (
            (list_work_between(tx, storm_id, after, upto, denials), rules)
            for storm_id, rules, denials in storms
        )
        yield from sorted(
            (one for found, rules in work for one in street_passes(found, rules)),
            key=lambda one: one.number,
        )
        after = upto


def street_passes(
    work: Mapping[DirectedSegment, Sequence[Pass]], rules: EvidenceRules
) -> Iterator[StreetPass]:
    """Yield what is proved of each direction, by the minutes in which it ended."""
    for directed, passes in work.items():
        ordered = sorted(counting(passes, rules), key=lambda one: one.ended_at)
        for minute, together in groupby(ordered, key=lambda one: next_minute(one.ended_at)):
            yield _joined(directed, minute, list(together))


def last_of_each_street(passes: Iterable[StreetPass]) -> list[StreetPass]:
    """Return the last pass of each direction of a street, by number."""
    last = {one.directed: one for one in passes}
    return sorted(last.values(), key=lambda one: one.number)


def _joined(directed: DirectedSegment, minute: datetime, passes: Sequence[Pass]) -> StreetPass:
    longest = max(passes, key=lambda one: one.to_m - one.from_m)
    done = {one.treatment for one in passes}
    return StreetPass(
        directed,
        longest.from_m,
        longest.to_m,
        whole_minute(longest.started_at),
        minute,
        tuple(each for each in Treatment if each in done),
    )


def _meets(storm: Storm, since: datetime, until: datetime) -> bool:
    return storm.started_at < until and (storm.ended_at is None or since < storm.ended_at)
