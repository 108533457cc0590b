"""All streets with class and coverage in a storm, as a table for download."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

from data.files.csv_sheet import guarded_row
from data.languages import name_keys
from data.model import City, Coverage, Segment, SegmentId, Storm
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import NO_DIRECTION
from maps.board.board import States
from maps.pages.i18n import Translator
from maps.pages.style import STATES
from maps.pages.tables import BYTE_ORDER_MARK
from maps.streets.street import street_name

WAYS = {True: "forward", False: "backward"}

FACTS = ("state", "passes", "passes_needed", "last_pass", "evidence")

STREET_COLUMNS = ("road_class", "district", "length_m", "lanes")
LEVEL_COLUMNS = ("service_class", "reason", "cycle_h")


def table_columns() -> tuple[str, ...]:
    """Return the names of the table's columns; `heading` has their headings."""
    facts = (f"{fact}_{way}" for way in WAYS.values() for fact in FACTS)
    return ("id", *name_keys(), *STREET_COLUMNS, *LEVEL_COLUMNS, *facts)


def heading(column: str, t: Translator) -> str:
    """Return the heading of a column; of a column of names, with its language."""
    language = name_keys().get(column)
    if language:
        return t("name, {language}", language=t.named("language", language))
    return t(f"column:{column}")


NAMED = {"road_class": "road", "reason": "because", "state": "state", "evidence": "evidence"}
"""Columns whose values have names in the catalog, by kind; those of a direction by their start."""


@dataclass(frozen=True, slots=True)
class CoveragePicture:
    """Records of a coverage map: a storm's colors at a moment, of a city's streets."""

    city: City
    network: StreetNetwork
    policy: Policy
    storm: Storm | None
    at: datetime
    states: States
    coverages: tuple[Coverage, ...]


def level_columns(network: StreetNetwork, policy: Policy) -> dict[str, list[object]]:
    """Return class, its reason, and cycle of every street, as columns."""
    cycles = [policy.rule_of(segment).cycle for segment in network.segments]
    levels = [policy.level_of(segment) for segment in network.segments]
    return {
        "service_class": [level.service_class for level in levels],
        "reason": [level.reason.value for level in levels],
        "cycle_h": [None if each is None else each.total_seconds() / 3600 for each in cycles],
    }


def coverage_columns(picture: CoveragePicture) -> dict[str, list[object]]:
    """Return class and coverage of every street, as columns; `None` for a missing direction."""
    segments, columns = picture.network.segments, level_columns(picture.network, picture.policy)
    known = {(one.segment_id, one.forward): one for one in picture.coverages}
    for forward, way in WAYS.items():
        facts = [_facts(segment, picture.states, known, forward=forward) for segment in segments]
        for name in FACTS:
            columns[f"{name}_{way}"] = [fact.get(name) for fact in facts]
    return columns


def streets_csv(picture: CoveragePicture, t: Translator) -> str:
    """Return the table as CSV, with headings and words in the reader's language.

    Digits are Latin and times the city's, as programs read them; no cell can be a formula.
    """
    table = {**_street_columns(picture.network.segments), **coverage_columns(picture)}
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([heading(name, t) for name in table_columns()])
    shown = [[_shown(name, value, picture, t) for value in table[name]] for name in table_columns()]
    writer.writerows(map(guarded_row, zip(*shown, strict=True)))
    return BYTE_ORDER_MARK + text.getvalue()


def state_name(name: str, picture: CoveragePicture, t: Translator) -> str:
    """Return the name of a coverage state, in a running storm or one that is over."""
    over = picture.storm is not None and picture.storm.ended_at is not None
    if name == "not_due":
        return t("Not cleared, not due so far")
    return t("Begun and not finished") if name == "progress" and over else t(f"state:{name}")


def _street_columns(segments: Sequence[Segment]) -> dict[str, Sequence[object]]:
    names = [street_name(segment) for segment in segments]
    return {
        "id": [segment.id for segment in segments],
        **{key: [each.get(code, "") for each in names] for key, code in name_keys().items()},
        "road_class": [segment.road_class.value for segment in segments],
        "district": [segment.district for segment in segments],
        "length_m": [round(segment.length_m, 1) for segment in segments],
        "lanes": [segment.lanes for segment in segments],
    }


def _facts(
    segment: Segment,
    states: States,
    known: Mapping[tuple[SegmentId, bool], Coverage],
    *,
    forward: bool,
) -> dict[str, object]:
    state = states[segment.id][0 if forward else 1]
    if state == NO_DIRECTION:
        return {}
    one = known.get((segment.id, forward))
    facts: dict[str, object] = {
        "state": STATES[state].name,
        "passes": one.passes_done if one else 0,
    }
    if one is not None:
        facts["passes_needed"] = one.passes_needed
        facts["last_pass"] = one.last_pass_at
        facts["evidence"] = one.evidence.kind.value if one.evidence else None
    return facts


def _shown(name: str, value: object, picture: CoveragePicture, t: Translator) -> object:
    kind = NAMED.get(name) or NAMED.get(name.split("_")[0])
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(t.timezone)):%Y-%m-%d %H:%M}"
    if isinstance(value, str) and kind == "state":
        return state_name(value, picture, t)
    if isinstance(value, str):
        return t(f"{kind}:{value}") if kind else value
    return value
