"""The timeline of a rehearsal in the reader's language: what comes, came, was done and noted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.files.toml_reader import values_of
from data.languages import in_language
from data.model import Event
from data.model.training.live_training import TrainingNote
from data.model.training.rehearsal import TrainingMark
from data.training import PLACE
from fleet.training.timeline import Happening
from maps.pages.i18n import Translator
from maps.reports.audit_log import SubjectNames, sentence
from maps.streets.street import called, street_name


@dataclass(frozen=True, slots=True)
class MomentView:
    """A line of the timeline: what happened or will, from when to when.

    `kind` is "scenario", "added", "act", "note" or "mark"; `icon` a file of the icon set.
    """

    kind: str
    icon: str
    at: datetime
    until: datetime | None
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """What words of a timeline are made with: names of machines in order, of people, of things."""

    machines: Sequence[str]
    people: Mapping[str, str]
    names: SubjectNames
    t: Translator


ICONS: Mapping[str, str] = {
    "snow": "snowflake",
    "calls": "phone-incoming",
    "call": "phone-incoming",
    "trouble": "truck",
    "power_cut": "plug-zap",
    "blocked": "construction",
    "closure": "construction",
    "message": "message-square",
}
"""By the key of a scenario's table."""


def moments(happenings: Iterable[Happening], around: TimelineWords) -> list[MomentView]:
    """Return what comes and has come of the scenario and what was added to it."""
    return [
        MomentView(
            kind="added" if one.added_by else "scenario",
            icon=ICONS.get(one.key, "circle"),
            at=one.begins_at,
            until=one.ends_at,
            words=happening_words(one, around.machines, around.t),
            by=around.people.get(one.added_by) or one.added_by,
        )
        for one in happenings
    ]


def acts(lines: Sequence[Event], around: TimelineWords) -> list[MomentView]:
    """Return what trainees did, by lines of the audit log with the newest first, in order."""
    return [
        MomentView("act", "user", line.at, None, words, "")
        for line in reversed(lines)
        for words in [sentence(line, around.names, around.t, alone=True)]
    ]


def notes(written: Iterable[TrainingNote], around: TimelineWords) -> list[MomentView]:
    """Return what instructors noted."""
    return [
        MomentView(
            "note",
            "pencil",
            one.at,
            None,
            one.words,
            around.people.get(one.made_by) or one.made_by,
        )
        for one in written
    ]


def marks(kept: Iterable[TrainingMark], around: TimelineWords) -> list[MomentView]:
    """Return the marks that somebody set; those that the sandbox set itself have no label."""
    return [
        MomentView("mark", "flag", one.at, None, one.label, around.people.get(one.made_by, ""))
        for one in kept
        if one.label
    ]


def happening_words(one: Happening, machines: Sequence[str], t: Translator) -> str:
    """Return what one thing of a scenario is, in words; `machines` have their names in order."""
    values = values_of(one.table)
    street = called(street_name(one.street), t) if one.street else ""
    spoken = {name: _spoken(name, value, street, machines, t) for name, value in values.items()}
    part = "_in" if "place" in values else ""
    what = t(f"happening:{one.key}{part}", **spoken)
    is_found = street and one.key == "blocked"  # whose words do not say where
    return t("{what} ({place})", what=what, place=street) if is_found else what


def _spoken(
    name: str, value: object, street: str, machines: Sequence[str], t: Translator
) -> object:
    """Return a value of a scenario's table in words, with its street where that is known."""
    if name == "words" and isinstance(value, dict):
        return in_language(value, t.language).replace(PLACE, t.listed([street]) if street else "…")
    if name == "machine" and isinstance(value, int) and machines:
        return machines[(value - 1) % len(machines)]
    if isinstance(value, float):
        return t.number(value, 0 if value.is_integer() else 1)
    kinds = {"kind": "trouble", "place": "city_part", "street": "street_kind"}
    return t(f"{kinds[name]}:{value}") if name in kinds else value
