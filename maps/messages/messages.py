"""Messages as the board and a driver's phone show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import ByLanguage, Message
from data.policy.message_rules import MessageRules


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message to or from a driver or a crew.

    `by_tracker` where it went to a tracker, without receipts.
    """

    id: int
    vehicle_id: int | None
    shift_id: int | None
    from_driver: bool
    text: ByLanguage
    sent_by: str
    sent_at: datetime
    delivered_at: datetime | None
    seen_at: datetime | None
    by_tracker: bool
    crew_shift_id: int | None


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Messages in the order of sending, and the ready texts."""

    messages: tuple[MessageView, ...]
    canned: tuple[ByLanguage, ...]


@dataclass(frozen=True, slots=True)
class SentView:
    """Result of a message to several trucks: messages sent, and vehicles that are unreachable."""

    messages: tuple[MessageView, ...]
    unreached: tuple[int, ...]


def message_view(one: Message) -> MessageView:
    """Return a message for the board."""
    return MessageView(
        id=one.id,
        vehicle_id=one.vehicle_id,
        shift_id=one.shift_id,
        from_driver=one.from_driver,
        text=one.words,
        sent_by=one.sent_by,
        sent_at=one.sent_at,
        delivered_at=one.delivered_at,
        seen_at=one.seen_at,
        by_tracker=one.command_id is not None,
        crew_shift_id=one.crew_shift_id,
    )


def board_thread(messages: Iterable[Message], rules: MessageRules) -> ThreadView:
    """Return the messages and ready texts for dispatchers."""
    return _thread(messages, rules.to_driver)


def driver_thread(messages: Iterable[Message], rules: MessageRules) -> ThreadView:
    """Return the messages and ready texts for a driver."""
    return _thread(messages, rules.from_driver)


def _thread(messages: Iterable[Message], canned: Iterable[ByLanguage]) -> ThreadView:
    views = tuple(message_view(one) for one in messages)
    return ThreadView(views, tuple(canned))
