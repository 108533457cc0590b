"""Measures of a score in words."""

from data.model import Role
from fleet.training.scores.debrief import TraineeScore
from fleet.training.scores.score_rules import RULES, Measured, score_of
from fleet.training.seat_spans import Trainee
from maps.pages.i18n import translator
from maps.training.score_words import person_view, rule_text


def test_only_what_can_be_counted_is_told_with_its_count() -> None:
    score = score_of(Role.DISPATCHER, [Measured("late_first", 0.1, 1), Measured("alerts", 0.5, 12)])
    person = TraineeScore(Trainee("mina", Role.DISPATCHER), score, ())
    table = person_view(person, "Mina", "", translator("en")).table
    assert [row[-1] for row in table.rows] == ["–", "12"]


def test_a_rule_in_persian_begins_with_a_word_so_that_its_percent_signs_stand_alike() -> None:
    rule = RULES[Role.DRIVER]["blade"]
    assert rule_text(rule, translator("fa")) == "امتیاز ۱۰۰: ۹۸٪، امتیاز ۰: ۷۰٪، وزن ۱"
