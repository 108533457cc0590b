"""Limits on messages about streets, which hold also for who ends a subscription and begins anew."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model.requests.street_watches import StreetWatch
from data.store.database.engine import Tx
from data.store.public.street_watches import (
    EndedWatch,
    add_ended_watch,
    count_ended_messages,
    count_watch_messages,
    list_watches_of,
)
from fleet.requests.outbox import OutboxRules
from fleet.requests.sms_limits import DAY, SmsRules, count_all_reaching, count_all_sms

MOST_WATCHES = 10
"""Streets that one person may hear of."""

HELD_FOR = timedelta(hours=1)
"""How soon a message is looked at again whose reader, or the city, has had enough for a day."""


@dataclass(frozen=True, slots=True)
class WatchRules:
    """Limits of messages, as those about requests have them, in the time zone of the city.

    `key` is a secret that is in no database: digests of readers need it.
    """

    outbox: OutboxRules
    sms: SmsRules | None
    timezone: str
    key: bytes


def waits_for_another(tx: Tx, watch: StreetWatch) -> bool:
    """Whether its reader has not yet answered about another street, asked for before."""
    return any(one.id < watch.id and one.confirmed_at is None for one in _others(tx, watch))


def list_unanswered_behind(tx: Tx, watch: StreetWatch) -> list[StreetWatch]:
    """Return what waits for the answer about a street; nothing where that was given."""
    if watch.confirmed_at is not None:
        return []
    return [one for one in _others(tx, watch) if one.confirmed_at is None]


def is_one_too_many(tx: Tx, watch: StreetWatch) -> bool:
    """Whether its reader hears of as many other streets as is allowed."""
    return sum(one.confirmed_at is not None for one in _others(tx, watch)) >= MOST_WATCHES


def held_until(tx: Tx, watch: StreetWatch, rules: WatchRules, now: datetime) -> datetime | None:
    """Return when to look again where no message may go to somebody now."""
    sms, since = rules.sms, now - DAY
    by_phone = sms is not None and sms.number_for(watch.phone) != ""
    full = by_phone and sms is not None and count_all_sms(tx, since) >= sms.a_day
    mine = count_all_reaching(tx, watch.phone, watch.email, since)
    mine += count_watch_messages(tx, "", "", since, watch.endpoint)
    mine += count_ended_messages(tx, readers_of(watch, rules.key), since)
    return now + HELD_FOR if full or mine >= rules.outbox.most_a_day else None


def count_ended(tx: Tx, watch: StreetWatch, key: bytes) -> None:
    """Keep how many messages of its day a subscription has used that ends."""
    if watch.day_at is not None:
        reader = readers_of(watch, key)[0]
        add_ended_watch(tx, EndedWatch(reader, watch.phone != "", watch.day_at, watch.told))


def readers_of(watch: StreetWatch, key: bytes) -> list[str]:
    """Return digests of number and addresses, which nobody can guess without the key."""
    known = filter(None, (watch.number, watch.email, watch.endpoint))
    return [
        hmac.new(key, f"reader of a street {one}".encode(), hashlib.sha256).hexdigest()
        for one in known
    ]


def _others(tx: Tx, watch: StreetWatch) -> list[StreetWatch]:
    """Return the other subscriptions of a reader."""
    mine = list_watches_of(tx, watch.number, watch.email, watch.endpoint)
    return [one for one in mine if one.id != watch.id]
