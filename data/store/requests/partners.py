"""What other systems sent with requests, and what they said of them later, as rows."""

from collections.abc import Sequence
from itertools import batched

from sqlalchemy import insert, select

from data.model import ApiKeyId, PartnerReport, PartnerUpdate, RequestId
from data.store.database.engine import Tx
from data.store.database.records import first_record, record, records
from data.store.requests.requests import AT_ONCE
from data.store.schema import partner_report, partner_update


def add_partner_report(tx: Tx, report: PartnerReport) -> None:
    """Keep what came with a request."""
    tx.execute(
        insert(partner_report).values(
            request_id=report.request_id,
            key_id=report.key_id,
            attributes={code: list(answers) for code, answers in report.attributes.items()},
            media_urls=list(report.media_urls),
            account_id=report.account_id,
            device_id=report.device_id,
        )
    )


def list_partner_reports(
    tx: Tx, request_ids: Sequence[RequestId]
) -> dict[RequestId, PartnerReport]:
    """Return what came with these requests; those of other channels are left out."""
    found: dict[RequestId, PartnerReport] = {}
    for ids in batched(request_ids, AT_ONCE, strict=False):
        query = select(partner_report).where(partner_report.c.request_id.in_(ids))
        found |= {one.request_id: one for one in records(PartnerReport, tx.execute(query))}
    return found


def add_partner_update(tx: Tx, sent: PartnerUpdate) -> None:
    """Keep what was said of a request, beside the event that tells that it was said."""
    tx.execute(
        insert(partner_update).values(
            event_id=sent.event_id,
            request_id=sent.request_id,
            key_id=sent.key_id,
            update_id=sent.update_id,
            status=sent.status,
            description=sent.description,
            media_url=sent.media_url,
        )
    )


def find_partner_update(tx: Tx, key_id: ApiKeyId, update_id: str) -> PartnerUpdate | None:
    """Return what this system has said under a number of its own."""
    same = (partner_update.c.key_id == key_id) & (partner_update.c.update_id == update_id)
    return first_record(PartnerUpdate, tx.execute(select(partner_update).where(same)))


def list_partner_updates(tx: Tx, event_ids: Sequence[int]) -> dict[int, PartnerUpdate]:
    """Return what was said, by the event that tells of it."""
    found: dict[int, PartnerUpdate] = {}
    for ids in batched(event_ids, AT_ONCE, strict=False):
        query = select(partner_update).where(partner_update.c.event_id.in_(ids))
        found |= {row.event_id: record(PartnerUpdate, row) for row in tx.execute(query)}
    return found
