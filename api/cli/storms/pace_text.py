"""A proposal of how long work takes, as lines of the terminal."""

from collections.abc import Iterable, Iterator, Sequence

from data.model.planning.paces import LearnedPace, PaceProposal, PaceState
from data.streets.network import StreetNetwork
from fleet.learning.corrections import InPlans
from fleet.learning.pace_changes import ChangeKind, PaceChange, pace_changes
from routing.problem.finish_odds import FinishOdds


def in_force_text(proposal: PaceProposal | None) -> str:
    """Return what plans use from now on."""
    if proposal is None:
        return "Plans assume what the fleet file says."
    return f"Plans use proposal {proposal.id} from now on (barfrub learn --undo takes it back)."


def proposal_lines(
    proposal: PaceProposal, in_plans: InPlans, network: StreetNetwork, most: int
) -> Iterator[str]:
    """Yield a proposal as a table: what takes how many times as long as assumed.

    `in_plans` is what plans use now, `most` how many streets are listed.
    """
    numbers = ", ".join(map(str, proposal.storm_ids))
    yield f"Proposal {proposal.id} from storms {numbers}, {proposal.state.replace('_', ' ')}."
    changes = pace_changes(proposal.learned, in_plans)
    listed = [one for one in changes if one.subject.kind is not ChangeKind.STREET]
    sure = [one for one in changes if one.subject.kind is ChangeKind.STREET]
    yield f"{'':44} {'times':>6} {'surely':>12} {'in plans':>9} {'drives':>7}"
    yield from _rows(listed, network)
    yield from _times(proposal.learned)
    yield f"{len(sure)} streets surely differ from their class of roads:"
    yield from _rows(sure[:most], network)
    if proposal.state is not PaceState.IN_FORCE:
        yield f"barfrub learn --use {proposal.id} lets plans use it."


def _rows(changes: Iterable[PaceChange], network: StreetNetwork) -> Iterator[str]:
    for one in changes:
        surely = f"{one.low:.2f}-{one.high:.2f}"
        yield (
            f"{_subject(one, network):44.44} {one.times:6.2f} {surely:>12} {one.now:9.2f}"
            f" {one.count:7}"
        )


def _subject(change: PaceChange, network: StreetNetwork) -> str:
    one = change.subject
    if one.kind is ChangeKind.KIND:
        return f"{one.movement}: {one.machine}, {one.road}"
    if one.kind is ChangeKind.DEPTH:
        return f"{one.movement}: about {one.at / 10:g} cm of snow"
    if one.kind is ChangeKind.HOUR:
        return f"{one.movement}: about {one.at:g} o'clock"
    return f"{one.movement}: {_name(network, one.segment_id)} ({one.segment_id})"


def _name(network: StreetNetwork, segment_id: int | None) -> str:
    segment = None if segment_id is None else network.find(segment_id)
    names: Sequence[Sequence[str]] = [] if segment is None else [*segment.names.values()]
    return next((spellings[0] for spellings in names if spellings), "a street")


def _times(learned: LearnedPace) -> Iterator[str]:
    """Yield what is no share of a street's seconds: turns, loading, stops, and leaving routes."""
    for turn in learned.turns:
        words = turn.kind.replace("_", " ")
        yield f"turn, {words}: {turn.seconds:.0f} s, assumed {turn.assumed_s:.0f} s, {turn.seen}"
    for fill in learned.fills:
        minutes = f"{fill.seconds / 60:.0f} min, assumed {fill.assumed_s / 60:.0f} min"
        yield f"loading at {fill.name}: {minutes}, {fill.visits} visits"
    if learned.scatter is not None:
        odds = FinishOdds(*learned.scatter, kept=0.5)
        yield f"ends 4 h ahead: two of three within {odds.sd_s(4 * 3600.0) / 60:.0f} min"
    for habit in learned.habits:
        driven = f"{habit.stops} stops, {habit.driven_m / 1000:.0f} km"
        yield f"{habit.machine}: stops add {habit.stop_share:.1%} ({driven})"
        if habit.off_route is not None:
            yield f"{habit.machine}: {habit.off_route:.1%} of the metres off its route"
