"""The two formats of Open311 answers: XML, which is mandatory, and JSON."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.responses import Response

from data.files.xml_text import xml_text
from maps.requests.open311 import Record, Value

CHILDREN = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "notes": "note",
    "photos": "photo",
}
"""XML element names of list members, by the name of the list."""


class Format(StrEnum):
    """The format of an answer, given by the suffix of the address."""

    XML = "xml"
    JSON = "json"


MEDIA_TYPES = {
    Format.XML: "text/xml; charset=utf-8",
    Format.JSON: "application/json; charset=utf-8",
}


def answer(
    form: Format,
    root: str,
    content: Record | Sequence[Record],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a record or a list of records in a format; `root` names the XML element."""
    return Response(body_of(form, root, content), status, dict(headers or {}), MEDIA_TYPES[form])


def body_of(form: Format, root: str, content: Record | Sequence[Record]) -> bytes:
    """Return a record or a list of records in a format."""
    return _xml(root, content) if form is Format.XML else _json(content)


def _json(content: Record | Sequence[Record]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _xml(root: str, content: Record | Sequence[Record]) -> bytes:
    top = Element(root)
    _fill(top, content)
    return bytes(tostring(top, encoding="utf-8", xml_declaration=True))


def _fill(element: Element, value: Value | Record | Sequence[Record]) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(SubElement(element, name), inner)
    elif isinstance(value, str):
        element.text = xml_text(value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif isinstance(value, Sequence):
        for inner in value:
            _fill(SubElement(element, CHILDREN[element.tag]), inner)
    elif value is not None:
        element.text = str(value)
