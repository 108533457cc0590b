"""Limits on messages about streets, which hold also for who ends a subscription and begins anew."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import ConflictError
from data.model import SegmentId
from data.model.requests.street_watches import PushAddress, StreetWatch
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


def find_own_watch(
    tx: Tx, number: str, email: str, push: PushAddress | None, segment_id: SegmentId
) -> StreetWatch | None:
    """Return the subscription that a person has to a street; `None` where they may have one.

    Raises `ConflictError` where another one waits to be confirmed, or there are enough.
    """
    mine = list_watches_of(tx, number, email, push.endpoint if push else "")
    for one in mine:
        if one.segment_id == segment_id and one.push == push:
            return one
    waiting = next((one for one in mine if one.confirmed_at is None), None)
    if waiting is not None:
        raise ConflictError(
            "another subscription waits to be confirmed",
            reason="watch_waits",
            by=_shared(waiting, number),
        )
    if len(mine) >= MOST_WATCHES:
        raise ConflictError(
            f"no more than {MOST_WATCHES} subscriptions",
            reason="watches_full",
            by=_shared(mine[0], number),
            most=MOST_WATCHES,
        )
    return None


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


def _shared(watch: StreetWatch, number: str) -> str:
    """Return by what somebody who subscribes is known already."""
    return "phone" if number and watch.number == number else "email" if watch.email else "push"
