"""OpenStreetMap tags of streets and places, with defaults where tags are missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import radians, tan

from data.model import Language, Oneway, RoadClass
from data.units import mps_from_kmh, mps_from_mph

Tags = Mapping[str, str]

ATTRIBUTION = "© OpenStreetMap contributors"

DRAWN_BY_US = "barfrub"
"""Generator in the header of a file of the drawn sample town, which is not a mapped place."""

DRAWN_ATTRIBUTION = "برف‌آباد · Barfabad"


@dataclass(frozen=True, slots=True)
class RoadDefault:
    """Default attributes of a road class."""

    speed_kmh: float
    lanes: int
    oneway_lanes: int
    lane_m: float


ROAD_DEFAULTS: Mapping[RoadClass, RoadDefault] = {
    RoadClass.MOTORWAY: RoadDefault(90, 4, 2, 3.5),
    RoadClass.TRUNK: RoadDefault(70, 4, 2, 3.5),
    RoadClass.PRIMARY: RoadDefault(60, 2, 2, 3.5),
    RoadClass.SECONDARY: RoadDefault(50, 2, 2, 3.5),
    RoadClass.TERTIARY: RoadDefault(50, 2, 1, 3.25),
    RoadClass.UNCLASSIFIED: RoadDefault(50, 2, 1, 3.0),
    RoadClass.RESIDENTIAL: RoadDefault(40, 2, 1, 3.0),
    RoadClass.LIVING_STREET: RoadDefault(20, 1, 1, 4.0),
    RoadClass.SERVICE: RoadDefault(20, 1, 1, 4.0),
    RoadClass.ALLEY: RoadDefault(15, 1, 1, 3.5),
}
"""Assumed speed, lanes and width by class; links have one lane, else they are like their road."""

_SERVICE_CLASSES = (RoadClass.SERVICE, RoadClass.ALLEY)
_ROUNDABOUTS = ("roundabout", "circular")
_OPEN = ("yes", "designated")

NAME_KEYS = (
    "name",
    "official_name",
    "full_name",
    "short_name",
    "alt_name",
    "loc_name",
    "reg_name",
    "nat_name",
    "int_name",
    "old_name",
    "bridge:name",
    "tunnel:name",
)
"""Keys of names, the main one first; a bridge of a street has its own name beside the street's."""

_NAME_TAG = re.compile(
    rf"({'|'.join(NAME_KEYS)})(?:_\d)?(?::(?:([a-z]{{2,3}}(?:[-_][A-Za-z]+)*)|\d{{4}}[-\d]*))?"
)
_SIDE_NAMES = ("name:left", "name:right")

_POINTS_OF_INTEREST: Mapping[tuple[str, str], str] = {
    ("amenity", "hospital"): "hospital",
    ("amenity", "clinic"): "clinic",
    ("amenity", "fire_station"): "fire_station",
    ("amenity", "police"): "police",
    ("emergency", "ambulance_station"): "ambulance_station",
    ("amenity", "school"): "school",
    ("amenity", "kindergarten"): "kindergarten",
    ("amenity", "college"): "university",
    ("amenity", "university"): "university",
    ("amenity", "townhall"): "townhall",
    ("amenity", "pharmacy"): "pharmacy",
    ("amenity", "fuel"): "fuel",
    ("amenity", "marketplace"): "market",
    ("amenity", "bus_station"): "bus_station",
    ("highway", "bus_stop"): "bus_stop",
    ("railway", "station"): "station",
    ("railway", "tram_stop"): "tram_stop",
    ("leisure", "park"): "park",
    ("place", "square"): "square",
    ("place", "suburb"): "neighbourhood",
    ("place", "quarter"): "neighbourhood",
    ("place", "neighbourhood"): "neighbourhood",
}
_BUS_KEYS = ("lanes:bus", "lanes:psv", "busway", "busway:left", "busway:right", "busway:both")
_BUS_ROUTES = ("bus", "trolleybus", "minibus", "share_taxi")
_STEEPEST_DEG = 45.0

WORDED_INCLINE_PCT = 8.0
"""Slope assumed where the tag only says "up" or "down"."""

_WORSHIP = {"muslim": "mosque", "christian": "church"}

LANDMARK = "landmark"
"""Kind of a place used for orientation only; no rule of the policy refers to it."""

JUNCTION = "junction"
"""Kind of a crossing that has its own name, like Istanbul Crossroads."""

