"""The page of how long work really takes: a proposal as tables, and what plans use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from data.model import StormId
from data.model.planning.paces import LearnedPace, PaceProposal, PaceState
from data.streets.network import StreetNetwork
from fleet.learning.corrections import Corrections, InPlans
from fleet.learning.pace_changes import ChangeKind, PaceChange, pace_changes
from maps.learning.pace_map import PaceMap, pace_map
from maps.pages.i18n import Translator
from maps.pages.tables import TableView
from maps.streets.street import called, street_name
from routing.problem.finish_odds import FinishOdds

MOST_STREETS = 100
"""Streets in the table: those that are farthest from their class."""


AHEAD_H = (1, 4, 8)
"""How far ahead the ends are of which the table tells how sure they are."""

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class DurationsView:
    """A proposal as shown: who made it, from which storms, its tables, and where streets differ.

    `id` is 0 where nothing was learned yet; `in_force` says whether plans use this one.
    """

    id: int
    in_force: bool
    made: str
    storms: str
    tables: tuple[TableView, ...]
    streets: int
    picture: PaceMap | None


@dataclass(frozen=True, slots=True)
class DurationsContext:
    """What the page is made with: streets, names of storms, what colleagues call people."""

    network: StreetNetwork
    storms: Mapping[StormId, str]
    people: Mapping[str, str]
    t: Translator


@dataclass(frozen=True, slots=True)
class PaceInForce:
    """What plans use: the number of a proposal, 0 for what is written down; and the last change."""

    proposal: int
    change: int


NOTHING = DurationsView(0, False, "", "", (), 0, None)
"""Before the first proposal."""


def durations_view(
    proposal: PaceProposal | None, in_plans: InPlans, around: DurationsContext
) -> DurationsView:
    """Return a proposal as the page shows it, beside what is `in_plans`."""
    if proposal is None:
        return NOTHING
    t = around.t
    changes = pace_changes(proposal.learned, in_plans)
    streets = [one for one in changes if one.subject.kind is ChangeKind.STREET]
    return DurationsView(
        id=proposal.id,
        in_force=proposal.state is PaceState.IN_FORCE,
        made=_who_when(around, proposal.made_by, t.day_time(proposal.made_at)),
        storms=t.listed([around.storms.get(one, str(one)) for one in proposal.storm_ids]),
        tables=tuple(_tables(proposal.learned, changes, around)),
        streets=len(streets),
        picture=pace_map(around.network, streets),
    )


def in_force_words(used: PaceProposal | None, around: DurationsContext) -> str:
    """Return what plans use now."""
    t = around.t
    if used is None or used.decided_at is None:
        return t("Plans assume what is written in the fleet and its reload sites.")
    who = _who_when(around, used.decided_by, t.day_time(used.decided_at))
    return t("Plans use proposal {number}, put in force by {who}.", number=used.id, who=who)


def left_out_words(learned: LearnedPace, corrected: Corrections, t: Translator) -> str:
    """Return which speeds and filling times plans do not use, since the fleet file was changed."""
    names = [
        " · ".join((t(f"movement:{movement}"), t(f"machine:{machine}")))
        for movement, machine in sorted(corrected.speeds)
    ]
    names += [one.name for one in learned.fills if one.site_id in corrected.fills]
    if not names:
        return ""
    return t(
        "The fleet file was changed since this was learned. How long these take in general comes "
        "from it alone: {what}. What single streets, snow, hours and stops change still counts.",
        what=t.listed(names),
    )


def _who_when(around: DurationsContext, login: str, when: str) -> str:
    name = around.people.get(login) or around.t.named("actor", login)
    return around.t("{name}, {time}", name=name, time=when)


def _tables(
    learned: LearnedPace, changes: Sequence[PaceChange], around: DurationsContext
) -> Iterator[TableView]:
    """Yield the tables that have rows."""
    t = around.t
    heads = (t("Times as long"), t("Surely between"), t("In plans now"), t("Drives"))
    captions = {
        ChangeKind.KIND: (t("Machines on classes of roads"), t("Work and machine")),
        ChangeKind.DEPTH: (t("Depth of snow, against the mean"), t("Snow on the street")),
        ChangeKind.HOUR: (t("Hour of the day, against the mean"), t("Hour")),
        ChangeKind.STREET: (t("Streets, against their class of roads"), t("Street")),
    }
    for kind, (caption, first) in captions.items():
        mine = [one for one in changes if one.subject.kind is kind]
        rows = tuple(_row(one, around) for one in mine[:MOST_STREETS])
        if rows:
            yield TableView(caption, (first, *heads), rows)
    yield from _seconds(learned, t)


def _row(change: PaceChange, around: DurationsContext) -> tuple[str, ...]:
    t = around.t
    between = t("{low} and {high}", low=t.number(change.low, 2), high=t.number(change.high, 2))
    counts = (t.number(change.times, 2), between, t.number(change.now, 2), t.number(change.count))
    return (_subject(change, around), *counts)


def _subject(change: PaceChange, around: DurationsContext) -> str:
    one, t = change.subject, around.t
    movement = t(f"movement:{one.movement}")
    if one.kind is ChangeKind.KIND:
        parts = [movement, t(f"machine:{one.machine}"), t(f"road:{one.road}")]
    elif one.kind is ChangeKind.DEPTH:
        parts = [movement, t("about {depth} cm", depth=t.number(one.at / 10))]
    elif one.kind is ChangeKind.HOUR:
        parts = [movement, t("about {hour}:00", hour=t.number(one.at))]
    else:
        segment = None if one.segment_id is None else around.network.find(one.segment_id)
        name = called(street_name(segment), t) if segment else t("a former street")
        parts = [movement, name]
    return " · ".join(parts)


def _seconds(learned: LearnedPace, t: Translator) -> Iterator[TableView]:
    """Yield what is no share of a street's seconds: turns, loading, and time beside routes."""
    turns = tuple(
        (t(f"turn_kind:{one.kind}"), _s(one.seconds, t), _s(one.assumed_s, t), t.number(one.seen))
        for one in learned.turns
    )
    fills = tuple(
        (one.name, _min(one.seconds, t), _min(one.assumed_s, t), t.number(one.visits))
        for one in learned.fills
    )
    heads = (t("It takes"), t("Assumed"), t("Seen"))
    for caption, first, rows in (
        (t("Turns"), t("Turn"), turns),
        (t("Loading"), t("Reload site"), fills),
    ):
        if rows:
            yield TableView(caption, (first, *heads), rows)
    yield from _sureness(learned, t)
    habits = tuple(_habits(learned, t))
    if habits:
        shares = (
            t("Machine"),
            t("Driven"),
            t("Time that stops add"),
            t("Stops"),
            t("Driven off the route"),
        )
        yield TableView(t("Stops and leaving the route"), shares, habits)


