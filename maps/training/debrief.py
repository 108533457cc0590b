"""The debrief of a training as a page shows it and as paper prints it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from data.languages import in_language
from data.model import PlanRun, RunState, Storm, StormId, VehicleId
from data.training import scenario_from_toml
from fleet.training.counting import Counted
from fleet.training.scores.debrief import Debrief, TraineeScore
from fleet.training.scores.decision_points import (
    CLEAR_MIN,
    USED_SHARE,
    DecisionPoint,
    MinutesSaved,
    missed_min,
)
from maps.pages.i18n import Translator
from maps.pages.tables import FigureView, TableView, at_most, span_text
from maps.training.debrief_timeline import (
    DebriefMoment,
    Names,
    StormTimes,
    StripView,
    folded,
    strip_view,
    timeline,
    times_of,
)
from maps.training.score_words import TraineeView, half_time, person_view, share_of_time

STOPPED = "conflict:what_if_stopped"
"""The fault of a search that was stopped before it found anything: nothing went wrong."""

TO_BE_NOTICED = frozenset({"call", "trouble"})
"""Tables of a scenario that trainees are to find out by themselves."""

MANY_MIN = 10.0
"""From so many minutes on no tenths are told."""


class SearchState(StrEnum):
    """How far the search for moments is at which a new plan would have been better."""

    NEVER = "never"
    WAITING = "waiting"
    STOPPING = "stopping"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SearchView:
    """The search for such moments: its state, in words, and the run that may be stopped."""

    state: SearchState
    words: str
    run_id: int | None = None

    @property
    def goes_on(self) -> bool:
        """Whether something is still to come of it."""
        return self.state in {SearchState.WAITING, SearchState.STOPPING}


@dataclass(frozen=True, slots=True)
class CountingView:
    """How far figures are that are still being counted, in words; "" where all is counted."""

    words: str


@dataclass(frozen=True, slots=True)
class PointView:
    """A moment at which plans were compared: its time, where it is in the replay, and what of it.

    `clear` marks those where a new plan was clearly better, `missed` where nobody made one then.
    """

    time: str
    at_s: int
    words: str
    clear: bool
    missed: bool


@dataclass(frozen=True, slots=True)
class DebriefView:
    """A debrief in words; `people` are only those whom the reader may see.

    `counting` says how far it is where it is still being counted.
    """

    storm: StormId
    title: str
    span: str
    counting: str
    figures: tuple[FigureView, ...]
    people: tuple[TraineeView, ...]
    search: SearchView
    points: tuple[PointView, ...]
    strip: StripView
    moments: tuple[DebriefMoment, ...]
    tables: tuple[TableView, ...]
    method: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DebriefContext:
    """What a debrief is told with: what colleagues call people, names of machines, the reader."""

    people: Mapping[str, str]
    machines: Mapping[VehicleId, str]
    t: Translator

    def name(self, login: str) -> str:
        """Return what somebody is called."""
        return self.people.get(login) or self.t.named("actor", login)


def debrief_view(
    found: Debrief, run: PlanRun | None, around: DebriefContext, login: str | None = None
) -> DebriefView:
    """Return a debrief in words; with a `login` only of that person, with the storm's figures.

    Notes and marks of the instructor, and what he added that has not begun, are only for whoever
    leads, who sees everybody.
    """
    t, names = around.t, Names(around.people, around.machines)
    scenario = scenario_from_toml(found.training.scenario)
    happened = found if login is None else _for_trainees(found)
    times = times_of(found, t)
    shown = [one for one in found.scores if login in (None, one.trainee.login)]
    return DebriefView(
        storm=found.storm.id,
        title=in_language(scenario.title, t.language),
        span=_span(found, t),
        counting=counting_view(found.counted, found.storm, t).words,
        figures=tuple(_figures(found, t)),
        people=tuple(_person(one, around) for one in shown),
        search=search_view(run, t),
        points=tuple(point_view(one, times) for one in found.points or ()),
        strip=strip_view(happened, names, t),
        moments=tuple(folded(timeline(happened, names, t), t)),
        tables=tuple(one for one in _tables(found, t) if one.rows),
        method=tuple(_method(t)),
    )


def _for_trainees(found: Debrief) -> Debrief:
    """Return a debrief without what an instructor wrote, what comes, and what is yet to be noticed.

    Which machine a trouble is with, and where a caller stands, is told once all is over.
    """
    begun = [one for one in found.happenings if one.begins_at <= found.at]
    told = [one for one in begun if found.over or one.key not in TO_BE_NOTICED]
    return replace(found, notes=(), marks=(), happenings=tuple(told))


def counting_view(reached: Counted, storm: Storm, t: Translator) -> CountingView:
    """Return whether figures are still being counted, and how far they are."""
    if not reached.behind:
        return CountingView("")
    return CountingView(
        t(
            "Still being counted: what the trucks did is known until {time}. All figures are of "
            "the time until then, and no final result is kept yet.",
            time=StormTimes(storm.started_at, reached.until, t).told(reached.until),
        )
    )


def search_view(run: PlanRun | None, t: Translator) -> SearchView:
    """Return how far the newest search is."""
    if run is None:
        return SearchView(
            SearchState.NEVER, t("Nobody has looked for moments of decision in this training yet.")
        )
    if run.state is RunState.DONE:
        marks = int(run.answer["marks"]) if run.answer else 0
        none = t("There is no mark yet at which plans can be compared.")
        words = t.plural("Plans were compared at {count} marks.", marks) if marks else none
        if run.stop_requested:
            stopped = t("Comparing was stopped before it was done.")
            return SearchView(SearchState.STOPPED, f"{stopped} {words}")
        return SearchView(SearchState.DONE, words)
    if run.fault and run.fault.text == STOPPED:
        words = t("Comparing was stopped before it was done.")
        return SearchView(SearchState.STOPPED, words)
    if run.state is RunState.FAILED:
        fault = t(run.fault.text, **run.fault.values) if run.fault else ""
        return SearchView(SearchState.FAILED, fault)
    if run.stop_requested:
        words = t("Comparing stops in a moment. What was found until now stays.")
        return SearchView(SearchState.STOPPING, words)
    done = min(run.iterations / max(run.options.get("searches", 0), 1), 0.99)
    words = t("Plans are being compared, {value} % done.", value=t.number(int(100 * done)))
    return SearchView(SearchState.WAITING, words, run.id)


def point_view(one: DecisionPoint, times: StormTimes) -> PointView:
    """Return what a comparison of plans at a moment came to."""
    return PointView(
        time=times.told(one.at),
        at_s=times.after_s(one.at),
        words=_point_words(one, times.t),
        clear=one.clear,
        missed=one.missed,
    )


def _point_words(one: DecisionPoint, t: Translator) -> str:
    if not one.clear:
        return t("A new plan would not have been clearly better here.")
    saved = [_saved(t.named("short", name), each, t) for name, each in one.better.items()]
    words = t(
        "A new plan here would have saved {saved} of lateness, the mean of the open streets.",
        saved=t.listed(saved),
    )
    moved = t.plural("{count} streets would have gone to another truck.", one.moved)
    if one.published_at is None:
        return f"{words} {moved}"
    time = t.time(one.published_at)
    if not one.missed:
        return f"{words} {t('The plan published at {time} saved about as much.', time=time)}"
    left = at_most(one.most, 0 if one.most >= MANY_MIN else 1, t)
    too_little = t(
        "After the plan published at {time}, {minutes} min of it were still to be saved.",
        time=time,
        minutes=left,
    )
    return f"{words} {too_little}"


def _saved(name: str, saved: MinutesSaved, t: Translator) -> str:
    """Return the minutes saved of a class, with their range where the searches differ."""
    value, low, high = (
        at_most(each, 0 if each >= MANY_MIN else 1, t)
        for each in (saved.middle, saved.low, saved.high)
    )
    if low == high:
        return t("{value} min of {name}", value=value, name=name)
    return t("{value} min of {name} ({low} to {high})", value=value, name=name, low=low, high=high)


def _person(one: TraineeScore, around: DebriefContext) -> TraineeView:
    vehicle_id = one.trainee.vehicle_id
    machine = "" if vehicle_id is None else around.machines.get(vehicle_id, "")
    return person_view(one, around.name(one.trainee.login), machine, around.t)


def _span(found: Debrief, t: Translator) -> str:
    began, at = found.storm.started_at, found.at
    return t(
        "From {since} to {until}, {span}",
        since=t("{date}, {time}", date=t.date(began), time=t.time(began)),
        until=times_of(found, t).told(at),
        span=span_text((at - began).total_seconds(), t),
    )


def _figures(found: Debrief, t: Translator) -> Iterator[FigureView]:
    for name, late in [*found.facts.lateness.items()][:1]:
        note = t("share of the time since it began to snow, by lanes")
        word = t("{name} late", name=t.named("short", name))
        yield FigureView(share_of_time(late.share, t), word, note)
    response = found.facts.response
    decided = response.in_time + response.late
    yield FigureView(
        share_of_time(response.within, t),
        t("requests answered in time"),
        t("of {count} that are decided", count=decided),
    )
    alerts, seen = found.facts.alerts, sum(one.in_time for one in found.facts.alerts)
    count = sum(one.alerts for one in alerts)
    value = t("{part} of {all}", part=t.number(seen), all=t.number(count)) if count else "–"
    yield FigureView(value, t("alerts seen to in time"), t("notes left out"))
    if found.points:
        minutes = t("{minutes} min", minutes=t.number(round(missed_min(found.points))))
        note = t("the best moment that nobody used")
        yield FigureView(minutes, t("lateness that a new plan would have saved"), note)


def _tables(found: Debrief, t: Translator) -> Iterator[TableView]:
    facts, times = found.facts, times_of(found, t)
    yield TableView(
        t("Lateness by class"),
        (t("Class"), t("Lane kilometres times hours"), t("Late"), t("Share late")),
        tuple(
            (
                t.named("class", name),
                t.number(late.lane_km_h, 1),
                t.number(late.late_km_h, 1),
                share_of_time(late.share, t),
            )
            for name, late in facts.lateness.items()
        ),
    )
    yield TableView(
        t("Alerts by how grave they were"),
        (
            t("Severity"),
            t("Alerts"),
            t("Seen in time"),
            t("Half of them seen within"),
            t("Half of them over within"),
        ),
        tuple(
            (
                t(f"severity:{one.severity.name.lower()}"),
                t.number(one.alerts),
                t.number(one.in_time),
                half_time(one.seen_s, t),
                half_time(one.ended_s, t),
            )
            for one in facts.alerts
        ),
    )
    yield TableView(
        t("New plans, as drivers felt them"),
        (t("Published"), t("Trucks with work ahead"), t("Next streets changed")),
        tuple(
            (times.told(one.at), t.number(one.trucks), t.number(one.felt)) for one in facts.changes
        ),
    )


def _method(t: Translator) -> Sequence[str]:
    return (
        t(
            "Each measure has points in proportion between the value that has all of them and the "
            "one that has none. A role's points are the mean of its measures by their weights; "
            "where there was nothing to measure, that counts neither way."
        ),
        t(
            "The storm's figures are those of all who led it: dispatchers of one training share "
            "them. Calls, routes and late requests are each person's own; a call that nobody took "
            "counts against all operators in whose time it rang or ended."
        ),
        t(
            "At each mark the plan that was driven goes on as it is, new work behind its routes, "
            "and is compared with three plans made anew from the same moment with the same "
            "knowledge. A moment counts only where the worst of the three saves at least {minutes} "
            "min of lateness of one of the two most urgent classes, the mean of its open streets. "
            "The range is that of the searches: not of weather, nor of people.",
            minutes=t.number(CLEAR_MIN),
        ),
        t(
            "Such a moment counts as used where a plan published within half an hour of it saves "
            "at least {share} % of what the worst of the three saves, with the same knowledge. Of "
            "any other plan, what it leaves to be saved counts. Less urgent classes are not "
            "judged. Streets that are never done are late until the last shift ends.",
            share=t.number(round(100 * USED_SHARE)),
        ),
    )
