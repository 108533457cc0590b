"""Questions about the fleet and their answers, in words: "with 2 more graders P1 ends at 03:10"."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from data.files.json_records import from_plain
from data.model import PlanRun, RunState, ServiceClass, Vehicle, VehicleId
from data.streets.network import StreetNetwork
from fleet.what_if.class_limits import ClassLimit
from maps.logbook.vehicle_words import listed
from maps.pages.i18n import Translator
from maps.planning.plan_words import moment_words
from maps.streets.street import called, street_name

NOTICED_MIN = 5
"""A difference of fewer minutes is none, nor is one by which two searches of one fleet differ: long
searches found up to four minutes that an answer had not (docs/benchmarks.md)."""


class QuestionState(StrEnum):
    """State of a what-if question."""

    COMPUTING = "computing"
    DONE = "done"
    FAILED = "failed"


_STATES = {RunState.DONE: QuestionState.DONE, RunState.FAILED: QuestionState.FAILED}


@dataclass(frozen=True, slots=True)
class ClassAnswerView:
    """Times at which a class is finished with the present and the changed fleet, if ever.

    `not_before` is proved for the changed fleet, whatever the plan; `chance_min` is by how much two
    searches of the same fleet may differ. `limit` says what holds it up in the changed fleet.
    """

    service_class: str
    base_at: datetime | None
    found_at: datetime | None
    not_before: datetime | None
    sooner_min: int | None
    chance_min: int
    base_words: str
    found_words: str
    words: str
    limit: str


@dataclass(frozen=True, slots=True)
class WhatIfView:
    """A what-if question, and its answer when done.

    `share` is how much of the searches is done, 0 to 1. `without` names machines that the changed
    fleet does without, `as_of` is when both fleets begin. `fault` is the msgid of why there is no
    answer.
    """

    id: int
    state: QuestionState
    ahead: int
    share: float
    machines: Mapping[str, int]
    change: str
    seconds: float
    as_of: datetime | None
    without: Sequence[str]
    classes: tuple[ClassAnswerView, ...]
    base_unserved: int | None
    unserved: int | None
    words: str
    fault: str
    fault_values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionNews:
    """Notice to boards that a what-if question has changed."""

    id: int
    state: RunState
    ahead: int
    share: float


@dataclass(frozen=True, slots=True)
class MachineTypeView:
    """A type of machine of the fleet, and the number of it in service."""

    type: str
    name: str
    in_service: int


@dataclass(frozen=True, slots=True)
class WhatIfPanel:
    """The what-if panel: machine types, seconds of an answer's searches, and earlier questions."""

    types: tuple[MachineTypeView, ...]
    seconds: float
    asked: tuple[WhatIfView, ...]


def question_news(run: PlanRun, ahead: int) -> QuestionNews:
    """Return what boards hear of a question."""
    return QuestionNews(run.id, run.state, ahead, _share(run))


def what_if_view(run: PlanRun, ahead: int, network: StreetNetwork, t: Translator) -> WhatIfView:
    """Return a question with its answer, if it has one."""
    answer = run.answer if run.state is RunState.DONE else None
    change = change_words(run.options["machines"], t)
    classes = _classes(answer, network, t) if answer else ()
    return WhatIfView(
        id=run.id,
        state=_STATES.get(run.state, QuestionState.COMPUTING),
        ahead=ahead,
        share=_share(run),
        machines=run.options["machines"],
        change=change,
        seconds=run.seconds,
        as_of=_time(answer["as_of"]) if answer else None,
        without=answer["without"] if answer else (),
        classes=classes,
        base_unserved=answer["base"]["unserved"] if answer else None,
        unserved=answer["found"]["unserved"] if answer else None,
        words=_summary(change, classes, t) if answer else "",
        fault=run.fault.text if run.fault else "",
        fault_values=run.fault.values if run.fault else {},
    )


def machine_types(
    vehicles: Iterable[Vehicle], serving: frozenset[VehicleId], t: Translator
) -> tuple[MachineTypeView, ...]:
    """Return the types of machines of a fleet, the most frequent first."""
    known = list(vehicles)
    counts = Counter(one.type for one in known)
    out = Counter(one.type for one in known if one.id in serving)
    types = sorted(counts, key=lambda name: (-counts[name], name))
    return tuple(MachineTypeView(name, t(f"machine:{name}"), out[name]) for name in types)


def change_words(change: Mapping[str, int], t: Translator) -> str:
    """Return the number of added or removed machines in words."""
    parts = [
        t(
            "{count} more: {machine}" if count > 0 else "{count} fewer: {machine}",
            count=abs(count),
            machine=t(f"machine:{name}"),
        )
        for name, count in sorted(change.items())
    ]
    return listed(parts, t)


