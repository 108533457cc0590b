"""Work that a plan leaves undone in the reader's language, with the machine that would do it."""

from dataclasses import dataclass
from math import ceil

from data.streets.network import StreetNetwork
from fleet.routes.class_finish import TIME
from fleet.work.left_undone import Lack, LeftUndone
from maps.logbook.vehicle_words import km_text
from maps.pages.i18n import Translator
from maps.streets.street import called, street_name

SHOWN_STREETS = 200
"""Names of streets in the list of a group; the others are counted."""
SHOWN_MACHINES = 5
"""Names of machines in a sentence."""


@dataclass(frozen=True, slots=True)
class LeftStreetView:
    """A street of a list by name; `segment_id` is its longest part."""

    segment_id: int
    name: str
    length_m: float


@dataclass(frozen=True, slots=True)
class LeftUndoneView:
    """Jobs left undone for one reason: the facts of a `LeftUndone`, and sentences.

    `help` says what would do them: another machine, or longer shifts; empty where neither would.
    `more` counts the streets that are not in the list.
    """

    service_class: str
    treatment: str
    reason: str
    lack: str
    jobs: int
    length_m: float
    needed: float
    best: float
    words: str
    help: str
    streets: tuple[LeftStreetView, ...]
    more: int
    more_words: str


def left_undone_view(
    left: LeftUndone, network: StreetNetwork, t: Translator, shifts_until: str | None = None
) -> LeftUndoneView:
    """Return a group of jobs left undone with its sentences and its streets, the longest first.

    `shifts_until` says when the last shift of the plan's machines ends.
    """
    streets = _streets(left, network, t)
    more = max(len(streets) - SHOWN_STREETS, 0)
    return LeftUndoneView(
        service_class=left.service_class,
        treatment=left.treatment,
        reason=left.reason,
        lack=left.lack,
        jobs=left.jobs,
        length_m=left.length_m,
        needed=left.needed,
        best=left.best,
        words=_words(left, t),
        help=_help(left, t, shifts_until),
        streets=tuple(streets[:SHOWN_STREETS]),
        more=more,
        more_words=t.plural("{count} more streets", more) if more else "",
    )


def _words(left: LeftUndone, t: Translator) -> str:
    return t.plural(
        f"left_undone:{left.lack or left.reason}",
        left.jobs,
        service_class=t.named("short", left.service_class),
        treatment=t.named("treatment", left.treatment),
        km=km_text(left.length_m, t),
        needed=_shown(left),
        best=left.best,
    )


def _shown(left: LeftUndone) -> float:
    """Return what is needed as sentences say it: kilograms are rounded up."""
    return ceil(left.needed) if left.lack is Lack.HOPPER else left.needed


def _help(left: LeftUndone, t: Translator, shifts_until: str | None) -> str:
    """Return what would do the work: longer shifts, or a machine, and which ones are such."""
    if left.reason == TIME and shifts_until:
        return t("The last shift ends at {time}: longer shifts would do more.", time=shifts_until)
    if not left.lack:
        return ""
    wanted = t(
        f"machine_wanted:{left.lack}",
        treatment=t.named("treatment", left.treatment),
        needed=_shown(left),
    )
    if not left.others:
        return f"{wanted} {t('The city has no such machine.')}"
    names = [machine.name for machine in left.others]
    shown = t.listed(names[:SHOWN_MACHINES])
    rest = len(names) - SHOWN_MACHINES
    if rest > 0:
        shown = t.listed((shown, t.plural("{count} other machines", rest)))
    return f"{wanted} {t('Able to do some of it, but not in this plan: {names}.', names=shown)}"


def _streets(left: LeftUndone, network: StreetNetwork, t: Translator) -> list[LeftStreetView]:
    """Return the streets by name; those without one each by itself."""
    length_m: dict[str | int, float] = {}
    longest: dict[str | int, tuple[int, str]] = {}
    for segment_id in left.segment_ids:
        segment = network.segment(segment_id)
        name = street_name(segment)
        said = called(name, t)
        key = said if name else segment_id
        longest.setdefault(key, (segment_id, said))
        length_m[key] = length_m.get(key, 0.0) + segment.length_m
    found = [LeftStreetView(*longest[key], length_m[key]) for key in longest]
    return sorted(found, key=lambda street: -street.length_m)
