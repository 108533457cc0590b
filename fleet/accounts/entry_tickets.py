"""Tickets with which somebody who is signed in at a province enters one of its cities.

A ticket is a row of the province's database, known by the digest of its text. It is used once,
within seconds, for one city, by the browser that asked for it, while its session goes on.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from data.model import Session, User
from data.store.accounts.accounts import get_user
from data.store.accounts.entry_tickets import (
    add_entry_ticket,
    remove_entry_tickets,
    take_entry_ticket,
)
from data.store.accounts.sessions import get_session
from data.store.database.engine import Tx
from fleet.accounts.accounts import token_digest

LASTS = timedelta(seconds=30)
"""Time from the answer of the province to the request at the city."""

TEXT_BYTES = 32


def state_of(csrf: str) -> str:
    """Return what a city asks for a ticket with: it tells browsers apart, by their form token."""
    return token_digest(f"entry {csrf}")


def issue_ticket(tx: Tx, session: Session, city: str, state: str, now: datetime) -> str:
    """Return the text of a new ticket of a session; an earlier one of it is worth nothing."""
    remove_entry_tickets(tx, session.id, now)
    text = secrets.token_urlsafe(TEXT_BYTES)
    values = {
        "digest": token_digest(text),
        "session_id": session.id,
        "city": city,
        "state": state,
        "expires_at": now + LASTS,
    }
    add_entry_ticket(tx, values)
    return text


def redeem_ticket(
    tx: Tx, text: str, city: str, state: str, now: datetime
) -> tuple[Session, User] | None:
    """Return session and person of a ticket; `None` for one that is not for this use.

    Whatever is found out, the ticket is used up.
    """
    ticket = take_entry_ticket(tx, token_digest(text))
    if ticket is None or ticket.expires_at <= now or ticket.city != city:
        return None
    if not hmac.compare_digest(ticket.state, state):
        return None
    session = get_session(tx, ticket.session_id)
    person = get_user(tx, session.user_id)
    return None if session.expires_at <= now or person.disabled else (session, person)
