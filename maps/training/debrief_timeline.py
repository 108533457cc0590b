"""What happened when in a training, as a list of moments and drawn along a line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from data.model import Alert, VehicleId
from fleet.alerts.severity import Severity, severity
from fleet.training.scores.alert_times import JudgedAlert
from fleet.training.scores.debrief import Debrief
from fleet.training.timeline import Happening
from maps.pages.i18n import Translator
from maps.pages.tables import span_text
from maps.training.timeline import happening_words

WIDE = 1000.0
"""Width of the drawn line."""

STEPS_H = (0.25, 0.5, 1, 2, 3, 6, 12, 24)
MOST_TICKS = 10

SUDDEN = frozenset({"blocked", "call", "closure", "message", "power_cut", "trouble"})
"""Tables of a scenario that people did people acted upon: neither snow nor most callers."""

FOLDED_FROM = 4
"""From so many moments of alerts of single trucks after each other on they are folded into one."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class MomentKind(StrEnum):
    """What happened at a moment."""

    BEGAN = "began"
    PLAN = "plan"
    ALERT = "alert"
    TRUCK_ALERT = "truck_alert"
    SCENARIO = "scenario"
    ADDED = "added"
    NOTE = "note"
    MARK = "mark"
    MISSED = "missed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DebriefMoment:
    """A moment: its clock time, seconds after the storm began, what it is, and in words.

    `parts` are the moments that are folded into it.
    """

    time: str
    at_s: int
    kind: MomentKind
    words: str
    parts: tuple["DebriefMoment", ...] = ()


@dataclass(frozen=True, slots=True)
class SignView:
    """A sign on the line: how far along it is, of what kind, and in words."""

    x: float
    kind: MomentKind
    words: str


@dataclass(frozen=True, slots=True)
class HourView:
    """A moment of the line and its clock time."""

    x: float
    time: str


@dataclass(frozen=True, slots=True)
class StripView:
    """The line, which runs in the reader's direction: its moments and the signs on it."""

    ticks: tuple[HourView, ...]
    signs: tuple[SignView, ...]


@dataclass(frozen=True, slots=True)
class StormTimes:
    """When a training began, until when it is told of, and how its times are told."""

    began_at: datetime
    until: datetime
    t: Translator

    def told(self, at: datetime) -> str:
        """Return a clock time, with its day where the training is longer than one."""
        return self.t.day_time(at) if self.until - self.began_at > DAY else self.t.time(at)

    def after_s(self, at: datetime) -> int:
        """Return how long after the beginning a moment is, in seconds."""
        return max(int((at - self.began_at).total_seconds()), 0)


@dataclass(frozen=True, slots=True)
class Names:
    """What colleagues call people, by sign-in name, and the names of machines."""

    people: Mapping[str, str]
    machines: Mapping[VehicleId, str]


@dataclass(frozen=True, slots=True)
class _Happened:
    at: datetime
    kind: MomentKind
    words: str


def timeline(found: Debrief, names: Names, t: Translator) -> tuple[DebriefMoment, ...]:
    """Return what happened, the first first; what is told twice of one second stands there once."""
    times = times_of(found, t)
    told = (
        DebriefMoment(times.told(one.at), times.after_s(one.at), one.kind, one.words)
        for one in sorted(_moments(found, names, t), key=lambda one: one.at)
        if found.storm.started_at <= one.at <= found.at
    )
    return tuple(dict.fromkeys(told))


def folded(moments: Iterable[DebriefMoment], t: Translator) -> Iterator[DebriefMoment]:
    """Yield moments, many alerts of single trucks after each other as one that has them."""
    for kind, those in groupby(moments, lambda one: one.kind):
        alike = tuple(those)
        if kind is not MomentKind.TRUCK_ALERT or len(alike) < FOLDED_FROM:
            yield from alike
            continue
        first, last = alike[0], alike[-1]
        words = t.plural(
            "{count} alerts of trucks that lost time, until {time}", len(alike), time=last.time
        )
        yield DebriefMoment(first.time, first.at_s, kind, words, alike)


