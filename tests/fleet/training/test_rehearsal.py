"""A database is a sandbox' once it says what is rehearsed there, and only once."""

from datetime import timedelta

import pytest

from data.errors import NotFoundError
from data.model.training.rehearsal import MarkKind, Training, TrainingMark, TrainingMarkId
from data.store.database.engine import Tx
from data.store.training.rehearsal import add_mark, get_mark, list_marks, remove_mark, set_training
from fleet.training.rehearsal import training_of
from tests import village as v

REHEARSED = Training("village", "first-night", "lasts_h = 6\n", 7, v.NOW, "vera")


def test_a_city_of_its_own_rehearses_nothing(tx: Tx) -> None:
    assert training_of(tx) is None


def test_a_sandbox_says_what_it_rehearses(tx: Tx) -> None:
    set_training(tx, REHEARSED)
    assert training_of(tx) == REHEARSED


def test_marks_are_listed_by_the_time_they_lead_back_to(tx: Tx) -> None:
    later = add_mark(tx, a_mark(30, MarkKind.AUTO))
    sooner = add_mark(tx, a_mark(10, MarkKind.OWN))
    assert list_marks(tx) == [sooner, later]
    remove_mark(tx, sooner.id)
    assert list_marks(tx) == [get_mark(tx, later.id)]
    with pytest.raises(NotFoundError):
        get_mark(tx, sooner.id)


def a_mark(minute: int, kind: MarkKind) -> TrainingMark:
    at = v.NOW + timedelta(minutes=minute)
    return TrainingMark(TrainingMarkId(0), at, "", kind, "", f"{minute}.sqlite")
