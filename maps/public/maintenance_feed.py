"""Work on streets in the shape of Digitraffic's maintenance feed: GeoJSON, a feature a pass."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from data.languages import languages
from data.model import Treatment
from data.streets.network import StreetNetwork
from fleet.public.street_passes import StreetPass
from maps.pages.i18n import translator

TASKS: Mapping[Treatment, str] = {
    Treatment.PLOW: "PLOUGHING_AND_SLUSH_REMOVAL",
    Treatment.SALT: "SALTING",
}
"""What Digitraffic calls our treatments."""

DIGITS = 6
"""Decimals of a coordinate: a tenth of a metre."""


class Line(TypedDict):
    """The line of a stretch, as GeoJSON has it."""

    type: str
    coordinates: list[list[float]]


class RouteFacts(TypedDict):
    """What is told of a pass.

    Digitraffic's `previousId` is left out: it would follow a machine.
    """

    id: int
    sendingTime: datetime
    created: datetime
    tasks: list[str]
    startTime: datetime
    endTime: datetime
    direction: float
    domain: str
    source: str
    streetId: int
    streetName: str


class RouteFeature(TypedDict):
    """A pass over a street as a feature; one that is asked for alone has the city's licence."""

    type: str
    licence: NotRequired[str]
    geometry: Line
    properties: RouteFacts


class PageLink(TypedDict):
    """A link to another page; `rel` is `next`."""

    rel: str
    href: str


class RoutePage(TypedDict):
    """A page of passes, as they could be known at `dataUpdatedTime`."""

    type: str
    licence: str
    dataUpdatedTime: datetime
    features: list[RouteFeature]
    links: list[PageLink]


class MaintenanceDomain(TypedDict):
    """Whose work it is: the city's."""

    name: str
    source: str
    dataUpdatedTime: datetime


def route(one: StreetPass, network: StreetNetwork, city: str, delay: timedelta) -> RouteFeature:
    """Return a pass as a feature: the stretch in the direction of travel."""
    street, forward = one.directed
    line = network.stretch(street, one.from_m, one.to_m)
    end_m = one.to_m if forward else one.from_m
    heading_deg = network.heading_at(street, end_m) + (0 if forward else 180)
    public_at = one.ended_at + delay
    names = network.segment(street).names.get("", ())
    return {
        "type": "Feature",
        "geometry": {
            "type": "LineString",
            "coordinates": [
                [round(lon, DIGITS), round(lat, DIGITS)]
                for lon, lat in (line if forward else reversed(line))
            ],
        },
        "properties": {
            "id": one.number,
            "sendingTime": public_at,
            "created": public_at,
            "tasks": [TASKS[each] for each in one.treatments],
            "startTime": one.started_at,
            "endTime": one.ended_at,
            "direction": round(heading_deg % 360, 1),
            "domain": city,
            "source": city,
            "streetId": street,
            "streetName": next(iter(names), ""),
        },
    }


def routes(
    features: Iterable[RouteFeature], at: datetime, following: str, licence: str
) -> RoutePage:
    """Return a page of passes; `following` is the address of the next one, empty for none."""
    links: list[PageLink] = [{"rel": "next", "href": following}] if following else []
    return {
        "type": "FeatureCollection",
        "licence": licence,
        "dataUpdatedTime": at,
        "features": list(features),
        "links": links,
    }


def tasks() -> Sequence[Mapping[str, str]]:
    """Return the tasks that passes can have, with their names by language (`nameEn`, …)."""
    return [
        {
            "id": task,
            **{
                f"name{language.capitalize()}": translator(language).plain(f"treatment:{treatment}")
                for language in languages()
            },
        }
        for treatment, task in TASKS.items()
    ]


def domains(city: str, at: datetime) -> list[MaintenanceDomain]:
    """Return the domains of passes: there is one."""
    return [{"name": city, "source": city, "dataUpdatedTime": at}]
