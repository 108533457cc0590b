"""Texts of messages about a street: short, in the reader's language, without trucks."""

from dataclasses import dataclass
from datetime import datetime

from data.errors import BarfrubError
from data.model.requests.street_watches import StreetWatch
from fleet.public.street_watches import WatchNews, WatchNewsKind
from fleet.public.watch_limits import MOST_WATCHES
from maps.pages.i18n import Translator
from maps.requests.citizen import FormMistake, mistake_of
from maps.requests.notices import NoticeText

FULL_BY_LINK = (
    "You already get messages about {most} streets. For {street}, first stop those about another "
    "one, then open this link."
)
FULL_BY_CODE = (
    "You already get messages about {most} streets. For {street}, first stop those about another "
    "one, then type this code on the page of your street."
)
"""To whoever hears of as many streets as is allowed, when somebody asks for one more."""


@dataclass(frozen=True, slots=True)
class PushText:
    """A message as a browser shows it; another one with the same `tag` takes its place."""

    title: str
    body: str
    lang: str
    dir: str
    tag: str
    link: str


def push_text(
    watch: StreetWatch, news: WatchNews | None, street: str, t: Translator, now: datetime
) -> PushText:
    """Return a message about a street to a browser, the first one where there is no news yet."""
    welcome = t("You get messages about {street}.", street=street)
    return PushText(
        title=t("My street"),
        body=_told(news, street, "", t, now) if news else welcome,
        lang=t.language,
        dir=t.direction,
        tag=f"street-{watch.segment_id}",
        link=watch_path(watch.code, t),
    )


def watch_path(code: str, t: Translator) -> str:
    """Return the path of the page that confirms and ends the subscription of a code."""
    return f"/street/watch?code={code}&lang={t.language}"


def watch_text(
    news: WatchNews, street: str, address: str, t: Translator, now: datetime
) -> NoticeText:
    """Return the text of a message about a street, to be read soon after `now`.

    `address` is that of the public pages: without one the code is named, to be typed there.
    """
    title, body, code = t("My street"), _told(news, street, address, t, now), news.watch.code
    if address:
        return NoticeText(title, body, f"{address.rstrip('/')}{watch_path(code, t)}")
    return NoticeText(title, body, t("Code of the subscription: {code}", code=code))


def watch_mistake(error: BarfrubError, t: Translator) -> FormMistake:
    """Return why the form was not taken, and at which of its fields that is told."""
    if error.values.get("field") == "agreed":
        return FormMistake("consent", t("Tick this box: without your yes we send nothing."))
    return mistake_of(error, t)


def browser_mistake(error: BarfrubError, t: Translator) -> str:
    """Return why a browser gets no messages."""
    if error.values.get("field") == "endpoint":
        return t("We cannot send messages to this browser. Choose a text message or an e-mail.")
    return mistake_of(error, t).text


def _told(news: WatchNews, street: str, address: str, t: Translator, now: datetime) -> str:
    said = news.said
    if news.kind is WatchNewsKind.CONFIRM:
        if address:
            return t("Do you want messages about {street}? Then open this link.", street=street)
        asks = (
            "Do you want messages about {street}? Then type this code on the page of your street."
        )
        return t(asks, street=street)
    if news.kind is WatchNewsKind.FULL:
        most = MOST_WATCHES
        return t(FULL_BY_LINK if address else FULL_BY_CODE, most=most, street=street)
    if news.kind is WatchNewsKind.CLEARED and said.cleared_at is not None:
        when = t.moment_as_said(said.cleared_at, now)
        return t("{street} was last cleared {when}.", street=street, when=when)
    if said.from_at is None or said.to_at is None:
        raise ValueError(f"window: expected its ends, got {said.from_at} and {said.to_at}")
    when = t.span_as_said(said.from_at, said.to_at, now)
    return t("{street} is planned {when}.", street=street, when=when)
