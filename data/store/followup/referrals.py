"""Agencies, referrals of requests to them, and their answers, as rows."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select, update

from data.model import (
    PENDING,
    Agency,
    AgencyId,
    Referral,
    ReferralId,
    ReferralState,
    RequestId,
    ServiceRequest,
)
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, records, row_of
from data.store.schema import agency, referral, request


class ReferredRequest(NamedTuple):
    """A referral with the request and the agency that it joins."""

    referral: Referral
    request: ServiceRequest
    agency: Agency


def add_agency(tx: Tx, new: Agency) -> AgencyId:
    """Add an agency and return the id that it gets."""
    made = tx.execute(insert(agency).values(row_of(new, agency)).returning(agency.c.id))
    return AgencyId(made.scalar_one())


def update_agency(tx: Tx, changed: Agency) -> None:
    """Write an agency over its old state."""
    tx.execute(update(agency).where(agency.c.id == changed.id).values(row_of(changed, agency)))


def delete_agency(tx: Tx, agency_id: AgencyId) -> None:
    """Remove an agency without referrals."""
    tx.execute(delete(agency).where(agency.c.id == agency_id))


def get_agency(tx: Tx, agency_id: AgencyId) -> Agency:
    """Return the agency."""
    return get_record(
        Agency, tx.execute(select(agency).where(agency.c.id == agency_id)), "agency", agency_id
    )


def list_agencies(tx: Tx) -> list[Agency]:
    """Return every agency, retired ones too, by name."""
    return records(Agency, tx.execute(select(agency).order_by(agency.c.name)))


def count_referrals(tx: Tx, agency_id: AgencyId) -> int:
    """Return how many requests ever went to an agency."""
    query = select(func.count()).where(referral.c.agency_id == agency_id)
    return tx.execute(query).scalar_one()


def add_referral(tx: Tx, new: Referral) -> ReferralId:
    """Add a referral and return the id that it gets."""
    made = tx.execute(insert(referral).values(row_of(new, referral)).returning(referral.c.id))
    return ReferralId(made.scalar_one())


def update_referral(tx: Tx, changed: Referral) -> None:
    """Write a referral's present state over the old one."""
    tx.execute(
        update(referral).where(referral.c.id == changed.id).values(row_of(changed, referral))
    )


def get_referral(tx: Tx, referral_id: ReferralId) -> Referral:
    """Return the referral."""
    return get_record(
        Referral,
        tx.execute(select(referral).where(referral.c.id == referral_id)),
        "referral",
        referral_id,
    )


def find_pending_referral(tx: Tx, request_id: RequestId) -> Referral | None:
    """Return the referral of a request that an agency still has."""
    query = select(referral).where(
        referral.c.request_id == request_id, referral.c.state.in_(PENDING)
    )
    return first_record(Referral, tx.execute(query.order_by(referral.c.id.desc())))


def list_referrals(tx: Tx, limit: int) -> list[ReferredRequest]:
    """Return pending referrals, the longest waiting first, then answered ones, newest first."""
    pending = _joined(tx, tuple(PENDING), oldest=True, limit=limit)
    over = tuple(set(ReferralState) - PENDING)
    return pending + _joined(tx, over, oldest=False, limit=limit - len(pending))


def list_referrals_of(tx: Tx, asked: ServiceRequest) -> list[ReferredRequest]:
    """Return all referrals of a request, oldest first."""
    query = select(referral).where(referral.c.request_id == asked.id).order_by(referral.c.id)
    found = records(Referral, tx.execute(query))
    agencies = {each.id: each for each in list_agencies(tx)} if found else {}
    return [ReferredRequest(one, asked, agencies[one.agency_id]) for one in found]


def last_referrals(tx: Tx, request_ids: Collection[RequestId]) -> dict[RequestId, Referral]:
    """Return the newest referral of each of these requests that has one."""
    query = select(referral).where(referral.c.request_id.in_(request_ids))
    found = records(Referral, tx.execute(query.order_by(referral.c.id)))
    return {each.request_id: each for each in found}


def agencies_of(tx: Tx, request_ids: Collection[RequestId]) -> dict[RequestId, str]:
    """Return the name of the agency that each of these requests was last referred to."""
    query = select(referral.c.request_id, agency.c.name).join(agency)
    found = query.where(referral.c.request_id.in_(request_ids)).order_by(referral.c.id)
    return {RequestId(row.request_id): row.name for row in tx.execute(found)}


def _joined(
    tx: Tx, states: Collection[ReferralState], *, oldest: bool, limit: int
) -> list[ReferredRequest]:
    by = (referral.c.at, referral.c.id)
    query = (
        select(referral)
        .where(referral.c.state.in_(states))
        .order_by(*(each if oldest else each.desc() for each in by))
        .limit(limit)
    )
    found = records(Referral, tx.execute(query))
    asked = select(request).where(request.c.id.in_({each.request_id for each in found}))
    requests = {one.id: one for one in records(ServiceRequest, tx.execute(asked))}
    agencies = {each.id: each for each in list_agencies(tx)}
    return [
        ReferredRequest(one, requests[one.request_id], agencies[one.agency_id]) for one in found
    ]
