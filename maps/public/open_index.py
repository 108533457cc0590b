"""What open data a city has: every feed with what it is, what can be asked of it, its formats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from data.model import City
from data.policy.access_rules import PublicRules
from maps.pages.i18n import Translator
from maps.pages.tables import span_text
from maps.public.storm_table import FILE_TYPES, GEOJSON, StormEnding

JSON = "application/json"
XML = "application/xml"

PAGING = ("limit", "after")
ROUTE_PARAMETERS = ("endFrom", "endBefore", "xMin", "yMin", "xMax", "yMax", "taskId", *PAGING)

REQUESTS = "/open311/discovery.json"
"""Where the interface for requests of citizens says what it can."""


class Feed(StrEnum):
    """What a feed of the open data is about."""

    ROUTES = "routes"
    LATEST = "latest"
    ROUTE = "route"
    TASKS = "tasks"
    DOMAINS = "domains"
    CLOSURES = "closures"
    SITUATIONS = "situations"
    STORMS = "storms"
    STREETS = "streets"


@dataclass(frozen=True, slots=True)
class OpenFeed:
    """A feed; what stands in braces in its address is filled in by who asks."""

    address: str
    what: str
    parameters: Sequence[str]
    formats: Sequence[str]


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """The open data of a city; `requests` is where the interface for requests is described."""

    city: str
    licence: str
    attribution: str
    delay_min: float
    feeds: Sequence[OpenFeed]
    requests: str


_FEEDS: Sequence[tuple[str, Feed, Sequence[str], Sequence[str]]] = (
    ("maintenance/routes", Feed.ROUTES, ROUTE_PARAMETERS, [GEOJSON]),
    ("maintenance/routes/latest", Feed.LATEST, ROUTE_PARAMETERS, [GEOJSON]),
    ("maintenance/routes/{number}", Feed.ROUTE, (), [GEOJSON]),
    ("maintenance/tasks", Feed.TASKS, (), [JSON]),
    ("maintenance/domains", Feed.DOMAINS, (), [JSON]),
    ("closures/cifs.json", Feed.CLOSURES, (), [JSON]),
    ("closures/cifs.xml", Feed.CLOSURES, (), [XML]),
    ("datex2/situations.xml", Feed.SITUATIONS, (), [XML]),
    ("storms", Feed.STORMS, PAGING, [JSON]),
    ("storms/{storm_id}/streets.{ending}", Feed.STREETS, (), list(FILE_TYPES.values())),
)


def open_index(city: City, rules: PublicRules, base: str, t: Translator) -> OpenIndex:
    """Return the open data of a city; what feeds are is said in the reader's language."""
    return OpenIndex(
        city=city.name,
        licence=rules.licence,
        attribution=city.attribution,
        delay_min=rules.delay / timedelta(minutes=1),
        feeds=list(_feeds(base, t)),
        requests=REQUESTS,
    )


def delay_text(rules: PublicRules, t: Translator) -> str:
    """Return how late the open data is and why; empty where it is not."""
    said = "It is shown {span} later on purpose, so that nobody can follow a truck."
    return t(said, span=span_text(rules.delay.total_seconds(), t)) if rules.delay else ""


def _feeds(base: str, t: Translator) -> Iterator[OpenFeed]:
    endings = " · ".join(StormEnding)
    for path, feed, parameters, formats in _FEEDS:
        what = t(f"feed:{feed}", endings=endings)
        yield OpenFeed(f"{base}/{path}", what, parameters, formats)