def strip_view(found: Debrief, names: Names, t: Translator) -> StripView:
    """Return the line of a training; it is drawn from the right where one reads from there."""
    times = times_of(found, t)
    whole_s = max((found.at - found.storm.started_at).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        share = (at - found.storm.started_at).total_seconds() / whole_s
        return round(WIDE * (1.0 - share if t.speech.rtl else share), 1)

    step_h = next((one for one in STEPS_H if whole_s / 3600 / one < MOST_TICKS), STEPS_H[-1])
    count = int(whole_s / 3600 / step_h)
    ticks = [found.storm.started_at + step_h * number * HOUR for number in range(count + 1)]
    return StripView(
        tuple(HourView(x(at), times.told(at)) for at in ticks),
        tuple(
            SignView(x(one.at), one.kind, f"{times.told(one.at)} {one.words}")
            for one in _moments(found, names, t)
            if found.storm.started_at <= one.at <= found.at
            and one.kind not in (MomentKind.BEGAN, MomentKind.ENDED)
        ),
    )


def of_the_scenario(
    happenings: Iterable[Happening], machines: Sequence[str], t: Translator
) -> Iterator[tuple[datetime, str]]:
    """Yield what a scenario brought suddenly: when, and in words."""
    for one in happenings:
        if one.added_by or one.key not in SUDDEN:
            continue
        what = happening_words(one, machines, t)
        if one.ends_at is None:
            yield one.begins_at, t("{what} (in the scenario)", what=what)
        else:
            until = t.time(one.ends_at)
            words = t("{what} (in the scenario, until {until})", what=what, until=until)
            yield one.begins_at, words


def times_of(found: Debrief, t: Translator) -> StormTimes:
    """Return how the times of a training are told."""
    return StormTimes(found.storm.started_at, found.at, t)


def _moments(found: Debrief, names: Names, t: Translator) -> Iterator[_Happened]:
    storm = found.storm
    yield _Happened(storm.started_at, MomentKind.BEGAN, t("The storm began."))
    yield from _plans(found, t)
    yield from _alerts(found, names, t)
    yield from _brought(found, [*names.machines.values()], t)
    yield from _noted(found, names, t)
    yield from _missed(found, t)
    if storm.ended_at is not None:
        yield _Happened(storm.ended_at, MomentKind.ENDED, t("The storm was closed."))


def _plans(found: Debrief, t: Translator) -> Iterator[_Happened]:
    changes = {one.plan_id: one for one in found.facts.changes}
    for plan_id, at in found.driven.items():
        change = changes.get(plan_id)
        words = t("A plan was published.")
        if change is not None:
            felt = t.plural("{count} trucks were sent elsewhere.", change.felt)
            words = f"{t('A new plan was published.')} {felt}"
        yield _Happened(at, MomentKind.PLAN, words)


def _brought(found: Debrief, machines: Sequence[str], t: Translator) -> Iterator[_Happened]:
    """Yield what came of the scenario, and what an instructor added to it."""
    for at, words in of_the_scenario(found.happenings, machines, t):
        yield _Happened(at, MomentKind.SCENARIO, words)
    for one in found.happenings:
        if one.added_at is not None:
            what = happening_words(one, machines, t)
            words = t("{what} (added by the instructor)", what=what)
            yield _Happened(one.added_at, MomentKind.ADDED, words)


def _noted(found: Debrief, names: Names, t: Translator) -> Iterator[_Happened]:
    """Yield what instructors wrote, and to which moments they set everything back."""
    for note in found.notes:
        who = names.people.get(note.made_by) or note.made_by
        words = t("Note by {who}: {words}", who=who, words=note.words)
        yield _Happened(note.at, MomentKind.NOTE, words)
    for mark in found.marks:
        if mark.label:
            who = names.people.get(mark.made_by) or mark.made_by
            words = t("Mark by {who}: {words}", who=who, words=mark.label)
            yield _Happened(mark.at, MomentKind.MARK, words)
    for at in found.set_backs:
        yield _Happened(at, MomentKind.MARK, t("Everything was set back to this moment."))


def _missed(found: Debrief, t: Translator) -> Iterator[_Happened]:
    for point in found.points or ():
        if point.missed:
            minutes = t.number(round(point.most))
            words = t("A new plan would have saved {minutes} min of lateness.", minutes=minutes)
            yield _Happened(point.at, MomentKind.MISSED, words)


def _alerts(found: Debrief, names: Names, t: Translator) -> Iterator[_Happened]:
    """Yield alerts; those of one second that came to the same are one."""
    times = times_of(found, t)
    alike: dict[tuple[int, str, str], list[JudgedAlert]] = {}
    for one in found.alerts:
        alert = one.alert
        came_to = (int(alert.since.timestamp()), alert.kind, _alert_words("", one, times))
        alike.setdefault(came_to, []).append(one)
    for those in alike.values():
        first = those[0].alert
        of = [one.alert.vehicle_id for one in those if one.alert.vehicle_id in names.machines]
        machines = t.listed([names.machines[each] for each in of if each is not None])
        what = t(f"alert_kind:{first.kind}")
        told = t("{what} ({place})", what=what, place=machines) if machines else what
        is_grave = severity(first) >= Severity.STREETS
        kind = MomentKind.ALERT if is_grave else MomentKind.TRUCK_ALERT
        yield _Happened(first.since, kind, _alert_words(told, those[0], times))


def _alert_words(what: str, one: JudgedAlert, times: StormTimes) -> str:
    t = times.t
    if one.in_time is None:
        counts = t("That is not counted: its time was not up.")
    else:
        counts = t("That was in time.") if one.in_time else t("That was not in time.")
    return f"{_outcome(what, one.alert, times)} {counts}"


def _outcome(what: str, one: Alert, times: StormTimes) -> str:
    t, seen_at = times.t, one.acknowledged_at
    told = {"grave": t(f"severity:{severity(one).name.lower()}"), "what": what}
    if seen_at is not None:
        return t(
            "Alert ({grave}): {what}. Acknowledged at {time}, after {span}.",
            time=times.told(seen_at),
            span=span_text((seen_at - one.since).total_seconds(), t),
            **told,
        )
    if one.until is not None:
        span = span_text((one.until - one.since).total_seconds(), t)
        return t(
            "Alert ({grave}): {what}. It was over after {span}, unacknowledged.", span=span, **told
        )
    return t("Alert ({grave}): {what}. Nobody acknowledged it.", **told)
