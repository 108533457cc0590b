"""Who works beside one, and who changed last what one looks at: for the board, untranslated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import Event
from fleet.audit.last_change import UNCHANGED
from fleet.messages.presence import Presence


@dataclass(frozen=True, slots=True)
class LastChangeView:
    """The last change of a thing by a person; `version` goes back in `If-Match`."""

    version: int
    who: str
    verb: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RoomView:
    """Whose boards are open, one's own among them as `mine`, and the last change of the subject."""

    mine: int
    present: tuple[Presence, ...]
    change: LastChangeView


def room_view(mine: Presence, present: Sequence[Presence], last: Event | None) -> RoomView:
    """Return what a board is told when it says what it shows."""
    return RoomView(mine.id, tuple(present), change_view(last))


def change_view(last: Event | None) -> LastChangeView:
    """Return a change; its version is 0 where nobody has changed the thing."""
    if last is None:
        return LastChangeView(UNCHANGED, "", "", None)
    return LastChangeView(last.id, last.actor.id, last.verb, last.at)
