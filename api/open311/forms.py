"""Open311 form data: fields and photos, parsed into a report."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from math import isfinite

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.open311.access import Visitor, writer
from api.web.request_body import FORM_BYTES
from data.errors import InvalidError, Need, NotFoundError
from data.files.photos import MOST_BYTES
from data.model import ApiKey, Danger, LonLat, RequestKind
from data.streets.network import StreetNetwork
from fleet.requests.intake import SHORT_LETTERS, Report
from fleet.requests.placing import require_inside
from maps.requests.open311_services import (
    CONSENT,
    DANGER,
    YES,
    Datatype,
    Question,
    language_question,
    questions,
)

CHANNEL = "open311"
MOST_PHOTOS = 4
MOST_FIELDS = 100
FIELD_BYTES = 20_000
MOST_FORM_BYTES = MOST_PHOTOS * MOST_BYTES + FORM_BYTES
URL_LETTERS = 2_000

FOREIGN_NUMBERS = ("fixmystreet_id", "external_id", "service_request_id_ext")
"""Attributes with the client's own number of a report; equal numbers are one report."""

_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,100})\](\[\])?")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """A submitted form: fields, all `media_url`, answers and photos.

    Empty fields and files are absent.
    """

    fields: Mapping[str, str]
    media_urls: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    photos: tuple[UploadFile, ...] = ()

    def text(self, name: str) -> str:
        """Return a field; empty where it is absent."""
        return self.fields.get(name, "")

    def wanted(self, name: str) -> str:
        """Return a required field; raise `InvalidError` where it is absent."""
        if not self.text(name):
            raise InvalidError(name, "", "a value")
        return self.text(name)


@asynccontextmanager
async def submitted(request: Request) -> AsyncIterator[tuple[Visitor, SubmittedForm]]:
    """Yield the sender and the submitted fields, from form and query; the form overrides the query.

    Photos are still to be read: those of an unknown sender never come into memory.
    """
    form = await _parsed(request)
    try:
        pairs = [
            *((name, text) for name, text in form.multi_items() if isinstance(text, str)),
            *request.query_params.multi_items(),
        ]
        sent = _sent([(name, text.strip()) for name, text in pairs])
        key, city = sent.text("api_key"), sent.text("jurisdiction_id")
        visitor = await run_in_threadpool(writer, request, key, city)
        files = [file for _, file in form.multi_items() if isinstance(file, UploadFile)]
        yield visitor, replace(sent, photos=tuple(file for file in files if file.size))
    finally:
        await form.close()


async def _parsed(request: Request) -> FormData:
    try:
        return await request.form(
            max_files=MOST_PHOTOS, max_fields=MOST_FIELDS, max_part_size=FIELD_BYTES
        )
    except HTTPException as error:
        most = {"photos": MOST_PHOTOS, "fields": MOST_FIELDS}
        need = Need("a form with at most {photos} pictures and {fields} fields", **most)
        raise InvalidError("media", str(error.detail), need) from error


def _sent(pairs: Sequence[tuple[str, str]]) -> SubmittedForm:
    fields: dict[str, str] = {}
    attributes: dict[str, list[str]] = {}
    for name, text in pairs:
        attribute = _ATTRIBUTE.fullmatch(name)
        if not text:
            continue
        if attribute is None:
            fields.setdefault(name, text)
        else:
            attributes.setdefault(attribute[1], []).append(text)
    urls = tuple(dict.fromkeys(text for name, text in pairs if name == "media_url" and text))
    answers = {code: tuple(dict.fromkeys(texts)) for code, texts in attributes.items()}
    return SubmittedForm(fields, tuple(map(checked_url, urls[:MOST_PHOTOS])), answers)


def checked_url(text: str) -> str:
    """Return the address of a photo; raise `InvalidError` where it is malformed."""
    if len(text) > URL_LETTERS or not _ADDRESS.fullmatch(text):
        raise InvalidError("media_url", text[:SHORT_LETTERS], "an address that begins with http")
    return text


def report_of(sent: SubmittedForm, key: ApiKey, network: StreetNetwork) -> Report:
    """Return the report in a form; raise `InvalidError` or `NotFoundError` for faulty fields."""
    kind = _kind(sent.wanted("service_code"))
    _check_answers(sent.attributes, questions(kind))
    location = _location(sent, network)
    if location is None and not sent.text("address_string"):
        raise InvalidError("lat", "", "a place: lat and long, address_string or address_id")
    require_inside(location, network)
    name = f"{sent.text('first_name')} {sent.text('last_name')}".strip()
    return Report(
        channel=CHANNEL,
        kind=kind,
        text=sent.text("description"),
        address=sent.text("address_string"),
        location=location,
        caller_name=name,
        caller_phone=sent.text("phone"),
        caller_email=sent.text("email"),
        language=_answer(sent, language_question()),
        consent=_answer(sent, CONSENT) == YES,
        idempotency_key=_foreign_number(sent, key),
        dangers=tuple(map(Danger, sent.attributes.get(DANGER.code, ()))),
    )


def _kind(service_code: str) -> RequestKind:
    try:
        return RequestKind(service_code)
    except ValueError:
        raise NotFoundError("service", service_code) from None


def _location(sent: SubmittedForm, network: StreetNetwork) -> LonLat | None:
    lat, lon = sent.text("lat"), sent.text("long")
    if lat or lon:
        return LonLat(_degrees("long", lon, 180.0), _degrees("lat", lat, 90.0))
    address_id = sent.text("address_id")
    if not address_id:
        return None
    segment = network.find(int(address_id)) if address_id.isdecimal() else None
    if segment is None:
        raise NotFoundError("address", address_id)
    return network.point_at(segment.id, segment.length_m / 2)


def _degrees(name: str, text: str, most: float) -> float:
    try:
        degrees = float(text)
    except ValueError:
        degrees = float("nan")
    if not isfinite(degrees) or abs(degrees) > most:
        raise InvalidError(name, text, "degrees, WGS 84")
    return degrees


def _check_answers(attributes: Mapping[str, tuple[str, ...]], asked: Sequence[Question]) -> None:
    """Raise `InvalidError` where an answer is missing or not one of the choices.

    Unknown attributes are kept: clients send fields of their own.
    """
    for question in asked:
        answers = attributes.get(question.code, ())
        known = [code for code, _ in question.options]
        several = len(answers) > 1 and question.datatype is not Datatype.MANY
        if known and (several or not set(answers) <= set(known)):
            raise InvalidError(
                question.code,
                ", ".join(answers),
                Need("one of {expected}", expected=", ".join(known)),
            )
        if question.required and not answers:
            raise InvalidError(question.code, "", "a value")
    for code, answers in attributes.items():
        if any(len(each) > URL_LETTERS for each in answers):
            raise InvalidError(
                code, "", Need("at most {max_length} characters", max_length=URL_LETTERS)
            )


def _answer(sent: SubmittedForm, question: Question) -> str:
    return next(iter(sent.attributes.get(question.code, ())), "")


def _foreign_number(sent: SubmittedForm, key: ApiKey) -> str | None:
    numbers = (sent.attributes.get(name) for name in FOREIGN_NUMBERS)
    number = next((each[0] for each in numbers if each), None)
    return None if number is None else f"{CHANNEL}:{key.id}:{number[:SHORT_LETTERS]}"
