"""Messages as the board and a driver's phone show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import Message, Words
from data.policy.message_rules import MessageRules


@dataclass(frozen=True, slots=True)
class WordsView:
    """A text in both languages."""

    fa: str
    en: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """Words to or from a driver; `by_tracker` where they went to a tracker, which tells no more."""

    id: int
    vehicle_id: int
    shift_id: int | None
    from_driver: bool
    text: WordsView
    sent_by: str
    sent_at: datetime
    delivered_at: datetime | None
    seen_at: datetime | None
    by_tracker: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Messages in the order in which they were sent, and what is sent with one tap."""

    messages: tuple[MessageView, ...]
    canned: tuple[WordsView, ...]


@dataclass(frozen=True, slots=True)
class SentView:
    """What became of words to some trucks: messages, and vehicles that nobody could reach."""

    messages: tuple[MessageView, ...]
    unreached: tuple[int, ...]


def message_view(one: Message) -> MessageView:
    """Return a message for the board."""
    return MessageView(
        id=one.id,
        vehicle_id=one.vehicle_id,
        shift_id=one.shift_id,
        from_driver=one.from_driver,
        text=_words(one.words),
        sent_by=one.sent_by,
        sent_at=one.sent_at,
        delivered_at=one.delivered_at,
        seen_at=one.seen_at,
        by_tracker=one.command_id is not None,
    )


def board_thread(messages: Iterable[Message], rules: MessageRules) -> ThreadView:
    """Return what dispatchers see and say."""
    return _thread(messages, rules.to_driver)


def driver_thread(messages: Iterable[Message], rules: MessageRules) -> ThreadView:
    """Return what a driver sees and answers."""
    return _thread(messages, rules.from_driver)


def _thread(messages: Iterable[Message], canned: Iterable[Words]) -> ThreadView:
    views = tuple(message_view(one) for one in messages)
    return ThreadView(views, tuple(_words(one) for one in canned))


def _words(words: Words) -> WordsView:
    return WordsView(words.fa, words.en)
