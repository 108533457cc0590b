"""How far somebody is in the lesson of a role, by what he did in this training."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

from data.errors import NotFoundError
from data.model import Actor
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.training.lessons import first_looks, first_times, seats_taken
from data.training.lessons import TAUGHT, Lesson, lesson_of
from fleet.training.rehearsal import known_training

LOOKED = "training.looked"
"""Verb of the first look that somebody had at what a lesson asks to look at."""

SEAT = "training.seat_taken"


def lessons() -> tuple[Lesson, ...]:
    """Return the lessons of all roles."""
    return tuple(lesson_of(role) for role in TAUGHT)


def done_steps(tx: Tx, actor: Actor, lesson: Lesson, since: datetime) -> Mapping[str, datetime]:
    """Return when somebody did the steps of a lesson since a time, by their keys."""
    verbs = {verb for step in lesson.step for verb in step.verbs}
    did = first_times(tx, actor, verbs, since)
    looked = first_looks(tx, actor, LOOKED, since)
    if SEAT in did:  # a seat is taken for one role
        seated = seats_taken(tx, actor, SEAT, since)
        did = {verb: at for verb, at in did.items() if verb != SEAT}
        did |= {SEAT: seated[lesson.role]} if lesson.role in seated else {}
    done: dict[str, datetime] = {}
    for step in lesson.step:
        times = [did[verb] for verb in step.verbs if verb in did]
        times += [looked[_subject(step.looks)]] if _subject(step.looks) in looked else []
        if times:
            done[step.key] = min(times)
    return done


def open_looks(tx: Tx, actor: Actor, page: str) -> Collection[str]:
    """Return what lessons ask to look at on a page that somebody has not looked at in a training.

    Nothing is read for a page that no lesson asks to look at.
    """
    asked = {look for look in _looks() if look.partition("#")[0] == page}
    if not asked:
        return ()
    looked = first_looks(tx, actor, LOOKED, known_training(tx).began_at)
    return sorted(look for look in asked if _subject(look) not in looked)


def keep_look(tx: Tx, actor: Actor, look: str, now: datetime) -> None:
    """Note the first look in a training; raise `NotFoundError` for what no lesson asks for."""
    since = known_training(tx).began_at
    if look not in _looks():
        raise NotFoundError("training_look", look)
    if _subject(look) not in first_looks(tx, actor, LOOKED, since):
        add_event(tx, now, actor, LOOKED, _subject(look))


@cache
def _looks() -> frozenset[str]:
    return frozenset(step.looks for lesson in lessons() for step in lesson.step if step.looks)


def _subject(look: str) -> str:
    return f"training_look:{look}"
