"""The messages of a rehearsal that went nowhere, as its instructors read them."""

from collections.abc import Iterable
from dataclasses import dataclass

from fleet.training.sandbox.outbox import KeptMessage
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A message: when, to whom, its title and its words."""

    at: str
    to: str
    title: str
    body: str


def message_rows(kept: Iterable[KeptMessage], t: Translator) -> list[KeptRow]:
    """Return the rows of the page, in the given order."""
    return [KeptRow(t.day_time(one.at), one.to, one.title, one.body) for one in kept]
