"""Presence of dispatchers: who has the board open, and the last change of what is shown."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext
from api.web.schemas import Wire
from fleet.audit.last_change import find_change
from maps.messages.presence import RoomView, room_view

router = APIRouter(route_class=CheckedRoute)

Tab = Annotated[str, Field(min_length=8, max_length=40)]
Subject = Annotated[str, Field(max_length=40, pattern=r"^([a-z_]+(:[0-9]{1,18})?)?$")]


class PresenceIn(Wire):
    """What an open board shows: a subject of the audit log, or nothing."""

    tab: Tab
    subject: Subject = ""
    editing: bool = False


class LeaveIn(Wire):
    """A board that was closed."""

    tab: Tab


@router.post("/api/board/presence")
def update_presence(board: PresenceIn, context: BoardContext) -> RoomView:
    """Report what a board shows, every 20 seconds and at each change; other boards are notified.

    The answer's `change.version` goes back as `If-Match` with an order that changes the thing: it
    is refused with 409 where somebody else was faster.
    """
    app = context.app
    mine, changed = app.presence.enter(
        context.user.login, board.tab, board.subject, editing=board.editing, now=context.now
    )
    app.hub.publish("presence", changed)
    with context.reading() as tx:
        last = find_change(tx, board.subject) if board.subject else None
    return room_view(mine, app.presence.present(), last)


@router.post("/api/board/presence/leave", status_code=204)
def delete_presence(board: LeaveIn, context: BoardContext) -> None:
    """Report that a board was closed."""
    context.app.hub.publish("presence", context.app.presence.leave(context.user.login, board.tab))
