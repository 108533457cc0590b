"""How far somebody is in the lesson of a role, by what he did in this training."""

from collections.abc import Mapping
from datetime import datetime

from data.errors import NotFoundError
from data.model import Actor, Role
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.training.lessons import first_times, opened_steps, seats_taken
from data.training.lessons import TAUGHT, Lesson, LessonStep, lesson_of

OPENED = "training.step_opened"
"""Verb of a page that somebody opened from a lesson, to look at it."""

SEAT = "training.seat_taken"


def lessons() -> tuple[Lesson, ...]:
    """Return the lessons of all roles."""
    return tuple(lesson_of(role) for role in TAUGHT)


def done_steps(tx: Tx, actor: Actor, lesson: Lesson, since: datetime) -> Mapping[str, datetime]:
    """Return when somebody did the steps of a lesson since a time, by their keys."""
    verbs = {verb for step in lesson.step for verb in step.verbs}
    did = first_times(tx, actor, verbs, since)
    opened = opened_steps(tx, actor, OPENED, since)
    if SEAT in did:  # a seat is taken for one role
        seated = seats_taken(tx, actor, SEAT, since)
        did = {verb: at for verb, at in did.items() if verb != SEAT}
        did |= {SEAT: seated[lesson.role]} if lesson.role in seated else {}
    done: dict[str, datetime] = {}
    for step in lesson.step:
        times = [did[verb] for verb in step.verbs if verb in did]
        if not step.verbs and subject_of(lesson.role, step) in opened:
            times = [opened[subject_of(lesson.role, step)]]
        if times:
            done[step.key] = min(times)
    return done


def open_step(tx: Tx, actor: Actor, role: Role, key: str, now: datetime) -> LessonStep:
    """Note that somebody opened the page of a step; raise `NotFoundError` for another."""
    step = _known_step(role, key)
    add_event(tx, now, actor, OPENED, subject_of(role, step))
    return step


def subject_of(role: Role, step: LessonStep) -> str:
    """Return the subject of a step in the audit log."""
    return f"training_step:{role}.{step.key}"


def _known_step(role: Role, key: str) -> LessonStep:
    steps = lesson_of(role).step if role in TAUGHT else ()
    found = next((step for step in steps if step.key == key), None)
    if found is None:
        raise NotFoundError("training_step", f"{role}.{key}")
    return found
