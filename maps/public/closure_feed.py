"""Closed streets in CIFS, the form that Waze and others read: JSON and XML."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from xml.etree.ElementTree import Element, SubElement, tostring
from zoneinfo import ZoneInfo

from data.files.xml_text import xml_text
from fleet.public.street_closures import StreetClosure
from maps.pages.i18n import Translator
from maps.streets.street import called, street_name

type Incident = Mapping[str, str]
"""An incident by the names of its elements; `id` is an attribute in XML."""


def incident(one: StreetClosure, t: Translator, now: datetime) -> Incident:
    """Return a closed street: its line in the direction of travel, from junction to junction.

    CIFS wants an end: one that nobody knows is set to the end of tomorrow, each day anew.
    """
    line = one.segment.geometry if one.forward is not False else reversed(one.segment.geometry)
    until_at = one.until_at or _end_of_tomorrow(now, t.timezone)
    return {
        "id": f"closure-{one.id}",
        "type": "ROAD_CLOSED",
        "subtype": "ROAD_CLOSED_HAZARD",
        "polyline": " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in line),
        "street": called(street_name(one.segment), t),
        "starttime": _local(one.from_at, t.timezone),
        "endtime": _local(until_at, t.timezone),
        "description": t("Closed because of snow or ice"),
        "direction": "BOTH_DIRECTIONS" if one.forward is None else "ONE_DIRECTION",
    }


def incidents_json(incidents: Iterable[Incident]) -> Mapping[str, list[Mapping[str, Incident]]]:
    """Return incidents as CIFS has them in JSON."""
    return {"incidents": [{"incident": one} for one in incidents]}


def incidents_xml(incidents: Iterable[Incident]) -> bytes:
    """Return incidents as CIFS has them in XML."""
    top = Element("incidents")
    for one in incidents:
        element = SubElement(top, "incident", id=one["id"])
        for name, text in one.items():
            if name != "id":
                SubElement(element, name).text = xml_text(text)
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True))


def _local(at: datetime, timezone: str) -> str:
    return at.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")


def _end_of_tomorrow(now: datetime, timezone: str) -> datetime:
    zone = ZoneInfo(timezone)
    day = now.astimezone(zone).date() + timedelta(days=2)
    return datetime.combine(day, time(), zone)