def _sureness(learned: LearnedPace, t: Translator) -> Iterator[TableView]:
    """Yield how far ends of routes are from what plans say, by how far ahead they are."""
    if learned.scatter is None:
        return
    odds = FinishOdds(*learned.scatter, kept=0.5)
    rows = tuple(
        (
            t("{count} h", count=t.number(hours)),
            t("± {time}", time=_min(odds.sd_s(hours * HOUR_S), t)),
            t("± {time}", time=_min(odds.storm_sd * hours * HOUR_S, t)),
        )
        for hours in AHEAD_H
    )
    heads = (t("End ahead by"), t("Two of three are within"), t("Of that, the whole storm"))
    yield TableView(t("How sure ends of routes are"), heads, rows)


def _habits(learned: LearnedPace, t: Translator) -> Iterable[tuple[str, ...]]:
    for one in learned.habits:
        off = t("no route") if one.off_route is None else _percent(one.off_route, t)
        stops = (_percent(one.stop_share, t), t.number(one.stops), off)
        driven = t("{value} km", value=t.number(one.driven_m / 1000))
        yield (t(f"machine:{one.machine}"), driven, *stops)


def _percent(share: float, t: Translator) -> str:
    return t("{share} %", share=t.number(100 * share, 1))


def _s(seconds: float, t: Translator) -> str:
    return t("{seconds} s", seconds=t.number(seconds))


def _min(seconds: float, t: Translator) -> str:
    return t("{minutes} min", minutes=t.number(seconds / 60))
