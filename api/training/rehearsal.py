"""The clock and the marks of a rehearsal, for its instructors: administrators and supervisors."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.config.training_clock import TrainingClock
from api.processes.event_feeds import beat_of
from api.training.hosting.host import (
    MarkedSandbox,
    SetBackOrder,
    kept_mark,
    order_set_back,
)
from api.training.leading import InstructorContext
from api.web.checked_route import CheckedRoute
from api.web.context import App
from api.web.schemas import Wire
from data.errors import NotFoundError
from data.model.training.rehearsal import MarkKind, TrainingMark, TrainingMarkId
from fleet.training.clock_speeds import note_clock_set
from fleet.training.sandbox.folder import Sandbox
from fleet.training.sandbox.marks import LABEL_LETTERS, mark_of, marks_of, require_whole

router = APIRouter(route_class=CheckedRoute)


class ClockIn(Wire):
    """What to change of the clock; what is left out stays."""

    paused: bool | None = None
    speed: float | None = None


class ClockOut(BaseModel):
    """The clock of a rehearsal; `epoch` counts how often it was set back."""

    now: datetime
    speed: float
    paused: bool
    epoch: int


class MarkIn(Wire):
    """What a mark is called."""

    label: Annotated[str, Field(max_length=LABEL_LETTERS)]


class MarkOut(BaseModel):
    """A moment that the rehearsal can be set back to."""

    id: int
    at: datetime
    label: str
    kind: MarkKind
    made_by: str

    @classmethod
    def of(cls, mark: TrainingMark) -> "MarkOut":
        """Return a mark as it is sent."""
        return cls(id=mark.id, at=mark.at, label=mark.label, kind=mark.kind, made_by=mark.made_by)


@router.get("/api/training/clock")
def get_clock(context: InstructorContext) -> ClockOut:
    """Return how the clock goes."""
    return _clock_out(clock_of(context.app))


@router.post("/api/training/clock")
def set_clock(wanted: ClockIn, context: InstructorContext) -> ClockOut:
    """Pause the clock, let it go on, change its speed; all pages hear of it at once."""
    clock = clock_of(context.app)
    before = clock.speed
    if wanted.speed is not None:
        clock.set_speed(wanted.speed)
    if wanted.paused is not None:
        (clock.pause if wanted.paused else clock.go_on)()
    with context.writing() as tx:
        now, paused = clock.now(), clock.paused
        note_clock_set(tx, context.actor, now, clock.speed, paused=paused, before=before)
    context.app.hub.publish("beat", [beat_of(clock)])
    return _clock_out(clock)


@router.get("/api/training/marks")
def get_marks(context: InstructorContext) -> list[MarkOut]:
    """Return the marks, the earliest first."""
    clock_of(context.app)
    with context.reading() as tx:
        return [MarkOut.of(one) for one in marks_of(tx)]


@router.post("/api/training/marks", status_code=201)
def add_mark(wanted: MarkIn, context: InstructorContext) -> MarkOut:
    """Keep the rehearsal as it is now, to be set back to."""
    app, clock = context.app, clock_of(context.app)
    marked = MarkedSandbox(app.engine, sandbox_of_app(app), clock, app.settings.reserve_bytes)
    made = kept_mark(marked, context.actor, wanted.label, MarkKind.OWN)
    with context.reading() as tx:
        return MarkOut.of(mark_of(tx, made))


@router.post("/api/training/marks/{mark_id}/set-back", status_code=202)
def set_back(mark_id: TrainingMarkId, context: InstructorContext) -> MarkOut:
    """Set everything back to a mark: the server ends, and is there again within a minute.

    Its clock stands at once. Pages say so, and load again by themselves. A mark whose copy is
    damaged is refused.
    """
    clock = clock_of(context.app)
    with context.reading() as tx:
        mark = mark_of(tx, mark_id)
    sandbox = sandbox_of_app(context.app)
    require_whole(sandbox, mark)
    order_set_back(sandbox, SetBackOrder(mark.id, context.actor.id, ran=not clock.paused))
    clock.pause()
    context.app.hub.publish("beat", [replace(beat_of(clock), setting_back=True)])
    return MarkOut.of(mark)


def clock_of(app: App) -> TrainingClock:
    """Return the clock of a rehearsal; raise `NotFoundError` in a real city."""
    if not isinstance(app.clock, TrainingClock):
        raise NotFoundError("training", app.folder.name)
    return app.clock


def sandbox_of_app(app: App) -> Sandbox:
    """Return the sandbox that an application serves."""
    return Sandbox(Path(app.settings.var), app.folder.name)


def _clock_out(clock: TrainingClock) -> ClockOut:
    return ClockOut(now=clock.now(), speed=clock.speed, paused=clock.paused, epoch=clock.epoch)
