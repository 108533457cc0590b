"""The score of an operator, pure: from the calls of a training and what became of each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from data.model import Role, SegmentId
from data.streets.network import StreetNetwork
from fleet.simulation.spoken_places import same_street
from fleet.training.scores.score_rules import RULES, Measured, Score, score_of


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A call and what became of it.

    `meant` is the street that the caller stands on, `None` where he does not say which, and
    `fitting` are all pieces of street that fit what he says. `noted` is that of the request, `None`
    where it is unknown. `over_at` is when it ended. A call `repeats` where a request about the same
    street was open when it was answered; `joined` says whether both became one work. `kept` is
    whether the last promise held, `None` while that is open. `lasted` is how long it was for the
    operator from the first ring to the saved request, however fast the clock ran.
    """

    rang_at: datetime
    taken_at: datetime | None = None
    taken_by: str = ""
    over_at: datetime | None = None
    saved_at: datetime | None = None
    meant: SegmentId | None = None
    noted: SegmentId | None = None
    fitting: frozenset[SegmentId] = frozenset()
    repeats: bool = False
    joined: bool = False
    kept: bool | None = None
    lasted: timedelta | None = None


def operator_score(
    calls: Iterable[CallRecord], login: str, network: StreetNetwork, now: datetime
) -> Score:
    """Return the score of an operator, from the own calls and those lost in the own time.

    Whoever was lost counts against all operators: nobody knows who should have taken the call. What
    somebody else took counts for nobody else. Who takes a call and hangs up without a request
    answers for it as for one lost, on no street.
    """
    listed = list(calls)
    mine = [one for one in listed if one.taken_by == login]
    decided = [*mine, *(one for one in listed if _lost(one, now))]
    over = [one for one in mine if one.saved_at is not None or _hung_up(one, now)]
    unrecorded = [one for one in over if one.saved_at is None]
    placed = [one for one in over if one.meant is not None]
    again = [one for one in mine if one.repeats]
    measures = [
        _share("taken", decided, lambda one: one.taken_at is not None and one not in unrecorded),
        Measured("saved_s", _median_s(over), len(over)),
        _share("right_street", placed, lambda one: _is_right(network, one)),
        _share("duplicates", again, lambda one: one.joined),
        _share("promises", [one for one in mine if one.kept is not None], lambda one: one.kept),
    ]
    return score_of(Role.OPERATOR, measures)


def _is_right(network: StreetNetwork, one: CallRecord) -> bool:
    return one.noted in one.fitting or same_street(network, one.meant, one.noted)


def _lost(one: CallRecord, now: datetime) -> bool:
    return one.taken_at is None and one.over_at is not None and one.over_at <= now


def _hung_up(one: CallRecord, now: datetime) -> bool:
    return one.taken_at is not None and one.over_at is not None and one.over_at <= now


def _median_s(over: Sequence[CallRecord]) -> float | None:
    """Return half of the calls' longest real time from the first ring to the saved request."""
    never = RULES[Role.OPERATOR]["saved_s"].none_at
    lasted = [one.lasted.total_seconds() if one.saved_at and one.lasted else never for one in over]
    return median(lasted) if lasted else None


def _share(
    name: str, of: Sequence[CallRecord], good: Callable[[CallRecord], bool | None]
) -> Measured:
    share = sum(bool(good(one)) for one in of) / len(of) if of else None
    return Measured(name, share, len(of))
