"""The page of lessons: to be done in a training, to be read in a real city."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import Allowed, Context
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.model import Role
from data.store.database.engine import Tx
from fleet.training.lessons import done_steps, keep_look, lessons
from fleet.training.rehearsal import known_training, training_of
from maps.training.lessons import LessonView, lesson_views

router = APIRouter(route_class=CheckedRoute)

LOOK_LETTERS = 80

LearnerContext = Annotated[Context, Depends(Allowed(tuple(r for r in Role if r is not Role.WALL)))]


@router.get("/training/lessons")
def lessons_page(request: Request, context: LearnerContext) -> HTMLResponse:
    """Show the lessons of all roles, those of the reader first; in a training ticked by itself."""
    with context.reading() as tx:
        training = training_of(tx)
        shown = _views(tx, request, context)
    view = {
        "boot": boot_of(request, context),
        "lessons": shown,
        "practiced": training is not None,
    }
    return page(request, "training/lessons.html", view)


@router.get("/api/training/lessons")
def get_lessons(request: Request, context: LearnerContext) -> tuple[LessonView, ...]:
    """Return the lessons with what the reader has done of them in the training."""
    with context.reading() as tx:
        known_training(tx)
        return _views(tx, request, context)


class LookIn(Wire):
    """What the reader looks at, as his page names it."""

    look: Annotated[str, Field(max_length=LOOK_LETTERS)]


@router.post("/api/training/looks", status_code=204)
def keep_one_look(seen: LookIn, context: LearnerContext) -> None:
    """Note that the reader's page is before his eyes, or what he did on it: a step of a lesson."""
    with context.writing() as tx:
        keep_look(tx, context.actor, seen.look, context.now)


def _views(tx: Tx, request: Request, context: Context) -> tuple[LessonView, ...]:
    training, listed = training_of(tx), lessons()
    done = (
        {one.role: done_steps(tx, context.actor, one, training.began_at) for one in listed}
        if training
        else {}
    )
    return lesson_views(listed, done, context.user.roles, translator_of(request))
