"""Tickets with which somebody signed in at a province enters a city: rows of the province."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert

from data.model import SessionId
from data.model.people import EntryTicket
from data.store.database.engine import Tx
from data.store.database.records import first_record
from data.store.schema import entry_ticket


def add_entry_ticket(tx: Tx, values: Mapping[str, object]) -> None:
    """Add a ticket."""
    tx.execute(insert(entry_ticket).values(**values))


def take_entry_ticket(tx: Tx, digest: str) -> EntryTicket | None:
    """Remove the ticket with this digest and return it."""
    taken = delete(entry_ticket).where(entry_ticket.c.digest == digest).returning(entry_ticket)
    return first_record(EntryTicket, tx.execute(taken))


def remove_entry_tickets(tx: Tx, session_id: SessionId, now: datetime) -> None:
    """Remove the tickets of a session, and all that are too old."""
    mine = entry_ticket.c.session_id == session_id
    tx.execute(delete(entry_ticket).where(mine | (entry_ticket.c.expires_at <= now)))
