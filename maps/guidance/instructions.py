"""What a driver is told, in the words of his language, to be read and to be spoken.

A text begins small: it stands alone, or after a distance ("in 200 metres, turn right"). A name
stays as it is: every template is right with any name behind or before it.
"""

from collections.abc import Sequence

from data.model import LegKind
from maps.guidance.maneuvers import Maneuver, ManeuverKind
from maps.pages.i18n import Translator
from maps.routes.route_runs import RouteRunView
from maps.routes.route_steps import StageView
from maps.routes.run_words import said_length
from maps.streets.street import called

MOST_EXITS = 8
"""Exits of a roundabout that have a word of their own."""


def turn_words(maneuver: Maneuver, t: Translator) -> str:
    """Return what to do at a junction, and into which street."""
    if maneuver.kind is ManeuverKind.ROUNDABOUT and maneuver.exit <= MOST_EXITS:
        turn = t("maneuver:roundabout", exit=t(f"exit:{maneuver.exit}"))
    elif maneuver.kind is ManeuverKind.ROUNDABOUT:
        turn = t("maneuver:square_round")
    else:
        turn = t(f"maneuver:{maneuver.kind}")
    if not maneuver.street:
        return turn
    return t("maneuver:into", turn=turn, street=called(maneuver.street, t))


def gear_words(before: tuple[bool, bool], after: tuple[bool, bool], t: Translator) -> list[str]:
    """Return what to do with blade and spreader, which were and will be down and on."""
    told = []
    for name, was, is_on in zip(("blade", "spreader"), before, after, strict=True):
        if was != is_on:
            told.append(t(f"gear:{name}_{'on' if is_on else 'off'}"))
    return told


def joined(words: Sequence[str], t: Translator) -> str:
    """Return what is to be done at one place, one thing after the other."""
    return t.speech.comma.join(words)


def run_sentence(stage: StageView, run: RouteRunView, t: Translator) -> str:
    """Return a run in one sentence: which part of which street, how far, with what."""
    if stage.kind != LegKind.WORK:
        return _way_sentence(stage, t)
    what = t(f"run:{_part(stage, run)}", street=called(run.street or {}, t))
    if run.end:
        what = t("run:to", what=what, end=called(run.end, t))
    gear = gear_sentence(stage.blade, stage.spreader, t)
    return joined([what, said_length(run.length_m, t), *gear], t)


def gear_sentence(blade: bool, spreader: bool, t: Translator) -> list[str]:
    """Return how blade and spreader are while one works."""
    gear = ("blade_down", blade), ("spreader_on", spreader)
    return [t(f"run:{name}") for name, is_on in gear if is_on]


def _part(stage: StageView, run: RouteRunView) -> str:
    """Return which part of a street is worked on: "right", "whole", "both" or "salt"."""
    if stage.spreader and not stage.blade:
        return "salt"
    return "both" if run.both_ways else stage.side or "whole"


def _way_sentence(stage: StageView, t: Translator) -> str:
    if stage.kind == LegKind.RELOAD:
        return t("arrive:reload", place=stage.place)
    if stage.kind == LegKind.REST:
        return t("arrive:rest")
    place = called(stage.street, t) if stage.street else stage.place
    if not place:
        return t("drive:on")
    return joined([t("drive:to", place=place), said_length(stage.length_m, t)], t)
