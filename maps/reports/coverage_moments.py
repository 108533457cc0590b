"""What the council's map file says of moments, streets and districts: a table, and its controls."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import pairwise

from data.model import Coverage, Segment, SegmentId
from fleet.coverage.coverage_states import (
    NO_DIRECTION,
    TELLING,
    CoverageState,
    passes_of_round,
)
from fleet.replay.storm_moments import StormMoment
from fleet.reports.pass_ages import STEPS_H
from fleet.reports.performance import district_order
from maps.pages.i18n import Translator
from maps.pages.style import PLOWED_COLORS, STATES
from maps.reports.coverage_table import CoveragePicture, state_name
from maps.streets.street import called, street_name

AGE_WIDTHS = (0.8, 0.95, 1.1, 1.3, 1.55, 0.7)
"""Factors of a street's width by class of age, as on the other maps; the last one is dashed."""

CODES = "0123456789abcdefghijklmnopqrstuvwxyz"
"""One letter for the state of a street at a moment."""

type Place = int
"""Place of a phrase in the list of all."""

type Look = tuple[str, float, str | None]
"""Color, factor of the street's width, and dashes."""


def districts_of(picture: CoveragePicture) -> list[str]:
    """Return the names of the districts that have streets, those outside of all last."""
    found = {segment.district for segment in picture.network.segments}
    return sorted(found, key=district_order)