LANDMARK_KEYS = (
    "amenity",
    "shop",
    "tourism",
    "historic",
    "office",
    "leisure",
    "healthcare",
    "craft",
    "building",
    "man_made",
    "military",
)
"""Named objects with one of these keys are landmarks."""

GATE_BARRIERS = ("gate", "lift_gate", "swing_gate", "sliding_gate")
_NO_WAY_IN = ("exit", "emergency", "garage", "service", "staircase", "home")
"""Values of `entrance` of ways that visitors do not take."""

INTERPOLATED = "interpolated"
"""Kind of a house that stands between two mapped ones, by a way that says so."""

_JUNCTIONS = ("traffic_signals", "mini_roundabout", "motorway_junction")
_DISTRICT_LEVELS = ("9", "10", "11")
"""Values of `admin_level` for parts of a city in most countries."""

PLACE_TAGS: Mapping[str, tuple[str, ...]] = {
    key: tuple(value for other, value in _POINTS_OF_INTEREST if other == key)
    for key, _ in _POINTS_OF_INTEREST
} | {"religion": tuple(_WORSHIP)}
"""Values by key that make an object a point of interest, for queries to a server."""

PLACE_KINDS = (
    *dict.fromkeys(_POINTS_OF_INTEREST.values()),
    *_WORSHIP.values(),
    "worship",
)
"""Every kind of point of interest, as `place_kind` returns it."""

PLACE_KEYS = ("addr:housenumber", *sorted({key for key, _ in _POINTS_OF_INTEREST}))
"""Keys of places without a name; objects with none of them need a name to be a place."""


def road_class(tags: Tags) -> RoadClass | None:
    """Return the class of a street that a plow can drive on, or `None`.

    Not streets: foot- and cycleways, tracks, busways, building sites, areas, and what is closed to
    vehicles. A street for buses only counts, since it has to be cleared and the city's machines
    may; a private one counts and keeps its `access`.
    """
    value = tags.get("highway", "").removesuffix("_link")
    if value == "road":
        value = "unclassified"
    if value not in RoadClass or tags.get("area") == "yes" or _is_closed(tags):
        return None
    if value == RoadClass.SERVICE:
        return RoadClass.ALLEY if tags.get("service") == "alley" else RoadClass.SERVICE
    return RoadClass(value)


def is_service(road: RoadClass) -> bool:
    """Whether a road class is a street only with `services`: service ways and alleys."""
    return road in _SERVICE_CLASSES


def _is_closed(tags: Tags) -> bool:
    if tags.get("bus") in _OPEN or tags.get("psv") in _OPEN:
        return False
    keys = ("motor_vehicle", "vehicle", "access")
    said = next((tags[key] for key in keys if key in tags), "yes")
    return said == "no"


def is_roundabout(tags: Tags) -> bool:
    """Whether a way is a roundabout or another circular junction."""
    return tags.get("junction") in _ROUNDABOUTS


def oneway(tags: Tags) -> Oneway:
    """Return the direction; roundabouts and motorways are one-way unless said otherwise."""
    said = tags.get("oneway", "")
    if said in ("yes", "true", "1"):
        return Oneway.FORWARD
    if said in ("-1", "reverse"):
        return Oneway.BACKWARD
    implied = not said and (is_roundabout(tags) or tags.get("highway") == "motorway")
    return Oneway.FORWARD if implied else Oneway.NO


def lanes(tags: Tags, road: RoadClass, direction: Oneway) -> int:
    """Return the lanes of both directions together, tagged or by class."""
    tagged = re.match(r"\d{1,2}", tags.get("lanes", ""))
    if tagged and int(tagged[0]) > 0:
        return int(tagged[0])
    default = ROAD_DEFAULTS[road]
    both = default.lanes if direction is Oneway.NO else default.oneway_lanes
    if tags.get("highway", "").endswith("_link"):
        return 1 if direction is not Oneway.NO else 2
    return both


