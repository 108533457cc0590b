"""Open311 records of requests, with what is published about them."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Request

from api.open311.access import Visitor
from data.model import PartnerReport, RequestState, ServiceRequest
from data.store.database.engine import Tx
from data.store.requests.partners import list_partner_reports
from data.store.requests.public_requests import last_changes, list_notes
from data.store.requests.request_photos import list_request_photos
from fleet.followup.referrals import agency_names
from fleet.requests.partners import TOLD
from fleet.requests.request_lookup import deadlines
from fleet.routes.arrivals import Arrivals
from fleet.storms.storm_lookup import wanted_storm
from maps.requests.open311 import UPDATES, PublishedRequest, Record, extended, request_record

NOTED = (*UPDATES, TOLD)
"""Entries of the audit log that are published as notes."""


def records_of(
    tx: Tx, request: Request, visitor: Visitor, found: Sequence[ServiceRequest], *, more: bool
) -> list[Record]:
    """Return the records of requests; `more` adds the extension fields."""
    t, network = visitor.t, visitor.app.network
    records: list[Record] = []
    for one in _published(tx, request, visitor, found, more=more):
        extra = extended(one, t) if more else {}
        records.append(request_record(one, network, t, visitor.now) | extra)
    return records


def _published(
    tx: Tx, request: Request, visitor: Visitor, found: Sequence[ServiceRequest], *, more: bool
) -> list[PublishedRequest]:
    ids = [asked.id for asked in found]
    told = list_partner_reports(tx, ids) if visitor.key is not None else {}
    own = {each.request_id: each for each in told.values() if _brought(visitor, each)}
    photos = list_request_photos(tx, sorted(own))
    changed_at = last_changes(tx, ids)
    due_at = deadlines(tx, found, visitor.app.network, visitor.app.policy)
    agencies = agency_names(tx, found)
    notes = list_notes(tx, ids, NOTED) if more else {}
    storm = wanted_storm(tx)
    app = visitor.app
    arrivals = app.estimates.arrivals(tx, storm.id, visitor.now) if storm else None
    return [
        PublishedRequest(
            asked=asked,
            changed_at=changed_at.get(asked.id, asked.received_at),
            due_at=due_at,
            expected_at=_expected_at(asked, arrivals),
            agency=agencies.get(asked.id, visitor.app.city.name),
            own=asked.id in own,
            media=_media(request, photos.get(asked.id, ()), own.get(asked.id)),
            told=own.get(asked.id),
            notes=notes.get(asked.id, ()),
        )
        for asked in found
    ]


def _expected_at(asked: ServiceRequest, arrivals: Arrivals | None) -> datetime | None:
    """Return when an open request is expected to be served by the published plan."""
    if arrivals is None or asked.job_id is None or asked.state is not RequestState.OPEN:
        return None
    visit = arrivals.job(asked.job_id)
    return None if visit is None else visit.expected_at


def _brought(visitor: Visitor, told: PartnerReport) -> bool:
    return visitor.key is not None and told.key_id == visitor.key.id


def _media(request: Request, photos: Sequence[str], told: PartnerReport | None) -> list[str]:
    ours = [str(request.url_for("get_media", name=name)) for name in photos]
    return [*ours, *(told.media_urls if told else ())]