def moments_json(
    picture: CoveragePicture, moments: Sequence[StormMoment], map_name: str, t: Translator
) -> str:
    """Return what the file's script paints: looks, words, and of each moment a letter a street.

    `earlier` are the words of all moments but the last; names and facts of streets are places in
    the list of phrases.
    """
    streets = StreetWords(picture, t)
    table = {
        "names": [streets.name(segment) for segment in picture.network.segments],
        "facts": [streets.facts(segment) for segment in picture.network.segments],
        "phrases": streets.phrases,
        "map": map_name,
        "order": [int(state) for state in reversed(TELLING)],
        "looks": {"states": _state_looks(), "ages": _age_looks()},
        "words": {
            "states": [state_name(state.name, picture, t) for state in STATES],
            "earlier": [_earlier_name(state.name, picture, t) for state in STATES],
            "ages": age_names(t),
        },
        "moments": [
            {
                "label": t("As of {date}, {time}", date=t.date(each.at), time=t.time(each.at)),
                "states": "".join(CODES[code] for code in each.states.tolist()),
                "ages": "".join(CODES[code] for code in each.ages.tolist()),
            }
            for each in moments
        ],
    }
    return json.dumps(table, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _state_looks() -> list[Look]:
    return [(state.light, state.width, "6 4" if state.dashed else None) for state in STATES]


def _age_looks() -> list[Look]:
    never = STATES[CoverageState.DRIVEN].light
    colors = [*(light for light, _ in PLOWED_COLORS), never]
    dashes = [*(None for _ in PLOWED_COLORS), "6 4"]
    return list(zip(colors, AGE_WIDTHS, dashes, strict=True))


def _earlier_name(name: str, picture: CoveragePicture, t: Translator) -> str:
    """Return the name of a state at a moment that is past, at which a truck may have been there."""
    return t("Begun and not finished") if name == "progress" else state_name(name, picture, t)


def age_names(t: Translator) -> list[str]:
    """Return what the classes of time since a street was cleared are called."""
    between = [
        t("{from} to {until} h", **{"from": t.number(start), "until": t.number(end)})
        for start, end in pairwise(STEPS_H)
    ]
    first = t("under {hours} h", hours=t.number(STEPS_H[0]))
    last = t("over {hours} h", hours=t.number(STEPS_H[-1]))
    return [first, *between, last, t("not in this storm")]


def color_controls(picture: CoveragePicture, moments: int, t: Translator) -> str:
    """Return the choice of moment and of what colors mean, and the keys of both colorings."""
    last = moments - 1
    slider = (
        f'<label class="moment">{escape(t("Moment of the storm"))}'
        f'<input id="moment" type="range" min="0" max="{last}" value="{last}"></label>'
        if last
        else ""
    )
    choice = "".join(
        f'<label><input type="radio" name="color" value="{value}"{checked}>{escape(words)}</label>'
        for value, checked, words in (
            ("states", " checked", t("State")),
            ("ages", "", t("Time since cleared")),
        )
    )
    title = escape(t("What the colors mean"))
    return (
        f'{slider}<fieldset class="coloring"><legend>{title}</legend>{choice}</fieldset>'
        f'<ul data-keys="states">{_state_keys(picture, t)}</ul>'
        f'<ul data-keys="ages" hidden>{_age_keys(t)}</ul>'
    )


def _state_keys(picture: CoveragePicture, t: Translator) -> str:
    names = dict.fromkeys(style.group or style.name for style in STATES)
    return "".join(_key(f"state-{name}", state_name(name, picture, t)) for name in names)


def _age_keys(t: Translator) -> str:
    *cleared, never = age_names(t)
    keys = [_key(f"plowed-{number}", words) for number, words in enumerate(cleared)]
    return "".join([*keys, _key("state-driven", never)])


def _key(look: str, words: str) -> str:
    return f'<li><i class="swatch {look}"></i><span>{escape(words)}</span></li>'


def layer_headings(picture: CoveragePicture, t: Translator) -> str:
    """Return the headings of the layers, and the districts, for the control of the classes."""
    names = districts_of(picture)
    rows = "".join(_box(number, _district(name, t)) for number, name in enumerate(names))
    districts = (
        f'<details open class="districts"><summary>{escape(t("District"))}</summary>'
        f"{_box('all', t('All districts'))}{rows}</details>"
        if len(names) > 1
        else ""
    )
    return f'<template id="layers"><strong>{escape(t("Class"))}</strong>{districts}</template>'


def _box(value: int | str, words: str) -> str:
    return f'<label><input type="checkbox" value="{value}" checked>{escape(words)}</label>'


def _district(name: str, t: Translator) -> str:
    return t.named("district", name) if name else t("Outside all districts")


class StreetWords:
    """Names and facts of a picture's streets, by the places of their phrases.

    `phrases` are HTML, their values escaped. Of a street, `name` has its name and class, and
    `facts` a row for each way: its state, its proof, its passes.
    """

    def __init__(self, picture: CoveragePicture, t: Translator) -> None:
        self._picture, self._t = picture, t
        self._known: Mapping[tuple[SegmentId, bool], Coverage] = {
            (one.segment_id, one.forward): one for one in picture.coverages
        }
        self._places: dict[str, Place] = {}
        self._times: dict[datetime, Place] = {}

    @property
    def phrases(self) -> list[str]:
        """All phrases that were needed so far."""
        return list(self._places)

    def name(self, segment: Segment) -> list[Place]:
        """Return name and class of a street."""
        service_class = self._picture.policy.class_of(segment)
        words = (called(street_name(segment), self._t), self._t.named("class", service_class))
        return [self._place(each) for each in words]

    def facts(self, segment: Segment) -> list[list[Place]]:
        """Return what is known of each way of a street."""
        states = dict(zip((True, False), self._picture.states[segment.id], strict=True))
        ways = [forward for forward, state in states.items() if state != NO_DIRECTION]
        return [self._way(segment, states[forward], len(ways), forward=forward) for forward in ways]

    def _way(self, segment: Segment, state: int, ways: int, *, forward: bool) -> list[Place]:
        t, coverage = self._t, self._known.get((segment.id, forward))
        words = state_name(STATES[state].name, self._picture, t)
        if ways > 1:
            words = f"{t('One way') if forward else t('The other way')}: {words}"
        row = [self._place(words), *self._proof(coverage)]
        if coverage is not None and coverage.passes_needed > 1:
            done = passes_of_round(coverage, CoverageState(state))
            needed = coverage.passes_needed
            row.append(self._place(t("{done} of {needed} passes", done=done, needed=needed)))
        return row

    def _proof(self, coverage: Coverage | None) -> list[Place]:
        """Return the evidence of a direction's color."""
        t = self._t
        if coverage is None or (coverage.last_pass_at is None and coverage.driven_at is None):
            return [self._place(t("not plowed here in this storm"))]
        if coverage.last_pass_at is None:
            return [self._place(t("driven through, without proof of clearing"))]
        kind = coverage.evidence.kind if coverage.evidence else None
        proof = [self._place(t(f"evidence:{kind}"))] if kind else []
        return [self._cleared(coverage.last_pass_at), *proof]

    def _cleared(self, at: datetime) -> Place:
        """Return when a street was cleared, to the minute: dates take long to write."""
        minute, t = at.replace(second=0, microsecond=0), self._t
        if minute not in self._times:
            when = f"{t.date(minute)} {t.time(minute)}"
            self._times[minute] = self._place(t("cleared on {when}", when=when))
        return self._times[minute]

    def _place(self, words: str) -> Place:
        return self._places.setdefault(escape(words), len(self._places))