def width_m(tags: Tags, road: RoadClass, lane_count: int) -> float:
    """Return the width of the carriageway, tagged or lanes times the lane width of the class."""
    for key in ("width", "est_width"):
        tagged = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(m|ft|')?.*", tags.get(key, ""))
        if tagged:
            metres = float(tagged[1].replace(",", ".")) * (
                0.3048 if tagged[2] in ("ft", "'") else 1
            )
            if 1.5 <= metres <= 60:
                return metres
    return lane_count * ROAD_DEFAULTS[road].lane_m


def speed_mps(tags: Tags, road: RoadClass) -> float:
    """Return the speed limit, tagged or by class."""
    tagged = re.match(r"(\d+(?:\.\d+)?)\s*(mph)?", tags.get("maxspeed", ""))
    if tagged:
        limit = float(tagged[1])
        mps = mps_from_mph(limit) if tagged[2] else mps_from_kmh(limit)
        if mps_from_kmh(5) <= mps <= mps_from_kmh(150):
            return mps
    return mps_from_kmh(ROAD_DEFAULTS[road].speed_kmh)


def layer(tags: Tags) -> int:
    """Return the layer of a street, 0 on the ground; by default 1 for a bridge, -1 for a tunnel."""
    tagged = re.fullmatch(r"[+-]?\d", tags.get("layer", ""))
    if tagged:
        return int(tagged[0])
    if tags.get("bridge", "no") != "no":
        return 1
    return -1 if tags.get("tunnel", "no") not in ("no", "building_passage") else 0


def names(tags: Tags) -> dict[Language, tuple[str, ...]]:
    """Return every spelling by language ("" where the key names none), the main one first."""
    found: dict[Language, list[str]] = {}
    ranked = sorted(
        (NAME_KEYS.index(match[1]), key, match[2] or "")
        for key in tags
        if (match := _NAME_TAG.fullmatch(key))
    )
    sided = [(0, key, "") for key in _SIDE_NAMES if key in tags]
    for _, key, language in ranked + sided:
        for part in tags[key].split(";"):
            spelling = part.strip()
            if spelling and spelling not in found.setdefault(language, []):
                found[language].append(spelling)
    return {language: tuple(spellings) for language, spellings in found.items() if spellings}


def is_bus_route(tags: Tags) -> bool:
    """Whether a relation is a bus route."""
    return tags.get("type") == "route" and tags.get("route") in _BUS_ROUTES


def serves_buses(tags: Tags) -> bool:
    """Whether a way's own tags mark a bus lane or that buses run on it."""
    if tags.get("bus") == "designated" or tags.get("psv") == "designated":
        return True
    return any(tags.get(key, "no") not in ("no", "") for key in _BUS_KEYS)


def incline_pct(incline: str) -> float | None:
    """Return the slope of a street in per cent, without sign, or `None`.

    "up" and "down" name no number: somebody found the slope worth a word.
    """
    text = incline.strip().lower().replace(",", ".")
    if text in ("up", "down"):
        return WORDED_INCLINE_PCT
    tagged = re.fullmatch(r"[+-]?(\d+(?:\.\d+)?)\s*(%|°)", text)
    if tagged is None:
        return None
    amount = float(tagged[1])
    if tagged[2] == "%":
        return amount
    return 100 * tan(radians(amount)) if amount < _STEEPEST_DEG else None


def place_kind(tags: Tags) -> str | None:
    """Return the kind of point of interest of an object, or `None`."""
    if tags.get("amenity") == "place_of_worship":
        return _WORSHIP.get(tags.get("religion", ""), "worship")
    found = (kind for (key, value), kind in _POINTS_OF_INTEREST.items() if tags.get(key) == value)
    kind = next(found, None)
    return kind if kind is not None or not _is_named(tags) else _named_kind(tags)


def is_gate(tags: Tags) -> bool:
    """Whether a point is a gate or an entrance for everybody."""
    entrance = tags.get("entrance", "no")
    if tags.get("access") in ("no", "private") or entrance in _NO_WAY_IN:
        return False
    return entrance != "no" or tags.get("barrier") in GATE_BARRIERS


def is_main_entrance(tags: Tags) -> bool:
    """Whether the map calls an entrance the main one of its area."""
    return tags.get("entrance") == "main"


def may_be_place(tags: Tags) -> bool:
    """Whether an object may be a point of interest; `place_kind` decides."""
    return any(key in tags for key in PLACE_KEYS) or _is_named(tags)


def _is_named(tags: Tags) -> bool:
    """Whether an object has a name of any sort, an official one alone included."""
    return any(key in tags for key in NAME_KEYS)


def _named_kind(tags: Tags) -> str | None:
    if tags.get("junction") == "yes" or tags.get("highway") in _JUNCTIONS:
        return JUNCTION
    if tags.get("boundary") == "administrative" and tags.get("admin_level") in _DISTRICT_LEVELS:
        return "neighbourhood"
    return LANDMARK if any(key in tags for key in LANDMARK_KEYS) else None
