"""Asking for messages about a street, confirming that, and ending it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError
from data.model import Actor, ActorKind, Language, Snap
from data.model.ids import StreetWatchId
from data.model.requests.street_watches import PushAddress, StreetWatch
from data.requests.phone_number import plain_number
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.public.street_watches import (
    add_watch,
    find_watch,
    list_watches_of,
    remove_watch,
    set_watch,
)
from fleet.public.watch_limits import MOST_WATCHES, count_ended, is_one_too_many
from fleet.requests.intake import EMAIL

READER = Actor(ActorKind.SYSTEM, "citizen")
"""Who the audit log names where somebody subscribed, or stopped it."""

CODE_DIGITS = 12
"""Digits of the code that confirms and ends a subscription: too many to be guessed."""

LOOK_EVERY = timedelta(minutes=5)
"""Time between two looks at the street of a subscription."""


@dataclass(frozen=True, slots=True)
class WatchWish:
    """What somebody wants to hear of: a place, in this storm or in every one."""

    place: Snap
    language: Language
    every_storm: bool


@dataclass(frozen=True, slots=True)
class ReaderContact:
    """A phone, an e-mail address or both, as whoever wants messages there typed them."""

    phone: str
    email: str
    consent: bool

    def __post_init__(self) -> None:
        """Reject what nobody can be told by, or where nobody agreed."""
        if self.email and not EMAIL.fullmatch(self.email):
            raise InvalidError("caller_email", self.email, "an e-mail address")
        if not (plain_number(self.phone) or self.email):
            raise InvalidError("consent", self.consent, "a phone number or an e-mail address")
        if not self.consent:
            raise InvalidError("agreed", self.consent, "that somebody agrees")


def subscribe(tx: Tx, wish: WatchWish, reader: ReaderContact, now: datetime) -> list[StreetWatch]:
    """Return the new subscriptions to a street: of a number and an address each, to be confirmed.

    Whoever asks must be answered the same, whatever was subscribed to before: anybody can type
    anybody's number. Its owner is told the truth. One street more than is allowed waits until the
    owner gives up another; further ones are not kept.
    """
    ways = ((reader.phone, ""), ("", reader.email))
    return [
        _added(tx, wish, phone, email, now)
        for phone, email in ways
        if plain_number(phone) or email
        if _is_news(list_watches_of(tx, plain_number(phone), email), wish.place)
    ]


def watch_of_browser(tx: Tx, wish: WatchWish, push: PushAddress, now: datetime) -> StreetWatch:
    """Return the subscription to a street that a browser has now.

    It confirms it by itself: its first message comes to whoever pressed the button. Raises
    `ConflictError` for one more than is allowed.
    """
    mine = list_watches_of(tx, "", "", push.endpoint)
    for one in mine:
        if one.segment_id == wish.place.segment_id and one.push == push:
            return one
    if len(mine) >= MOST_WATCHES:
        raise _too_many()
    return _added(tx, wish, "", "", now, push)


def watch_of(tx: Tx, code: str) -> StreetWatch | None:
    """Return the subscription of a code; `None` for another, and where it has ended."""
    return find_watch(tx, code)


def confirmed_watch(tx: Tx, code: str, now: datetime) -> StreetWatch | None:
    """Return the subscription of a code, which whoever has it confirms; `None` for another.

    Raises `ConflictError` for one more than is allowed.
    """
    found = find_watch(tx, code)
    if found is None or found.confirmed_at is not None:
        return found
    if is_one_too_many(tx, found):
        raise _too_many()
    set_watch(tx, found.id, {"confirmed_at": now, "look_at": now})
    log_watch(tx, found, READER, "watch.confirmed", now)
    return replace(found, confirmed_at=now)


def unsubscribe(tx: Tx, code: str, now: datetime, key: bytes) -> StreetWatch | None:
    """End the subscription of a code and return it; `None` where it has ended already.

    `key` as in `WatchRules`.
    """
    found = find_watch(tx, code)
    if found is not None:
        end_watch(tx, found, READER, now, key)
    return found


def end_watch(tx: Tx, watch: StreetWatch, actor: Actor, now: datetime, key: bytes) -> None:
    """Remove a subscription, and keep what it has used of the messages of its day."""
    count_ended(tx, watch, key)
    remove_watch(tx, watch.id)
    log_watch(tx, watch, actor, "watch.ended", now)


def log_watch(
    tx: Tx,
    watch: StreetWatch,
    actor: Actor,
    verb: str,
    now: datetime,
    after: dict[str, object] | None = None,
) -> None:
    """Write a line that names the street, and nothing of the person."""
    add_event(tx, now, actor, verb, f"segment:{watch.segment_id}", after=after)


def _is_news(known: Sequence[StreetWatch], place: Snap) -> bool:
    """Whether a street is none of those that a person has, and these leave room for a question."""
    return len(known) <= MOST_WATCHES and place.segment_id not in {one.segment_id for one in known}


def _too_many() -> ConflictError:
    text = f"no more than {MOST_WATCHES} subscriptions"
    return ConflictError(text, reason="watches_full", most=MOST_WATCHES)


def _added(
    tx: Tx, wish: WatchWish, phone: str, email: str, now: datetime, push: PushAddress | None = None
) -> StreetWatch:
    new = StreetWatch(
        id=StreetWatchId(0),
        segment_id=wish.place.segment_id,
        offset_m=wish.place.offset_m,
        phone=phone,
        number=plain_number(phone),
        email=email,
        language=wish.language,
        code=f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}",
        every_storm=wish.every_storm,
        storm_id=None,
        made_at=now,
        confirmed_at=None if push is None else now,
        look_at=now if push is None else now + LOOK_EVERY,
        endpoint=push.endpoint if push else "",
        push_key=push.key if push else "",
        push_secret=push.secret if push else "",
    )
    stored = add_watch(tx, new)
    log_watch(tx, stored, READER, "watch.asked", now)
    return stored
