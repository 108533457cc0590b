"""Winter maintenance and closed streets as a DATEX II v3 SituationPublication."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from data.files.xml_text import xml_text
from data.model import LonLat, Segment, Treatment
from data.streets.network import StreetNetwork
from fleet.public.street_closures import StreetClosure
from fleet.public.street_passes import StreetPass

_SCHEMA = "http://datex2.eu/schema/3"
_SPACES = {
    "xmlns:d2": f"{_SCHEMA}/d2Payload",
    "xmlns:com": f"{_SCHEMA}/common",
    "xmlns:loc": f"{_SCHEMA}/locationReferencing",
    "xmlns:sit": f"{_SCHEMA}/situation",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
_LAT_LON = "http://www.opengis.net/def/crs/EPSG/0/4326"

MAINTENANCE: Mapping[Treatment, str] = {
    Treatment.PLOW: "snowploughsInUse",
    Treatment.SALT: "saltingInProgress",
}
"""What DATEX II calls our treatments (`roadMaintenanceType`)."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Whose publication it is: a city, its country (ISO 3166, two letters), its language."""

    city: str
    country: str
    language: str


def situations_xml(
    publisher: Publisher,
    at: datetime,
    work: Sequence[StreetPass],
    closures: Iterable[StreetClosure],
    network: StreetNetwork,
) -> bytes:
    """Return streets worked on, a situation a street, and closed streets, as they were `at`."""
    top = Element("d2:payload", _SPACES)
    top.set("xsi:type", "sit:SituationPublication")
    top.set("lang", publisher.language)
    top.set("modelBaseVersion", "3")
    _say(top, "com:publicationTime", at.isoformat())
    creator = SubElement(top, "com:publicationCreator")
    _say(creator, "com:country", publisher.country)
    _say(creator, "com:nationalIdentifier", publisher.city)
    by_street = sorted(work, key=lambda one: one.directed)
    for street, passes in groupby(by_street, key=lambda one: one.directed.segment_id):
        situation = _situation(top, f"work-{street}")
        for one in passes:
            _add_work(situation, one, network)
    for closed in closures:
        _add_closure(_situation(top, f"closure-{closed.id}"), closed)
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True))


def _situation(top: Element, name: str) -> Element:
    situation = SubElement(top, "sit:situation", id=name)
    header = SubElement(situation, "sit:headerInformation")
    _say(header, "com:confidentiality", "noRestriction")
    _say(header, "com:informationStatus", "real")
    return situation


def _add_work(situation: Element, one: StreetPass, network: StreetNetwork) -> None:
    """Add the last work on a direction of a street; its version grows with every pass."""
    street, forward = one.directed
    record = SubElement(situation, "sit:situationRecord")
    record.set("xsi:type", "sit:MaintenanceWorks")
    record.set("id", f"work-{street}-{'forward' if forward else 'backward'}")
    record.set("version", str(int(one.ended_at.timestamp()) // 60))
    _add_facts(record, one.started_at, one.ended_at, one.ended_at)
    line = network.stretch(street, one.from_m, one.to_m)
    _add_place(record, network.segment(street), line if forward else line[::-1])
    _say(record, "sit:operatorActionStatus", "implemented")
    for each in one.treatments:
        _say(record, "sit:roadMaintenanceType", MAINTENANCE[each])


def _add_closure(situation: Element, one: StreetClosure) -> None:
    record = SubElement(situation, "sit:situationRecord")
    record.set("xsi:type", "sit:RoadOrCarriagewayOrLaneManagement")
    record.set("id", f"closure-{one.id}-record")
    record.set("version", "1")
    _add_facts(record, one.from_at, one.until_at, one.from_at)
    line = one.segment.geometry if one.forward is not False else one.segment.geometry[::-1]
    _add_place(record, one.segment, line)
    _say(record, "sit:operatorActionStatus", "implemented")
    _say(record, "sit:complianceOption", "mandatory")
    direction = "bothWays" if one.forward is None else "aligned"
    _say(record, "sit:applicableForTrafficDirection", direction)
    _say(record, "sit:roadOrCarriagewayOrLaneManagementType", "roadClosed")


def _add_facts(
    record: Element, from_at: datetime, until_at: datetime | None, said_at: datetime
) -> None:
    """Add since when a record is known, and the time for which it holds."""
    _say(record, "sit:situationRecordCreationTime", from_at.isoformat())
    _say(record, "sit:situationRecordVersionTime", said_at.isoformat())
    _say(record, "sit:probabilityOfOccurrence", "certain")
    validity = SubElement(record, "sit:validity")
    _say(validity, "com:validityStatus", "definedByValidityTimeSpec")
    times = SubElement(validity, "com:validityTimeSpecification")
    _say(times, "com:overallStartTime", from_at.isoformat())
    if until_at is not None:
        _say(times, "com:overallEndTime", until_at.isoformat())


def _add_place(record: Element, segment: Segment, line: Sequence[LonLat]) -> None:
    place = SubElement(record, "sit:locationReference")
    place.set("xsi:type", "loc:LinearLocation")
    name = next(iter(segment.names.get("", ())), "")
    if name:
        where = SubElement(place, "loc:supplementaryPositionalDescription")
        _say(SubElement(where, "loc:roadInformation"), "loc:roadName", name)
    string = SubElement(place, "loc:gmlLineString", srsName=_LAT_LON)
    _say(string, "loc:posList", " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in line))


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = xml_text(text)
