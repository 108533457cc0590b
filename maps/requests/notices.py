"""Texts of messages to callers: short, in their language, without trucks or drivers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.model import Notice, NoticeKind, RequestKind, Treatment
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class NoticeText:
    """Text of a message; `link` is the tracking page of its request, and is never logged.

    A letter to an agency has its facts there.
    """

    title: str
    body: str
    link: str


@dataclass(frozen=True, slots=True)
class TrackingLink:
    """What opens a request's page: `address` of the public pages, its code, and `confirm`.

    Without an address the message names the codes instead. `confirm` is for numbers that have not
    proved yet that somebody reads their messages.
    """

    address: str
    code: str
    confirm: str = ""


def notice_text(
    notice: Notice,
    reference: str,
    street: str,
    opening: TrackingLink,
    t: Translator,
    now: datetime,
) -> NoticeText:
    """Return the text of a message about a request, to be read soon after `now`.

    `street` is its name in the reader's language; empty where no place is known.
    """
    title = t("Request {reference}", reference=reference)
    body = told(notice.kind, notice.facts, street, t, now)
    if not opening.code or not opening.address:
        return NoticeText(title, f"{title}: {body}", _codes(opening, t))
    if opening.confirm:
        body = f"{body} {t('Open the link once to get further messages.')}"
    page = f"{opening.address.rstrip('/')}/track?reference={reference}&code={opening.code}"
    confirm = f"&confirm={opening.confirm}" if opening.confirm else ""
    link = f"{page}{confirm}&lang={t.language}"
    return NoticeText(title, f"{title}: {body}", link)


def _codes(opening: TrackingLink, t: Translator) -> str:
    """Return what a message says in place of a link."""
    said = [t("Code: {code}", code=opening.code)] if opening.code else []
    if opening.confirm:
        asks = (
            "Enter {code} on the page of your request, or tell it to us, to get further messages."
        )
        said.append(t(asks, code=opening.confirm))
    return " ".join(said)


def told(
    kind: NoticeKind, facts: Mapping[str, str], street: str, t: Translator, now: datetime
) -> str:
    """Return the news of a message sent at `now`, in one sentence or two."""
    if kind is NoticeKind.ACKNOWLEDGED:
        return t("we have it. We tell you when it is planned and when it is done.")
    if kind is NoticeKind.PLANNED:
        since, until = (datetime.fromisoformat(facts[name]) for name in ("from", "until"))
        when = t.span_as_said(since, until, now)
        return t("{street} is planned {when}.", street=_named(street, t), when=when)
    if kind is NoticeKind.DONE:
        return done_sentence(facts, street, t, now)
    if kind is NoticeKind.REOPENED:
        return t("it is open again. We are sorry that it was not done.")
    if kind is NoticeKind.HANDED_OVER:
        return t("this is the task of another agency. We have passed it on.")
    return t("it is closed. {reason}.", reason=t(f"closing:{facts['reason']}"))


def done_sentence(facts: Mapping[str, str], street: str, t: Translator, now: datetime) -> str:
    """Return the sentence that says when which directions of a street were cleared."""
    at = datetime.fromisoformat(facts["at"])
    if facts["reason"] == "crew":
        return t("our crew was there: it was done {when}.", when=t.deadline_as_said(at, now))
    values = {"street": _named(street, t), "when": t.moment_as_said(at, now)}
    if facts["reason"] == "inspected" and facts.get("kind") == RequestKind.ICE:
        return t("somebody of ours saw {when} that it is no longer slippery.", **values)
    if facts["reason"] == "inspected":
        return t("somebody of ours saw {when} that the street is clear.", **values)
    if facts["treatment"] == Treatment.SALT:
        return t("{street} was spread {when}.", **values)
    if facts["directions"] == "both":
        return t("{street} was plowed {when}, in both directions.", **values)
    return t("{street} was plowed {when}.", **values)


def _named(street: str, t: Translator) -> str:
    return street or t("your street")