def _share(run: PlanRun) -> float:
    """Return how much of its seconds a question has had, in hundredths: pages keep still."""
    if run.state is RunState.DONE:
        return 1.0
    return round(min(run.elapsed_s / run.seconds, 1.0), 2) if run.state is RunState.RUNNING else 0.0


def _classes(
    answer: Mapping[str, Any], network: StreetNetwork, t: Translator
) -> tuple[ClassAnswerView, ...]:
    names = t.classes_in_order(answer["base"]["finish"].keys() | answer["found"]["finish"].keys())
    return tuple(_class_answer(name, answer, network, t) for name in names)


def _class_answer(
    name: ServiceClass, answer: Mapping[str, Any], network: StreetNetwork, t: Translator
) -> ClassAnswerView:
    base, found, since = answer["base"], answer["found"], _time(answer["as_of"])
    base_at, found_at = _maybe(base["finish"].get(name)), _maybe(found["finish"].get(name))
    chance_min, sooner = max(_chance_min(found, name), NOTICED_MIN - 1), None
    if base_at is not None and found_at is not None:
        sooner = round((base_at - found_at).total_seconds() / 60)
    return ClassAnswerView(
        service_class=name,
        base_at=base_at,
        found_at=found_at,
        not_before=_maybe(found["not_before"].get(name)),
        sooner_min=sooner,
        chance_min=chance_min,
        base_words=_finish(base_at, since, t),
        found_words=_finish(found_at, since, t),
        words=_difference(base_at, found_at, sooner, chance_min, t),
        limit=_limit_words(found.get("limits", {}).get(name), since, network, t),
    )


def _limit_words(plain: object, since: datetime, network: StreetNetwork, t: Translator) -> str:
    """Return in a sentence what holds up a class; empty where nothing of it is planned."""
    if plain is None:
        return ""
    limit = from_plain(ClassLimit, plain)
    street = network.find(limit.segment_id)
    return t(
        f"limit:{limit.kind}",
        street="" if street is None else called(street_name(street), t),
        machines=listed([t(f"machine:{name}") for name in limit.types], t),
        count=round(limit.drive_min),
        time=moment_words(limit.shift_ends_at, since, t),
    )


def _finish(at: datetime | None, since: datetime, t: Translator) -> str:
    return t("not completely") if at is None else moment_words(at, since, t)


def _difference(
    base_at: datetime | None,
    found_at: datetime | None,
    sooner: int | None,
    chance_min: int,
    t: Translator,
) -> str:
    if found_at is None:
        return t("as now") if base_at is None else t("no longer finished")
    if sooner is None:
        return t("finished after all")
    if abs(sooner) < _noticed_min(chance_min):
        return t("as now")
    span = _span(abs(sooner), t)
    if sooner > 0:
        return t("{span} sooner", span=span)
    return t("at most {span} later", span=span)  # so late where no better plan is found


def _noticed_min(chance_min: int) -> int:
    return max(NOTICED_MIN, chance_min + 1)


def _chance_min(outcome: Mapping[str, Any], name: str) -> int:
    return round(float(outcome["spread_min"].get(name, 0.0)))


def _summary(change: str, classes: Sequence[ClassAnswerView], t: Translator) -> str:
    """Return the answer as a sentence about the most urgent class that changes."""
    same = t("as now")
    told = next((one for one in classes if one.words != same), None)
    if told is None:
        count = max((_noticed_min(one.chance_min) for one in classes), default=NOTICED_MIN)
        nothing = t(
            "{change}. No class is finished {count} min sooner or later, or more."
            " Less is within the noise of the search.",
            change=change,
            count=count,
        )
        first = next((one for one in classes if one.limit), None)
        if first is None:
            return nothing
        return f"{nothing} {t.named('short', first.service_class)}: {first.limit}"
    name = t.named("short", told.service_class)
    shown = {"change": change, "name": name, "time": told.found_words, "difference": told.words}
    if told.found_at is None:
        return t("{change}. {name} is no longer finished.", **shown)
    return t("{change}. {name} is finished at {time}: {difference}.", **shown)


def _span(minutes: int, t: Translator) -> str:
    if minutes < 60:
        return t("{count} min", count=minutes)
    hours, rest = divmod(minutes, 60)
    if not rest:
        return t("{count} h", count=hours)
    return t("{hours} h {minutes} min", hours=hours, minutes=rest)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
