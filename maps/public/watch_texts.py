"""Texts of messages about a street: short, in the reader's language, without trucks."""

from datetime import datetime

from data.errors import BarfrubError, ConflictError
from fleet.public.street_watches import WatchNews, WatchNewsKind
from maps.pages.error_texts import message_of
from maps.pages.i18n import Translator
from maps.requests.citizen import FormMistake, mistake_of
from maps.requests.notices import NoticeText


def watch_text(
    news: WatchNews, street: str, address: str, t: Translator, now: datetime
) -> NoticeText:
    """Return the text of a message about a street, to be read soon after `now`.

    `address` is that of the public pages: without one the code is named, to be typed there.
    """
    title, body, code = t("My street"), _told(news, street, address, t, now), news.watch.code
    if address:
        link = f"{address.rstrip('/')}/street/watch?code={code}&lang={t.language}"
        return NoticeText(title, body, link)
    return NoticeText(title, body, t("Code: {code}", code=code))


def watch_mistake(error: BarfrubError, t: Translator) -> FormMistake:
    """Return why a subscription was not taken, at the number or address that has enough."""
    if isinstance(error, ConflictError):
        return FormMistake(str(error.values["by"]), message_of(error, t))
    return mistake_of(error, t)


def _told(news: WatchNews, street: str, address: str, t: Translator, now: datetime) -> str:
    said = news.said
    if news.kind is WatchNewsKind.CONFIRM:
        if address:
            return t("Do you want messages about {street}? Then open this link.", street=street)
        asks = (
            "Do you want messages about {street}? Then type this code on the page of your street."
        )
        return t(asks, street=street)
    if news.kind is WatchNewsKind.CLEARED and said.cleared_at is not None:
        when = t.moment_as_said(said.cleared_at, now)
        return t("{street} was last cleared {when}.", street=street, when=when)
    if said.from_at is None or said.to_at is None:
        raise ValueError(f"window: expected its ends, got {said.from_at} and {said.to_at}")
    when = t.span_as_said(said.from_at, said.to_at, now)
    return t("{street} is planned {when}.", street=street, when=when)
