"""What one more machine would have brought a storm, in sentences and a table with ranges.

The council's page and the printed report show the same texts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import copysign
from typing import Any

from data.files.json_records import from_plain
from data.model import PlanRun, RunState
from fleet.what_if.hindsight_gain import (
    NOTICED_KM,
    NOTICED_KM_H,
    NOTICED_S,
    Gain,
    Hindsight,
    Measure,
    PartGain,
    avoided_cost,
    part_gains,
)
from maps.pages.i18n import Translator
from maps.pages.tables import at_most, currency_text, exact, rounded, span_text
from maps.what_if import MachineTypeView, QuestionState

MINUTE_S = 60.0

LEFT_TO_RIGHT = "\u200e"
"""A mark before the minus of a number, as Persian numbers have it; isolates are lost on paper."""

PRICE_DIGITS = 3
"""Digits of a price of lateness that say something."""

type GainRow = tuple[str, str, str, str]
"""What is measured, with the machines that the storm had, with one more, and the gain."""

METHOD = (
    "Both sides are plans that were computed for this storm: {jobs} jobs and when they really "
    "arose, {machines} machines as they were in service. Neither is how the storm really went: "
    "nobody drives like a plan, and a plan knows all work beforehand.",
    "The added machine is like most of its type in the city, is in service from the first snow "
    "until the last shift ends, and follows its plan.",
    "Each side was searched {count} times from other random starts; a figure is the middle one of "
    "them. The range goes from the smallest to the largest difference between a search with the "
    "machine and one without it. A gain is clear where all of its range is for the better; by "
    "chance alone that happens once in 20 times for each figure for itself, so among several one "
    "may be clear by chance.",
)
"""What an answer rests on, and what its ranges are."""

LEARNED = (
    "Both sides drive and work as fast as past storms taught, in the hours of this storm and at "
    "the usual depth of snow."
)
ASSUMED = "Both sides drive and work as fast as the city's settings assume."


@dataclass(frozen=True, slots=True)
class GainGroup:
    """Rows of the table about a class, all classes, or the added machine."""

    name: str
    rows: tuple[GainRow, ...]


@dataclass(frozen=True, slots=True)
class GainAnswer:
    """What a machine more would have brought; `basis` says what the answer rests on."""

    sentences: tuple[str, ...]
    heads: GainRow
    groups: tuple[GainGroup, ...]
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GainView:
    """A type of machine, the newest answer about it, and how its last question goes.

    `state` is `None` where nobody has asked, `share` how much of the searches is done, `fault` in
    words why there is no newer answer, `run_id` the question that can be stopped.
    """

    type: str
    name: str
    state: QuestionState | None
    run_id: int | None
    share: float
    fault: str
    answer: GainAnswer | None


@dataclass(frozen=True, slots=True)
class GainPanel:
    """All types of machines of the city, the most frequent first; none without a storm.

    Only of a storm that is `over` somebody may ask.
    """

    storm: int | None
    over: bool
    types: tuple[GainView, ...]


def gain_panel(
    storm: int | None,
    over: bool,
    types: Sequence[MachineTypeView],
    runs: Sequence[PlanRun],
    t: Translator,
) -> GainPanel:
    """Return the questions about a storm; its `runs` are the newest first."""
    answers = gain_answers(runs, t)
    last = {run.options["type"]: run for run in reversed(runs)}
    return GainPanel(
        storm,
        over,
        tuple(_view(one, last.get(one.type), answers.get(one.type), t) for one in types),
    )


def gain_answers(runs: Sequence[PlanRun], t: Translator) -> Mapping[str, GainAnswer]:
    """Return the newest answer about each type of machine, as `runs` are the newest first."""
    newest: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        if run.answer is not None:
            newest.setdefault(run.options["type"], run.answer)
    return {name: gain_answer(from_plain(Hindsight, plain), t) for name, plain in newest.items()}


def gain_answer(found: Hindsight, t: Translator) -> GainAnswer:
    """Return an answer in words."""
    parts = {part.name: part for part in part_gains(found)}
    whole = parts.pop("")
    classes = [parts[name] for name in t.classes_in_order(parts)]
    machine = t(f"machine:{found.machine_type}")
    return GainAnswer(
        sentences=tuple(_sentences(found, classes, whole, machine, t)),
        heads=(
            "",
            t("With the machines it had"),
            t("One more: {machine}", machine=machine),
            t("Gain (range)"),
        ),
        groups=(
            *(GainGroup(t.named("class", one.name), tuple(_rows(one, t))) for one in classes),
            GainGroup(t("All classes"), tuple(_rows(whole, t))),
            GainGroup(t("The added machine"), tuple(_machine_rows(found, whole, t))),
        ),
        basis=tuple(_basis(found, t)),
    )


def _view(
    one: MachineTypeView, run: PlanRun | None, answer: GainAnswer | None, t: Translator
) -> GainView:
    if run is None:
        return GainView(one.type, one.name, None, None, 0.0, "", answer)
    state = {RunState.DONE: QuestionState.DONE, RunState.FAILED: QuestionState.FAILED}.get(
        run.state, QuestionState.COMPUTING
    )
    done = 1.0 if run.state is RunState.DONE else min(run.elapsed_s / run.seconds, 1.0)
    share = round(done, 2)  # pages keep still
    fault = t(run.fault.text, **run.fault.values) if run.fault else ""
    return GainView(one.type, one.name, state, run.id, share, fault, answer)


def _sentences(
    found: Hindsight, classes: Sequence[PartGain], whole: PartGain, machine: str, t: Translator
) -> Iterator[str]:
    sooner = next((one for one in classes if one.done_s and one.done_s.gain.clear(NOTICED_S)), None)
    avoided = whole.late_km_h.gain
    if sooner is None and not avoided.clear(NOTICED_KM_H):
        yield t(
            "No clear difference: with one more machine ({machine}), plans come out no better than "
            "plans without it do among themselves.",
            machine=machine,
        )
    elif sooner is None or sooner.done_s is None:
        yield t(
            "One more machine ({machine}) would not clearly have cleared any class sooner.",
            machine=machine,
        )
    else:
        yield t(
            "One more machine ({machine}) would have cleared all of {name} for the first time "
            "{value} min sooner ({low} to {high}).",
            machine=machine,
            name=t.named("short", sooner.name),
            **_minutes(sooner.done_s, t),
        )
    if avoided.clear(NOTICED_KM_H):
        yield t(
            "It would have avoided {value} km-hours of lateness ({low} to {high}); a kilometre "
            "that is late for an hour is one.",
            **_tenths(whole.late_km_h, t),
        )
    elif max(whole.late_km_h.without, whole.late_km_h.with_more) < NOTICED_KM_H:
        yield t("No work is late, with it or without it.")
    elif sooner is not None:
        yield t(
            "In lateness there is no clear difference: {low} to {high} km-hours less.",
            **_tenths(whole.late_km_h, t),
        )
    yield _cost_sentence(found, avoided, t)


def _cost_sentence(found: Hindsight, avoided: Gain, t: Translator) -> str:
    cost, each = found.hours * found.rate_h, avoided_cost(found, avoided)
    if cost <= 0:
        return t("What an hour of it costs is not set, so nothing can be said of money.")
    values = {
        "hours": at_most(found.hours, 1, t),
        "cost": t.number(cost),
        "currency": currency_text(found.currency, t),
    }
    if each is None:
        return t("Its {hours} h of service would have cost {cost} {currency}.", **values)
    return t(
        "Its {hours} h of service would have cost {cost} {currency}: {value} {currency} for each "
        "km-hour of lateness avoided ({low} to {high}).",
        **values,
        **_money(each, t),
    )


def _rows(part: PartGain, t: Translator) -> Iterator[GainRow]:
    if part.done_s is not None:
        gain = part.done_s.gain
        yield (
            t("All cleared for the first time after"),
            span_text(part.done_s.without, t),
            span_text(part.done_s.with_more, t),
            _told(
                "{value} min sooner ({low} to {high})", gain, NOTICED_S, _minutes(part.done_s, t), t
            ),
        )
    yield _row(
        t("Lateness, km-hours"),
        part.late_km_h,
        "{value} less ({low} to {high})",
        NOTICED_KM_H,
        t,
    )
    yield _row(
        t("Work done in time, km"), part.in_time_km, "{value} more ({low} to {high})", NOTICED_KM, t
    )


def _row(label: str, found: Measure, words: str, least: float, t: Translator) -> GainRow:
    told = _told(words, found.gain, least, _tenths(found, t), t)
    return (label, exact(found.without, 1, t), exact(found.with_more, 1, t), told)


def _told(words: str, gain: Gain, least: float, values: Mapping[str, str], t: Translator) -> str:
    """Return a difference with its range, or that there is none, or none that is clear."""
    if max(-gain.low, gain.high) < least:
        return t("the same")
    if not gain.clear(least):
        return t("no clear difference ({low} to {high})", **values)
    return t(words, **values)


def _machine_rows(found: Hindsight, whole: PartGain, t: Translator) -> Iterator[GainRow]:
    yield (t("Hours in service"), "", at_most(found.hours, 1, t), "")
    cost, currency = found.hours * found.rate_h, currency_text(found.currency, t)
    if cost <= 0:
        return
    yield (t("Cost, {currency}", currency=currency), "", t.number(cost), "")
    each = avoided_cost(found, whole.late_km_h.gain)
    if each is not None:
        values = _money(each, t)
        yield (
            t("Cost of a km-hour of lateness avoided, {currency}", currency=currency),
            "",
            values["value"],
            t("{low} to {high}", low=values["low"], high=values["high"]),
        )


def _basis(found: Hindsight, t: Translator) -> Iterator[str]:
    counts = {"jobs": found.jobs - found.impossible, "machines": found.machines}
    yield t(METHOD[0], **counts)
    yield t(METHOD[1])
    yield t(LEARNED if found.learned else ASSUMED)
    yield t(METHOD[2], count=len(found.without))
    if found.impossible:
        yield t(
            "{count} jobs are left out: none of these machines can do them.", count=found.impossible
        )
    when = t("{date}, {time}", date=t.date(found.as_of), time=t.time(found.as_of))
    yield t("Worked out from the storm as it was known on {when}.", when=when)


def _minutes(found: Measure, t: Translator) -> dict[str, str]:
    return _values(found, MINUTE_S, 0, t)


def _tenths(found: Measure, t: Translator) -> dict[str, str]:
    return _values(found, 1.0, 1, t)


def _values(found: Measure, unit: float, places: int, t: Translator) -> dict[str, str]:
    """Return a gain and its range; the gain is that of the two figures as they are shown."""
    sides = [rounded(side / unit, places) for side in (found.without, found.with_more)]
    shown = copysign(abs(sides[0] - sides[1]), found.gain.middle)
    ends = {"low": found.gain.low / unit, "value": shown, "high": found.gain.high / unit}
    return {name: _signed(value, places, t) for name, value in ends.items()}


def _money(gain: Gain, t: Translator) -> dict[str, str]:
    """Return a price and its range without digits that are beyond any certainty."""
    ends = {"low": gain.low, "value": gain.middle, "high": gain.high}
    return {
        name: t.number(float(f"{value:.{PRICE_DIGITS}g}"), 0 if value >= 10 else 2)
        for name, value in ends.items()
    }


def _signed(value: float, places: int, t: Translator) -> str:
    """Return a number whose minus stands on its left in every language."""
    text = exact(abs(value), places, t)
    if value >= 0 or text == exact(0.0, places, t):
        return text
    return f"{LEFT_TO_RIGHT if t.speech.rtl else ''}−{text}"
