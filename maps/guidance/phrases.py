"""What is said to a driver, cut into phrases that are each spoken once and then put together.

A phone without a voice of the driver's language plays the phrases of a sentence one after the
other (`shifts/driver/guide/stored-voice.js`): those of our templates, names, lengths.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from data.files.spoken_clips import SpokenText
from maps.guidance.driver_runs import DriverRun
from maps.guidance.instructions import MOST_EXITS
from maps.guidance.maneuvers import ManeuverKind
from maps.guidance.reading import read_aloud
from maps.guidance.run_groups import RunGroup
from maps.pages.i18n import Translator

FARTHEST_M = 250
"""So far before a maneuver it is said at most (`shifts/driver/guide/announcer.js`)."""

_GAP = "\n"
_TEMPLATES = {
    "maneuver:into": ("turn", "street"),
    "maneuver:then": ("first", "second"),
    "arrive:depot": ("place",),
    "arrive:reload": ("place",),
    "drive:to": ("place",),
    "run:and_sides": ("street",),
    "run:around": ("street",),
    "run:around_two": ("a", "b"),
    "run:between": ("a", "b"),
    "run:both": ("street",),
    "run:right": ("street",),
    "run:salt": ("street",),
    "run:to": ("what", "end"),
    "run:whole": ("street",),
}
"""Sentences with names in them, and what stands for these."""

_WHOLE = (
    "arrive:rest", "drive:on", "run:blade_down", "run:spreader_on", "run:without_names",
    "gear:blade_on", "gear:blade_off", "gear:spreader_on", "gear:spreader_off",
    "You are back on the route.", "You have left the route.", "Drive to where the route begins.",
)  # fmt: skip

_MARKS = re.compile(r"[\u2068\u2069]")
_PAUSES = re.compile(r"[,،;:.]+(?=\s|$)")


def said_of(runs: Sequence[DriverRun], groups: Sequence[RunGroup]) -> list[str]:
    """Return all sentences that a phone says of a route, without distances."""
    maneuvers = [one.text for run in runs for one in run.maneuvers]
    quarters = [one.sentence for one in groups]
    return maneuvers + [run.sentence for run in runs] + quarters


def phrases(sentences: Iterable[str], t: Translator) -> dict[str, SpokenText]:
    """Return the phrases of all that is said on a route, ours first, each as it is read aloud."""
    own = {phrase for sentence in _own_sentences(t) for phrase in _clauses(sentence)}
    longest_first = sorted(own, key=len, reverse=True)
    known = re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest_first))})(?!\S)")
    names = {
        name
        for sentence in sentences
        for clause in _clauses(sentence)
        for name in _clauses(known.sub(_GAP, clause))
    }
    ours = {phrase: read_aloud(phrase, t.language, is_name=False) for phrase in sorted(own)}
    theirs = {one: read_aloud(one, t.language, is_name=True) for one in sorted(names - own)}
    return ours | theirs


def _clauses(text: str) -> Iterator[str]:
    """Yield the words between pauses and gaps, without marks."""
    for clause in _PAUSES.sub(_GAP, _MARKS.sub("", text)).split(_GAP):
        words = " ".join(clause.split())
        if words:
            yield words


def _own_sentences(t: Translator) -> Iterator[str]:
    """Yield our own texts, with gaps where names come."""
    for msgid, values in _TEMPLATES.items():
        yield t(msgid, **dict.fromkeys(values, _GAP))
    for msgid in _WHOLE:
        yield t(msgid)
    for kind in ManeuverKind:
        if kind is not ManeuverKind.ROUNDABOUT:
            yield t(f"maneuver:{kind}")
    for number in range(1, MOST_EXITS + 1):
        yield t("maneuver:roundabout", exit=t(f"exit:{number}"))
    for metres in range(10, FARTHEST_M + 1, 10):
        yield t("say:in_m", value=metres, what=_GAP)
