"""Withdrawal of a caller's consent to messages."""

from datetime import datetime

from data.model import Actor, RequestId
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.requests import find_caller, set_consent


def withdraw_consent(tx: Tx, actor: Actor, request_id: RequestId, now: datetime) -> None:
    """Stop messages to a caller about a request; those in the outbox are dropped."""
    who = find_caller(tx, request_id)
    if who is None or not who.consent:
        return
    set_consent(tx, request_id, consent=False)
    change = ({"consent": True}, {"consent": False})
    add_event(tx, now, actor, "request.unsubscribed", f"request:{request_id}", *change)
