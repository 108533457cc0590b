"""The page of classes: each street's class, the reason for it, and overrides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from data.geocode.text.normalization import normal
from data.model import (
    ByLanguage,
    Level,
    Override,
    Place,
    Segment,
    SegmentId,
)
from data.policy.city_policy import Policy
from data.policy.service_levels import IdleRule
from data.policy.street_finder import apart
from data.streets.network import StreetNetwork
from maps.streets.street import LevelView, level_view, street_name

MOST_ROWS = 100
"""Names of a list; a search narrows what does not fit."""

_HOUR = timedelta(hours=1)

_spelled = lru_cache(maxsize=100_000)(normal)


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """Number and length of the streets that have a class for a reason."""

    service_class: str
    reason: str
    streets: int
    length_m: float


@dataclass(frozen=True, slots=True)
class ClassRuleView:
    """Level of service of a class; `cycle_h` is `None` where streets are served on request."""

    service_class: str
    cycle_h: float | None
    deadline_h: float


@dataclass(frozen=True, slots=True)
class ClassesView:
    """Classes of all streets in compact form; `id` is the city's revision.

    `roads` says the class of each kind of street; `raised` has a row per street that it does not
    decide: id, class, reason. Decisions that say what the road class says are among them. `idle`
    are the rules that find no street.
    """

    id: int
    roads: Mapping[str, str]
    rules: tuple[ClassRuleView, ...]
    raised: list[tuple[int, str, str]]
    totals: tuple[ClassTotal, ...]
    idle: tuple[IdleRule, ...]


@dataclass(frozen=True, slots=True)
class StreetRow:
    """Segments of one name, class and reason; `bounds` is (west, south, east, north)."""

    ids: list[int]
    names: ByLanguage
    road_class: str
    level: LevelView
    length_m: float
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class StreetRows:
    """The first streets found, the most urgent first, and the number of all."""

    rows: tuple[StreetRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class DecisionView:
    """The override of a street; `service_class` is `None` where the rules decide."""

    segment_id: int
    service_class: str | None
    cycle_h: float | None
    note: str


@dataclass(frozen=True, slots=True)
class StreetClassView:
    """A street with its class, reason, class by rules alone, and the segments of its name."""

    id: int
    names: ByLanguage
    road_class: str
    district: str
    length_m: float
    whole_m: float
    level: LevelView
    by_rules: LevelView
    deadline_h: float
    decisions: tuple[DecisionView, ...]


@dataclass(frozen=True, slots=True)
class StreetSearch:
    """A search for streets; an empty field is no restriction."""

    service_class: str = ""
    reason: str = ""
    words: str = ""


def classes_view(
    network: StreetNetwork, policy: Policy, revision: int, idle: Iterable[IdleRule] = ()
) -> ClassesView:
    """Return the classes of all streets; `idle` are rules that match none."""
    counts: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    for segment in network.segments:
        level = policy.level_of(segment)
        total = counts[level.service_class, level.reason]
        total[0] += 1
        total[1] += segment.length_m
    return ClassesView(
        id=revision,
        roads={str(road): str(policy.classes[road]) for road in policy.classes},
        rules=tuple(
            ClassRuleView(rule.service_class, _hours(rule.cycle), rule.deadline / _HOUR)
            for rule in policy.rules.values()
        ),
        raised=[
            (segment_id, level.service_class, level.reason)
            for segment_id, level in policy.levels.items()
        ],
        totals=tuple(
            ClassTotal(its_class, reason, int(streets), length_m)
            for (its_class, reason), (streets, length_m) in sorted(counts.items())
        ),
        idle=tuple(idle),
    )


type _Group = tuple[str, bool, tuple[tuple[str, str], ...], str, Level]
"""Class, whether there is no main name, names, road class and level."""


def street_rows(
    network: StreetNetwork,
    policy: Policy,
    places: Mapping[str, ByLanguage],
    search: StreetSearch,
) -> StreetRows:
    """Return the streets found; those without a name come last in their class."""
    words = normal(search.words)
    groups: dict[_Group, list[Segment]] = defaultdict(list)
    for segment in network.segments:
        level = policy.level_of(segment)
        if _wanted(segment, level, search, words):
            name = street_name(segment)
            key = (
                level.service_class,
                not name.get(""),
                tuple(name.items()),
                segment.road_class,
                level,
            )
            groups[key].append(segment)
    found = sorted(groups.items(), key=lambda group: (group[0][:2], -_length_m(group[1])))
    rows = [
        _row(parts, policy, places)
        for key, group in found[:MOST_ROWS]
        for parts in _streets(network, group, named=not key[1])
    ]
    rows.sort(key=lambda row: (row.level.service_class, not row.names.get(""), -row.length_m))
    return StreetRows(tuple(rows), len(rows) + max(0, len(found) - MOST_ROWS))


def _streets(
    network: StreetNetwork, group: Sequence[Segment], *, named: bool
) -> Iterator[list[Segment]]:
    """Yield the segments of one name by street, since several streets may share a name."""
    if not named or len(group) == 1:
        yield list(group)
        return
    for street in apart(network, [segment.id for segment in group]):
        yield [network.segment(segment_id) for segment_id in street]


def _length_m(parts: Iterable[Segment]) -> float:
    return sum(part.length_m for part in parts)


def _wanted(segment: Segment, level: Level, search: StreetSearch, words: str) -> bool:
    if search.service_class not in ("", level.service_class):
        return False
    if search.reason not in ("", level.reason):
        return False
    spellings = (each for names in segment.names.values() for each in names)
    return not words or any(words in _spelled(each) for each in (*spellings, level.subject))


def _row(parts: Sequence[Segment], policy: Policy, places: Mapping[str, ByLanguage]) -> StreetRow:
    first = parts[0]
    lons = [point.lon for part in parts for point in part.geometry]
    lats = [point.lat for part in parts for point in part.geometry]
    return StreetRow(
        ids=[part.id for part in parts],
        names=street_name(first),
        road_class=first.road_class,
        level=level_view(first, policy, places),
        length_m=_length_m(parts),
        bounds=(min(lons), min(lats), max(lons), max(lats)),
    )


def street_class_view(
    segment: Segment,
    policy: Policy,
    by_rules: Policy,
    whole: Sequence[Segment],
    overrides: Mapping[SegmentId, Override],
    places: Mapping[str, ByLanguage],
) -> StreetClassView:
    """Return a street with its class; `by_rules` is the policy without overrides."""
    return StreetClassView(
        id=segment.id,
        names=street_name(segment),
        road_class=segment.road_class,
        district=segment.district,
        length_m=segment.length_m,
        whole_m=_length_m(whole),
        level=level_view(segment, policy, places),
        by_rules=level_view(segment, by_rules, places),
        deadline_h=policy.rule_of(segment).deadline / _HOUR,
        decisions=tuple(decision_view(part.id, overrides.get(part.id)) for part in whole),
    )


def decision_view(segment_id: SegmentId, decided: Override | None) -> DecisionView:
    """Return the override of a street."""
    if decided is None:
        return DecisionView(segment_id, None, None, "")
    return DecisionView(segment_id, decided.service_class, _hours(decided.cycle), decided.note)


def place_names(places: Iterable[Place]) -> dict[str, ByLanguage]:
    """Return the names of places in all languages, by the name that levels of service use."""
    return {
        next(iter(place.names.values()))[0]: {
            language: spellings[0] for language, spellings in place.names.items() if spellings
        }
        for place in places
        if any(place.names.values())
    }


def _hours(cycle: timedelta | None) -> float | None:
    return None if cycle is None else round(cycle / _HOUR, 3)
