"""What the council's map file says of moments and districts: a compact table, and its controls."""

import json
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from fleet.coverage.coverage_states import TELLING, CoverageState
from fleet.replay.storm_moments import StormMoment
from fleet.reports.pass_ages import STEPS_H
from fleet.reports.performance import district_order
from maps.pages.i18n import Translator
from maps.pages.style import PLOWED_COLORS, STATES
from maps.reports.coverage_table import CoveragePicture, state_name

AGE_WIDTHS = (0.8, 0.95, 1.1, 1.3, 1.55, 0.7)
"""Factors of a street's width by class of age, as on the other maps; the last one is dashed."""

CODES = "0123456789abcdefghijklmnopqrstuvwxyz"
"""One letter for the state of a street at a moment."""

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

    `earlier` are the words of all moments but the last.
    """
    table = {
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
