"""The lessons of all roles, with what the reader has done of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.languages import in_language
from data.model import Role
from data.training.lessons import Lesson
from maps.pages.i18n import Translator


@dataclass(frozen=True, slots=True)
class LessonStepView:
    """A step of a lesson; `done` is when it was done, empty while it is to do."""

    key: str
    words: str
    link: str
    done: str


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson; `mine` is whether it is for a role that the reader has."""

    role: str
    title: str
    brief: str
    mine: bool
    progress: str
    steps: tuple[LessonStepView, ...]


def lesson_views(
    lessons: Iterable[Lesson],
    done: Mapping[Role, Mapping[str, datetime]],
    roles: Collection[Role],
    t: Translator,
) -> tuple[LessonView, ...]:
    """Return the lessons for a reader, those of his own roles first.

    `done` is empty where nothing is ticked, as in a real city.
    """
    views = [_lesson_view(each, done.get(each.role), roles, t) for each in lessons]
    return tuple(sorted(views, key=lambda view: not view.mine))


def _lesson_view(
    lesson: Lesson,
    done: Mapping[str, datetime] | None,
    roles: Collection[Role],
    t: Translator,
) -> LessonView:
    steps = tuple(
        LessonStepView(
            key=step.key,
            words=in_language(step.words, t.language),
            link=step.link,
            done=t.time(done[step.key]) if done and step.key in done else "",
        )
        for step in lesson.step
    )
    many = t.number(sum(bool(step.done) for step in steps))
    whole = t.number(len(steps))
    progress = "" if done is None else t("{done} of {all} steps done", done=many, all=whole)
    return LessonView(
        role=lesson.role,
        title=in_language(lesson.title, t.language),
        brief=in_language(lesson.brief, t.language),
        mine=lesson.role in roles,
        progress=progress,
        steps=steps,
    )
