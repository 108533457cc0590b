"""Open boards of other users, and the last change of what a board shows; untranslated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import Event
from data.model.messages import Presence
from fleet.audit.last_change import UNCHANGED


@dataclass(frozen=True, slots=True)
class LastChangeView:
    """The last change of a thing by a person; `version` goes back in `If-Match`."""

    version: int
    who: str
    verb: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RoomView:
    """All open boards, the reader's own with the id `mine`, and the subject's last change."""

    mine: int
    present: tuple[Presence, ...]
    change: LastChangeView


def room_view(mine: Presence, present: Sequence[Presence], last: Event | None) -> RoomView:
    """Return the answer to a board that reports what it shows."""
    return RoomView(mine.id, tuple(present), change_view(last))


def change_view(last: Event | None) -> LastChangeView:
    """Return a change; its version is 0 where nobody has changed the thing."""
    if last is None:
        return LastChangeView(UNCHANGED, "", "", None)
    return LastChangeView(last.id, last.actor.id, last.verb, last.at)
